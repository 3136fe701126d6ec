"""How many bytes each part of the review's page may take, so that it opens at once whatever is in it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from chargehand.core.escaping import html_for_log
from chargehand.reports.page.markup import Html, text

LIMIT_BYTES = 5_000_000
# For the style, the figures and the bill, which have bounds of their own.
_ALWAYS_BYTES = 50_000


class Room(NamedTuple):
    """The bytes for findings in whole and in short, each list of others, the grid, and each of the rest."""

    findings: int
    in_short: int
    list: int
    grid: int
    few: int


def room_in(limit: int) -> Room:
    """Return the parts of a page of `limit` bytes: four lists, and four parts of a few sentences each."""
    left = limit - _ALWAYS_BYTES
    return Room(
        findings=left * 60 // 100,
        in_short=left * 7 // 100,
        list=left * 4 // 100,
        grid=left * 9 // 100,
        few=left * 2 // 100,
    )


def fitting(items: Iterable[Html], limit: int) -> Iterator[Html]:
    """Yield the first items, as many as `limit` bytes hold."""
    for item in items:
        limit -= size_of(item)
        if limit < 0:
            return
        yield item


def counted(items: Iterable[Html], number: int, limit: int) -> Iterator[Html]:
    """Yield the first of `number` items, as many as `limit` bytes hold, and how many there are more."""
    shown = 0
    for item in fitting(items, limit):
        shown += 1
        yield item
    if shown < number:
        yield text(f"… and {number - shown:,} more, which the JSON report has")


def size_of(markup: Html) -> int:
    """Return how many bytes it takes in the page, with a tag of its own and a line's end."""
    return len(html_for_log(markup).encode()) + len("<li></li>\n")
