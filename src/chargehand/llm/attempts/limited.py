"""When a call may be sent: not before the server is likely to bear one more of its model."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

from chargehand.core.cancellation import POLL_S, Cancellation
from chargehand.core.errors import Failure, NoAnswer, RunEnding
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.llm.attempts.concurrency import ConcurrencyLimit, answered, turned_away

TOO_MANY = frozenset({Failure.RATE_LIMITED, Failure.OVERLOADED})


class ConcurrencyLimited:
    """A model that is asked by at most `most` threads at once, and by fewer as long as it bears fewer.

    Each model id has its own slots, since it has its own limits. Who finds none free waits, first come,
    first served. `sleep` is how it waits while all pause, the cancellation's way if it is None.
    """

    def __init__(
        self,
        model: Model,
        most: int,
        cancellation: Cancellation | None = None,
        *,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._most = most
        self._cancellation = cancellation or Cancellation()
        self._sleep = sleep or self._cancellation.sleep
        self._clock = clock
        self._lock = Lock()
        self._slots_of: dict[str, _Slots] = {}

    def ask(self, prompt: Prompt) -> Reply:
        """Send when there is a slot; raise RunEnding instead once the run is cancelled."""
        slots = self._slots(prompt.model)
        with slots.slot(self._cancellation, self._sleep) as slot:
            try:
                reply = self._model.ask(prompt)
            except NoAnswer as error:
                if error.failure in TOO_MANY:
                    slots.learn_of_too_many(slot, error.retry_after_s)
                raise
            slots.learn_of_answer()
            return reply

    def _slots(self, model: str) -> "_Slots":
        with self._lock:
            if model not in self._slots_of:
                self._slots_of[model] = _Slots(
                    ConcurrencyLimit(slots=self._most, most=self._most), self._clock
                )
            return self._slots_of[model]


class _Slots:
    """The slots of one model id, and who waits for one. Its lock is held for moments, never for a call."""

    def __init__(self, limit: ConcurrencyLimit, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._lock = Lock()
        self._in_flight: set[Event] = set()
        self._queue: deque[Event] = deque()
        self._closed_until = 0.0

    @contextmanager
    def slot(self, cancellation: Cancellation, sleep: Callable[[float], object]) -> Iterator[Event]:
        """Hold a slot, once there is one; raise RunEnding if the run is cancelled before."""
        turn = Event()
        with self._lock:
            self._queue.append(turn)
            self._let_in()
        try:
            while not (turn.wait(POLL_S) or cancellation.reason):
                pass
            if (left_s := self._closed_until - self._clock()) > 0:
                sleep(left_s)
            if cancellation.reason:
                raise RunEnding
            yield turn
        finally:
            with self._lock:
                self._leave(turn)
                self._let_in()

    def learn_of_answer(self) -> None:
        """Take note that the server bears what is in flight."""
        with self._lock:
            self._limit = answered(self._limit, len(self._in_flight))

    def learn_of_too_many(self, slot: Event, retry_after_s: float | None) -> None:
        """Take note that the call in this slot was turned away."""
        with self._lock:
            self._in_flight.discard(slot)
            self._limit, pause_s = turned_away(self._limit, len(self._in_flight), retry_after_s)
            self._closed_until = max(self._closed_until, self._clock() + pause_s)

    def _let_in(self) -> None:
        while self._queue and len(self._in_flight) < self._limit.slots:
            turn = self._queue.popleft()
            self._in_flight.add(turn)
            turn.set()

    def _leave(self, turn: Event) -> None:
        self._in_flight.discard(turn)
        if not turn.is_set():
            self._queue.remove(turn)
