import threading
import time

import pytest

from chargehand.core.cancellation import DEADLINE, GRACE_S, INTERRUPTED, Cancellation
from chargehand.core.errors import RunEnding


class Clock:
    """A time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def braked(deadline_s: float | None = None) -> tuple[Cancellation, Clock]:
    clock = Clock()
    cancellation = Cancellation(clock=clock, sleep=clock.sleep)
    if deadline_s is not None:
        cancellation.set_deadline(deadline_s)
    return cancellation, clock


def test_nothing_stops_a_run_by_itself() -> None:
    cancellation, clock = braked()
    clock.sleep(10**6)
    assert cancellation.reason is None
    assert cancellation.left_s is None


def test_the_first_reason_stands() -> None:
    cancellation, _ = braked()
    cancellation.cancel(INTERRUPTED)
    cancellation.cancel("provider: the key is refused")
    assert cancellation.reason == INTERRUPTED


def test_a_deadline_leaves_calls_in_flight_their_grace() -> None:
    cancellation, clock = braked(60)
    clock.sleep(60 - GRACE_S - 1)
    assert (cancellation.reason, cancellation.left_s) == (None, 1)
    clock.sleep(1)
    assert cancellation.reason == DEADLINE


def test_a_short_deadline_has_a_short_grace() -> None:
    cancellation, _ = braked(4)
    assert (cancellation.grace_s, cancellation.left_s) == (2, 2)


def test_what_sleeps_wakes_up_at_the_deadline() -> None:
    cancellation, clock = braked(20)
    cancellation.sleep(3)
    assert clock.now == pytest.approx(103)
    cancellation.sleep(1000)
    assert clock.now == pytest.approx(100 + 20 - GRACE_S, abs=0.2)


def test_what_is_attended_gives_its_result_and_its_error() -> None:
    cancellation = Cancellation()
    assert cancellation.run(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        cancellation.run(lambda: 1 // 0)


def test_nothing_is_attended_once_the_run_ends() -> None:
    cancellation = Cancellation()
    cancellation.cancel(INTERRUPTED)
    with pytest.raises(RunEnding):
        cancellation.run(lambda: pytest.fail("it was begun"))


def test_what_does_not_end_within_the_grace_is_left_behind() -> None:
    cancellation, go_on = Cancellation(), threading.Event()
    cancellation.grace_s = 0.01
    threading.Timer(0.05, cancellation.cancel, (INTERRUPTED,)).start()
    with pytest.raises(RunEnding):
        cancellation.run(go_on.wait)
    go_on.set()


def test_what_ends_within_the_grace_counts() -> None:
    cancellation = Cancellation()
    threading.Timer(0.05, cancellation.cancel, (INTERRUPTED,)).start()
    assert cancellation.run(lambda: time.sleep(0.2)) is None
    assert cancellation.reason == INTERRUPTED


def test_a_signal_that_comes_within_a_second_is_the_first_one_sent_twice() -> None:
    now = [100.0]
    cancellation = Cancellation(clock=lambda: now[0])
    assert [cancellation.has_just_been_interrupted] == [False]
    now[0] = 200.0
    cancellation.cancel(INTERRUPTED)
    now[0] = 200.9
    cancellation.cancel(INTERRUPTED)
    assert [cancellation.has_just_been_interrupted] == [True]
    now[0] = 201.0
    assert [cancellation.has_just_been_interrupted] == [False]
