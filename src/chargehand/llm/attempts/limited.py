"""When a call may be sent: not before the server is likely to bear one more of its model."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

from chargehand.core.cancellation import GLANCE_S, Brake
from chargehand.core.errors import Failure, NoAnswer, RunEnding
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.llm.attempts.concurrency import Window, answered, turned_away

TOO_MANY = frozenset({Failure.RATE_LIMITED, Failure.OVERLOADED})


class Paced:
    """A model that is asked by at most `most` threads at once, and by fewer as long as it bears fewer.

    Each model id has its own places, since it has its own limits. Who finds none free waits, first come,
    first served. `sleep` is how it waits while everybody holds back, the brake's way if it is None.
    """

    def __init__(
        self,
        model: Model,
        most: int,
        brake: Brake | None = None,
        *,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._most = most
        self._brake = brake or Brake()
        self._sleep = sleep or self._brake.sleep
        self._clock = clock
        self._lock = Lock()
        self._gates: dict[str, _Gate] = {}

    def ask(self, prompt: Prompt) -> Reply:
        """Send when there is a place; raise RunEnding instead once the brake is pulled."""
        gate = self._gate(prompt.model)
        with gate.place(self._brake, self._sleep) as place:
            try:
                reply = self._model.ask(prompt)
            except NoAnswer as error:
                if error.failure in TOO_MANY:
                    gate.learn_of_too_many(place, error.retry_after_s)
                raise
            gate.learn_of_answer()
            return reply

    def _gate(self, model: str) -> "_Gate":
        with self._lock:
            if model not in self._gates:
                self._gates[model] = _Gate(Window(places=self._most, most=self._most), self._clock)
            return self._gates[model]


class _Gate:
    """The places of one model id, and who waits for one. Its lock is held for moments, never for a call."""

    def __init__(self, window: Window, clock: Callable[[], float]) -> None:
        self._window = window
        self._clock = clock
        self._lock = Lock()
        self._in_flight: set[Event] = set()
        self._queue: deque[Event] = deque()
        self._closed_until = 0.0

    @contextmanager
    def place(self, brake: Brake, sleep: Callable[[float], object]) -> Iterator[Event]:
        """Hold a place, once there is one; raise RunEnding if the brake is pulled before."""
        turn = Event()
        with self._lock:
            self._queue.append(turn)
            self._let_in()
        try:
            while not (turn.wait(GLANCE_S) or brake.reason):
                pass
            if (left_s := self._closed_until - self._clock()) > 0:
                sleep(left_s)
            if brake.reason:
                raise RunEnding
            yield turn
        finally:
            with self._lock:
                self._leave(turn)
                self._let_in()

    def learn_of_answer(self) -> None:
        """Take note that the server bears what is in flight."""
        with self._lock:
            self._window = answered(self._window, len(self._in_flight))

    def learn_of_too_many(self, place: Event, retry_after_s: float | None) -> None:
        """Take note that the call in this place was turned away."""
        with self._lock:
            self._in_flight.discard(place)
            self._window, hold_s = turned_away(self._window, len(self._in_flight), retry_after_s)
            self._closed_until = max(self._closed_until, self._clock() + hold_s)

    def _let_in(self) -> None:
        while self._queue and len(self._in_flight) < self._window.places:
            turn = self._queue.popleft()
            self._in_flight.add(turn)
            turn.set()

    def _leave(self, turn: Event) -> None:
        self._in_flight.discard(turn)
        if not turn.is_set():
            self._queue.remove(turn)
