"""Reads the hunks of all files of a diff, those of small ones together."""

from collections.abc import Iterator, Sequence
from itertools import islice

from chargehand.change.diff.parse.count import Counted
from chargehand.change.diff.parse.hunks import UNREADABLE, parsed, read_hunks, without_markers
from chargehand.core.diff import Hunk
from chargehand.core.time_limit import IsOver, never

# What unidiff does before the first line of a file takes as long as twenty lines.
_TOGETHER_BYTES = 20_000


def read_all(
    data: bytes, files: Sequence[Counted], is_over: IsOver = never
) -> Iterator[tuple[Hunk, ...] | str]:
    """Yield for each file its hunks or why they cannot be read, as `read_hunks` returns them."""
    for group in _groups(files):
        together = None if is_over() or len(group) == 1 else _read_together(data, group)
        # If anything is unusual, each is read by itself: one file must not take the others along.
        yield from together or (read_hunks(data, each, is_over=is_over) for each in group)


def _groups(files: Sequence[Counted]) -> Iterator[list[Counted]]:
    group: list[Counted] = []
    size = 0
    for each in files:
        size += each.end - each.start
        if group and size > _TOGETHER_BYTES:
            yield group
            group, size = [], each.end - each.start
        group.append(each)
    yield from filter(None, [group])


def _read_together(data: bytes, group: Sequence[Counted]) -> list[tuple[Hunk, ...]] | None:
    """Return the hunks of each file; None if unidiff does not find in them what was counted."""
    texts = [without_markers(data[each.start : each.end]) for each in group]
    try:
        hunks = iter(list(parsed(b"".join(text if text.endswith(b"\n") else text + b"\n" for text in texts))))
    except UNREADABLE:
        return None
    found = []
    for each, text in zip(group, texts, strict=True):
        own = list(islice(hunks, each.hunks))
        changed = (len(own), sum(added for _, added, _ in own), sum(removed for _, _, removed in own))
        lines = sum(1 + hunk.old_count + added for hunk, added, _ in own)
        if changed != (each.hunks, each.added, each.removed) or lines != len(text.splitlines()):
            return None
        found.append(tuple(hunk for hunk, _, _ in own))
    return found
