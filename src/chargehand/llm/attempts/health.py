"""Whether a model is still worth asking: not once its provider is down, or once its answers are of no use."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from threading import Lock
from typing import NamedTuple

from chargehand.core.cancellation import POLL_S, Cancellation
from chargehand.core.errors import UNREACHED, Failure, NoAnswer, NotAsked, RunEnding

USELESS = frozenset({Failure.EMPTY, Failure.INVALID, Failure.UNKNOWN_STOP, Failure.TRUNCATED})
# A call that fails for good weighs this much: six attempts, or three that may be charged.
CALL = 6
# Two failed calls and the time of one: a short outage is waited out.
DOWN_S = 10.0
# Beside a failing model so much weight and so many seconds are enough; and if connections break off, which
# may be charged, so much and so many since either of both was answered.
BESIDE, BESIDE_S = 3, 3.0
BROKEN_OFF, BROKEN_OFF_S = 2, 2.0
# Limits of a rate are counted by the minute.
LIMITED_S = 60.0
# After so much in vain repeats go one by one; after so many of these the model is broken.
DOUBTED, BROKEN = 4, 3
# Where no answer of another model was of use, all attempts of its stand-in go one by one, and so many
# repeats, or so much in vain, are enough.
REPEATS_BESIDE, VAIN_BESIDE = 1, 3
# An answer that is cut off was as long as it may be: it costs as much as many that are of no use otherwise.
CUT_OFF, CUT_OFF_AGAIN = 3, 2


class Row(NamedTuple):
    """How the attempts at a model ended since one was of use: those that reached nobody, and those in vain.

    `weight` sums up attempts since anybody answered, from `since` to `until`; `is_limited` if all of them
    were turned away by a limit of the rate, `breaks_off` if a connection did after one was sent. `useless`
    answers were paid for, `vain` is how much they weigh, and `repeats` how much those do that followed
    another one to the same question. `was_useful`: the model has shown what it can, so that it is never
    broken.
    """

    weight: int = 0
    since: float = 0.0
    until: float = 0.0
    is_limited: bool = True
    breaks_off: bool = False
    useless: int = 0
    vain: int = 0
    repeats: int = 0
    was_useful: bool = False
    last: Failure = Failure.CONNECTION

    @property
    def seconds(self) -> float:
        """For how long nobody answered."""
        return self.until - self.since

    @property
    def is_broken(self) -> bool:
        """Whether its own answers show that they are of no use."""
        return not self.was_useful and self.repeats >= BROKEN

    @property
    def is_in_vain(self) -> bool:
        """Whether it answered, and nothing was of use."""
        return not self.was_useful and self.useless > 0


def after(row: Row, error: NoAnswer, now: float, *, is_repeat: bool, is_alone: bool) -> Row:
    """Return the row after one more attempt that ended with `error`; see `Health.learn`."""
    failure = error.failure
    if failure in UNREACHED:
        return row._replace(
            weight=row.weight + (2 if error.may_be_charged else 1),
            since=row.since if row.weight else now,
            until=now,
            is_limited=(row.is_limited or not row.weight) and failure is Failure.RATE_LIMITED,
            breaks_off=(row.breaks_off and row.weight > 0) or _broke_off(error),
            last=failure,
        )
    answered = row._replace(weight=0, last=failure)
    if is_alone:  # somebody is there, and that says all
        return answered
    if failure not in USELESS and not error.may_be_charged:  # declined for nothing, or rejected
        return answered
    weighs, again = (CUT_OFF, CUT_OFF_AGAIN) if failure is Failure.TRUNCATED else (1, 1)
    return answered._replace(
        useless=row.useless + 1, vain=row.vain + weighs, repeats=row.repeats + again * is_repeat
    )


def _broke_off(error: NoAnswer) -> bool:
    return error.failure is Failure.CONNECTION and error.may_be_charged


def silence_s(row: Row, beside: Row) -> float:
    """Return for how long nobody answered for a model, or for both of them if connections break off."""
    return row.until - (min(row.since, beside.since) if row.breaks_off and beside.weight else row.since)


def is_down(row: Row, beside: Row) -> bool:
    """Tell whether nobody answers for this model any more; `beside` is the row of another one."""
    weight, seconds = (BROKEN_OFF, BROKEN_OFF_S) if row.breaks_off else (BESIDE, BESIDE_S)
    if beside.weight >= CALL and row.weight >= weight and silence_s(row, beside) >= seconds:
        return True
    patience_s = LIMITED_S if row.is_limited else DOWN_S
    return row.weight >= 2 * CALL and row.seconds >= patience_s


class Health:
    """What all attempts of a run say of each model; safe to share between threads."""

    def __init__(self, cancellation: Cancellation, clock: Callable[[], float] = time.monotonic) -> None:
        self._cancellation = cancellation
        self._clock = clock
        self._lock = Lock()
        self._rows: dict[str, Row] = {}
        self._repeating: dict[str, Lock] = {}

    def learn(
        self, model: str, error: NoAnswer | None, *, is_repeat: bool = False, is_alone: bool = False
    ) -> None:
        """Take note of how an attempt at `model` ended; None: with an answer that can be used.

        Of a question that `is_alone` in its kind, as the plan is, useless answers say nothing of others.
        """
        with self._lock:
            row = self._rows.get(model, Row())
            self._rows[model] = (
                after(row, error, self._clock(), is_repeat=is_repeat, is_alone=is_alone)
                if error
                else Row(was_useful=True)
            )

    def check(self, model: str) -> None:
        """Raise NotAsked if `model` is not worth an attempt."""
        if error := self.given_up(model):
            raise error

    def given_up(self, model: str, *, stands_in: bool = False) -> NotAsked | None:
        """Return why `model` is not worth an attempt, None if it is.

        It `stands_in` for another, all of whose tasks have ended: what became of these counts then.
        """
        row, others = self._row_and_others(model)
        if any(is_down(row, other) for other in others):
            silent_s = max(silence_s(row, other) for other in others)
            said = f"no attempt got through for {silent_s:.0f} s"
        elif row.is_broken or (stands_in and _is_in_vain_beside(row, others)):
            which = "answer was" if row.useless == 1 else f"{row.useless} answers were"
            said = f"its last {which} of no use"
        else:
            return None
        return NotAsked(row.last, f"{model} is not asked any more: {said}")

    @contextmanager
    def asking(self, model: str, *, stands_in: bool = False) -> Iterator[Callable[[], None]]:
        """Give what waits for the turn to ask, which is held to the end; raises NotAsked.

        Repeats of a doubted model go one by one, and all attempts of a stand-in for one that was of no use.
        The turn comes after the money for the call: who has it may not wait for money that others keep until
        they have had theirs.
        """
        self._check(model, stands_in=stands_in)
        with ExitStack() as held:
            yield partial(self._take_turn, model, held, stands_in=stands_in)

    def _take_turn(self, model: str, held: ExitStack, *, stands_in: bool) -> None:
        lock = self._repeats_of(model)
        while self._is_doubted(model, stands_in=stands_in) and not self._cancellation.reason:
            if lock.acquire(timeout=POLL_S):
                held.callback(lock.release)
                break
        self._check(model, stands_in=stands_in)

    def is_beside_vain(self, model: str) -> bool:
        """Tell whether nothing that another model answered was of use, and this one has not shown better."""
        row, others = self._row_and_others(model)
        return not row.was_useful and any(other.is_in_vain for other in others)

    def _row_and_others(self, model: str) -> tuple[Row, list[Row]]:
        with self._lock:
            row = self._rows.get(model, Row())
            return row, [each for name, each in self._rows.items() if name != model] or [Row()]

    def _check(self, model: str, *, stands_in: bool) -> None:
        if self._cancellation.reason:
            raise RunEnding
        if error := self.given_up(model, stands_in=stands_in):
            raise error

    def _repeats_of(self, model: str) -> Lock:
        with self._lock:
            return self._repeating.setdefault(model, Lock())

    def _is_doubted(self, model: str, *, stands_in: bool) -> bool:
        row, _ = self._row_and_others(model)
        is_doubted = row.vain >= DOUBTED and not row.was_useful
        return is_doubted or (stands_in and self.is_beside_vain(model))


def _is_in_vain_beside(row: Row, others: Iterable[Row]) -> bool:
    is_enough = row.repeats >= REPEATS_BESIDE or row.vain >= VAIN_BESIDE
    return is_enough and not row.was_useful and any(other.is_in_vain for other in others)
