"""Which lines only moved to the right or to the left: they are shown once, with a mark in place of the plus.

What they were differs from what they are in the white space in front, and all lines of a block by the same,
so that nothing is lost if the old ones are not shown.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from chargehand.core.diff import Diff, Hunk, Line

# Fewer lines than that in a hunk are no block, and both sides of them are shown.
_FEWEST = 3
# So many lines in a row have to be the same but for their indentation, so that a lone brace pairs nothing.
_RUN = 2
TO_THE_RIGHT, TO_THE_LEFT = ">", "<"


class _Shift(NamedTuple):
    """What stands in front of a line that did not before (or, to the left, no longer does)."""

    mark: str
    space: str


def paired(diff: Diff) -> Diff:
    """Return `diff` with each line of a re-indented block directly after the line that it was.

    It is the same diff: the lines of each side stay in their order, with their numbers.
    """
    files = (file if file.skip else file.evolve(hunks=tuple(map(_paired, file.hunks))) for file in diff.files)
    return diff.evolve(files=tuple(files))


def marks(hunk: Hunk) -> dict[int, str]:
    """Return the marks of the lines at these indexes; an empty one is that of a line that is not shown."""
    if not _has_both_sides(hunk):
        return {}
    lines = tuple(hunk.lines())
    pairs = {at: shift for at in range(len(lines) - 1) if (shift := _moved(lines[at], lines[at + 1]))}
    found: dict[int, str] = {}
    counts = Counter(pairs.values())
    for at, shift in pairs.items():
        if counts[shift] >= _FEWEST:
            found |= {at: "", at + 1: shift.mark}
    return found


def _moved(old: Line, new: Line) -> _Shift | None:
    """Return how `new` is moved against `old`, None if it is not the same line."""
    if old.kind != "-" or new.kind != "+":
        return None
    return _shift(old.text, new.text)


def _shift(old: str, new: str) -> _Shift | None:
    text = new.lstrip(" \t")
    if not text or old == new or old.lstrip(" \t") != text:
        return None
    before, after = old[: len(old) - len(text)], new[: len(new) - len(text)]
    if after.endswith(before):
        return _Shift(TO_THE_RIGHT, after.removesuffix(before))
    return _Shift(TO_THE_LEFT, before.removesuffix(after)) if before.endswith(after) else None


def _paired(hunk: Hunk) -> Hunk:
    if not _has_both_sides(hunk):
        return hunk
    rows: list[str] = []
    for is_changed, block in groupby(hunk.body.split("\n"), key=lambda row: row[:1] in {"+", "-"}):
        held = list(block)
        rows += _interleaved(held) if is_changed else held
    whole = hunk.evolve(body="\n".join(rows))
    return whole if whole.body != hunk.body and marks(whole) else hunk


def _has_both_sides(hunk: Hunk) -> bool:
    body = f"\n{hunk.body}"
    return "\n-" in body and "\n+" in body


def _interleaved(block: Sequence[str]) -> list[str]:
    """Return the rows of a change with the re-indented ones in pairs."""
    old = [row for row in block if row.startswith("-")]
    new = [row for row in block if row.startswith("+")]
    rows: list[str] = []
    old_at = new_at = 0
    for old_start, new_start, length in _runs([row[1:] for row in old], [row[1:] for row in new]):
        rows += old[old_at:old_start] + new[new_at:new_start]
        old_at, new_at = old_start + length, new_start + length
        for pair in zip(old[old_start:old_at], new[new_start:new_at], strict=True):
            rows += pair
    return rows + old[old_at:] + new[new_at:]


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield where runs of re-indented lines begin on both sides, and how long they are, in order."""
    starts: dict[tuple[str, ...], list[int]] = {}
    bare = [text.lstrip(" \t") for text in old]
    for at in range(len(old) - _RUN + 1):
        starts.setdefault(tuple(bare[at : at + _RUN]), []).append(at)
    old_at = new_at = 0
    while new_at <= len(new) - _RUN:
        places = starts.get(tuple(text.lstrip(" \t") for text in new[new_at : new_at + _RUN]), [])
        nth = bisect_left(places, old_at)
        length = _length(old, places[nth], new, new_at) if nth < len(places) else 0
        if length >= _RUN:
            yield places[nth], new_at, length
            old_at, new_at = places[nth] + length, new_at + length
        else:
            new_at += 1


def _length(old: Sequence[str], old_at: int, new: Sequence[str], new_at: int) -> int:
    """Return how many lines from these two on are moved by the same; blank ones are moved by anything."""
    first = None
    most = min(len(old) - old_at, len(new) - new_at)
    for at in range(most):
        one, other = old[old_at + at], new[new_at + at]
        shift = _shift(one, other)
        if not one.strip() and not other.strip():
            continue
        if shift is None or (first and shift != first):
            return at
        first = shift
    return most
