"""Whether the time for looking at a change is up, for whatever goes through many things."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

# Tells whether the time is up; once it is, it stays so.
IsOver = Callable[[], bool]
# Is told how many steps a walk takes that cannot end early, and raises once the time is up.
Step = Callable[[int], None]


class TimeIsUp(Exception):
    """Ends a walk that has no other way out when the time is up; whoever began the walk catches it."""


# To look at a clock takes as long as to look at a line, and to make a prompt as long as to look at a hundred.
_BETWEEN_LOOKS, STEPS_A_PROMPT = 1_000, 100


def never() -> bool:
    """Say that there is time."""
    return False


def while_there_is_time(items: Iterable[Item], is_over: IsOver) -> Iterator[Item]:
    """Yield the items until the time is up, which is noticed within a thousand of them."""
    for number, item in enumerate(items):
        if number % _BETWEEN_LOOKS == 0 and is_over():
            return
        yield item


def steps_until(is_over: IsOver, error: Exception) -> Step:
    """Return what raises `error` when the time is up, which is noticed within a thousand steps."""
    left = _BETWEEN_LOOKS

    def take(steps: int) -> None:
        nonlocal left
        left -= steps
        if left <= 0:
            left = _BETWEEN_LOOKS
            if is_over():
                raise error

    return take


def any_step(_: int) -> None:
    """Take steps of a walk without a limit."""
