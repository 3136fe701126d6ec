"""Whether the time for looking at a change is up, for whatever goes through many things."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

# Tells whether the time is up; once it is, it stays so.
IsOver = Callable[[], bool]

# To look at a clock takes as long as to look at a line.
_BETWEEN_LOOKS = 1_000


def never() -> bool:
    """Say that there is time."""
    return False


def while_there_is_time(items: Iterable[Item], is_over: IsOver) -> Iterator[Item]:
    """Yield the items until the time is up, which is noticed within a thousand of them."""
    for number, item in enumerate(items):
        if number % _BETWEEN_LOOKS == 0 and is_over():
            return
        yield item
