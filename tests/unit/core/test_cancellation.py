import threading
import time

import pytest

from chargehand.core.cancellation import DEADLINE, GRACE_S, INTERRUPTED, Brake
from chargehand.core.errors import RunEnding


class Clock:
    """A time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def braked(deadline_s: float | None = None) -> tuple[Brake, Clock]:
    clock = Clock()
    brake = Brake(clock=clock, sleep=clock.sleep)
    if deadline_s is not None:
        brake.set_deadline(deadline_s)
    return brake, clock


def test_nothing_stops_a_run_by_itself() -> None:
    brake, clock = braked()
    clock.sleep(10**6)
    assert brake.reason is None
    assert brake.left_s is None


def test_the_first_reason_stands() -> None:
    brake, _ = braked()
    brake.pull(INTERRUPTED)
    brake.pull("provider: the key is refused")
    assert brake.reason == INTERRUPTED


def test_a_deadline_leaves_calls_in_flight_their_grace() -> None:
    brake, clock = braked(60)
    clock.sleep(60 - GRACE_S - 1)
    assert (brake.reason, brake.left_s) == (None, 1)
    clock.sleep(1)
    assert brake.reason == DEADLINE


def test_a_short_deadline_has_a_short_grace() -> None:
    brake, _ = braked(4)
    assert (brake.grace_s, brake.left_s) == (2, 2)


def test_what_sleeps_wakes_up_at_the_deadline() -> None:
    brake, clock = braked(20)
    brake.sleep(3)
    assert clock.now == pytest.approx(103)
    brake.sleep(1000)
    assert clock.now == pytest.approx(100 + 20 - GRACE_S, abs=0.2)


def test_what_is_attended_gives_its_result_and_its_error() -> None:
    brake = Brake()
    assert brake.attend(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        brake.attend(lambda: 1 // 0)


def test_nothing_is_attended_once_the_run_ends() -> None:
    brake = Brake()
    brake.pull(INTERRUPTED)
    with pytest.raises(RunEnding):
        brake.attend(lambda: pytest.fail("it was begun"))


def test_what_does_not_end_within_the_grace_is_left_behind() -> None:
    brake, go_on = Brake(), threading.Event()
    brake.grace_s = 0.01
    threading.Timer(0.05, brake.pull, (INTERRUPTED,)).start()
    with pytest.raises(RunEnding):
        brake.attend(go_on.wait)
    go_on.set()


def test_what_ends_within_the_grace_counts() -> None:
    brake = Brake()
    threading.Timer(0.05, brake.pull, (INTERRUPTED,)).start()
    assert brake.attend(lambda: time.sleep(0.2)) is None
    assert brake.reason == INTERRUPTED
