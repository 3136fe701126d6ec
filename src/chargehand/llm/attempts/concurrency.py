"""When a call may be sent: not before the server is likely to bear one more of its model."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Lock
from typing import NamedTuple

from chargehand.core.cancellation import POLL_S, Cancellation
from chargehand.core.errors import Failure, NoAnswer, RunEnding
from chargehand.core.prompt import Model, Prompt, Reply

TOO_MANY = frozenset({Failure.RATE_LIMITED, Failure.OVERLOADED})

# A single call that is turned away between answers says nothing: servers do that at random, too.
REJECTIONS = 2
MOST_ROUNDS = 8
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 20.0
# All pause for no longer than this in all while nothing is answered: then each prompt waits by itself.
MOST_PAUSED_S = 60.0


class ConcurrencyLimit(NamedTuple):
    """How many `slots` there are, of `most`, and what was seen since that number last changed.

    One more slot is tried after `rounds` times as many answers as there are slots, after each one if that
    is 0. `ceiling` is what was left when calls were last turned away; running into the same one again
    doubles the rounds, getting past it halves them.

    `turned_away` counts calls since the last answer; `lone` those of them that were alone in flight, and
    `paused_s` how long all were to pause because of these.
    """

    slots: int
    most: int
    rounds: int = 1
    answers: int = 0
    ceiling: int | None = None
    turned_away: int = 0
    lone: int = 0
    paused_s: float = 0.0


class ConcurrencyLimited:
    """A model that is asked by at most `most` threads at once, and by fewer as long as it bears fewer.

    Each model id has its own slots, since it has its own limits. Who finds none free waits, first come,
    first served. `sleep` is how it waits while all pause, the cancellation's way if it is None. `check` is
    called with the model's id once there is a slot, and raises if the model is not to be asked any more.
    """

    def __init__(
        self,
        model: Model,
        most: int,
        cancellation: Cancellation | None = None,
        *,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
        check: Callable[[str], None] = lambda _model: None,
    ) -> None:
        self._model = model
        self._most = most
        self._check = check
        self._cancellation = cancellation or Cancellation()
        self._sleep = sleep or self._cancellation.sleep
        self._clock = clock
        self._lock = Lock()
        self._slots_of: dict[str, _Slots] = {}

    def ask(self, prompt: Prompt) -> Reply:
        """Send when there is a slot; raise RunEnding instead once the run is cancelled."""
        slots = self._slots(prompt.model)
        with slots.slot(self._cancellation, self._sleep, partial(self._check, prompt.model)) as slot:
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
    def slot(
        self, cancellation: Cancellation, sleep: Callable[[float], object], check: Callable[[], None]
    ) -> Iterator[Event]:
        """Hold a slot, once there is one; raise RunEnding if the run is cancelled before, or as `check`."""
        turn = Event()
        with self._lock:
            self._queue.append(turn)
            self._let_in()
        try:
            while not (turn.wait(POLL_S) or cancellation.reason):
                pass
            check()
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


def answered(limit: ConcurrencyLimit, in_flight: int) -> ConcurrencyLimit:
    """Return the limit after an answer that came while `in_flight` calls, itself among them, were out.

    Only answers in a full limit count: those say that the server bears so many.
    """
    is_full = limit.slots <= in_flight and limit.slots < limit.most
    answers = limit.answers + 1 if is_full else limit.answers
    seen = limit._replace(answers=answers, turned_away=0, lone=0, paused_s=0.0)
    return _grown(seen) if is_full and answers >= limit.rounds * limit.slots else seen


def turned_away(
    limit: ConcurrencyLimit, others: int, retry_after_s: float | None = None
) -> tuple[ConcurrencyLimit, float]:
    """Return the limit after the server had too many, and for how long nobody else should begin.

    The `others` in flight are all that it bears. If there are none, it is not their number but time
    that helps: then all pause.
    """
    pause_s = _pause_s(limit, retry_after_s) if others == 0 else 0.0
    seen = limit._replace(
        turned_away=limit.turned_away + 1,
        lone=limit.lone + (others == 0),
        paused_s=limit.paused_s + pause_s,
    )
    return (_shrunk(seen, max(1, others)) if seen.turned_away >= REJECTIONS else seen), pause_s


def _grown(limit: ConcurrencyLimit) -> ConcurrencyLimit:
    slots = limit.slots + 1
    is_past = limit.ceiling is not None and slots > limit.ceiling + 1 and limit.rounds > 1
    rounds = limit.rounds // 2 if is_past else limit.rounds
    return limit._replace(slots=slots, answers=0, rounds=rounds)


def _shrunk(limit: ConcurrencyLimit, slots: int) -> ConcurrencyLimit:
    if limit.lone >= REJECTIONS:  # an outage: what was known of the server before need not hold after it
        return limit._replace(slots=1, answers=0, rounds=0)
    if slots >= limit.slots:
        return limit
    again = min(max(1, limit.rounds * 2), MOST_ROUNDS)
    rounds = again if slots == limit.ceiling else 1
    return limit._replace(slots=slots, answers=0, rounds=rounds, ceiling=slots)


def _pause_s(limit: ConcurrencyLimit, retry_after_s: float | None) -> float:
    backoff_s = min(FIRST_PAUSE_S * 2.0 ** min(limit.lone, 10), LONGEST_PAUSE_S)
    pause_s = max(backoff_s, retry_after_s or 0.0)
    return pause_s if limit.paused_s + pause_s <= MOST_PAUSED_S else 0.0
