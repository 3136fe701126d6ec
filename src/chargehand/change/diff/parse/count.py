"""Walks hunks by the counts in their headers: where they end, what they add, and whether they are whole."""

import re
from typing import NamedTuple

from chargehand.core.time_limit import Step, any_step

_PLUS, _MINUS, _BLANK = b"+- "

# Nine digits are enough for any file that git can hold, and keep int() cheap.
_HEAD = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")

# The end of a mail: `-- ` before the signature, or git's MIME boundary. What follows is no diff line.
_SIGNATURE = re.compile(rb"-- ?\r?(?:\n(?![-+ @\\])|\Z)|-{14}\d[\w.]*(?:--)?\r?$", re.MULTILINE)


class Counted(NamedTuple):
    """The hunks of one file: `data[start:end]` holds them, whole ones only.

    `damage` says why the file is not whole, empty if it is.
    `doubtful_to` is set if a header line up to there may as well be content.
    """

    start: int
    end: int
    hunks: int = 0
    added: int = 0
    removed: int = 0
    damage: str = ""
    doubtful_to: int = 0


class _Hunk(NamedTuple):
    """One hunk: where it ends, what it changes, and the lines after it on both sides. Or what is wrong."""

    end: int
    added: int = 0
    removed: int = 0
    old_next: int = 0
    new_next: int = 0
    damage: str = ""
    is_doubtful: bool = False


def count_hunks(
    data: bytes, start: int, limit: int, step: Step = any_step, *, has_git_headers: bool
) -> Counted:
    """Return what the hunks from `start` on hold; `limit` is where the next file begins at the latest.

    Without git headers only counts tell a removed line `-- x` from the header `--- x` of the next file.
    `step` is called for each hunk, and for each line that is walked.
    """
    at, hunks, added, removed = start, 0, 0, 0
    damage, doubtful_to = "", 0
    hunk = _Hunk(start)
    while not damage and data.startswith(b"@@ ", at, limit):
        step(1)
        hunk = _count_hunk(data, at, limit, hunk, step, has_git_headers=has_git_headers)
        damage = hunk.damage
        if damage:
            doubtful_to = hunk.end if hunk.is_doubtful else 0
        else:
            at, hunks = hunk.end, hunks + 1
            added, removed = added + hunk.added, removed + hunk.removed
    if not damage and _has_surplus(data, at, limit, step, has_git_headers=has_git_headers):
        damage = "has a hunk with more lines than its header says"
    if damage:
        line = data.count(b"\n", start, at) + 1
        damage = f"Its part of the diff {damage} (line {line} from its first hunk)."
    return Counted(start, at, hunks, added, removed, damage, doubtful_to)


def is_new_in_full(data: bytes, counted: Counted) -> bool:
    """Tell whether there is one hunk only, of a side that was empty before."""
    return counted.hunks == 1 and data.startswith(b"@@ -0,0 ", counted.start)


def is_gone_in_full(data: bytes, counted: Counted) -> bool:
    """Tell whether there is one hunk only, of a side that is empty after."""
    head = _HEAD.match(data, counted.start)
    return counted.hunks == 1 and head is not None and head.group(3, 4) == (b"0", b"0")


def is_hunk_header(data: bytes, at: int) -> bool:
    """Tell whether the line at `at` is a hunk header that can be read."""
    return _HEAD.match(data, at) is not None


def starts_plain_file(data: bytes, at: int) -> bool:
    """Tell whether the lines at `at` are `--- ` and `+++ `."""
    return data.startswith(b"--- ", at) and data.startswith(b"+++ ", _next_line(data, at, len(data)))


def _count_hunk(
    data: bytes, at: int, limit: int, before: _Hunk, step: Step, *, has_git_headers: bool
) -> _Hunk:
    head = _HEAD.match(data, at, limit)
    if head is None:
        return _Hunk(at, damage="has a hunk header that cannot be read")
    first, second, third, fourth = head.groups()
    old_start, old = int(first), 1 if second is None else int(second)
    new_start, new = int(third), 1 if fourth is None else int(fourth)
    # A side without lines is said to start at the line before.
    old_next, new_next = old_start + (old or 1), new_start + (new or 1)
    if old_next - old < before.old_next or new_next - new < before.new_next:
        return _Hunk(at, damage="has hunks that overlap")
    start = _next_line(data, head.end(), limit)
    counted = _count_at_once(data, start, limit, old, new)
    counted = counted or _count_lines(data, start, limit, old, new, step)
    if counted is None:
        return _Hunk(at, damage="has a hunk with fewer lines than its header says")
    end, added, removed = counted
    if not added and not removed:
        return _Hunk(at, damage="has a hunk that changes nothing")
    if not has_git_headers and _may_be_next_file(data, start, end):
        damage = "has a hunk whose last lines may be the header of another file"
        return _Hunk(end, damage=damage, is_doubtful=True)
    return _Hunk(end, added, removed, old_next, new_next)


def _count_at_once(data: bytes, start: int, limit: int, old: int, new: int) -> tuple[int, int, int] | None:
    """Return end, added and removed of a hunk that goes on to the next `@@` or to `limit`, as nearly all do.

    None: it does not. A few searches through the text are faster than a loop over its lines.
    """
    following = data.find(b"\n@@ ", start, limit)
    end = following if following >= 0 else limit - data.endswith(b"\n", start, limit)
    # Each line has a line end before it, and all but the last one behind it.
    at = start - 1
    added, removed = data.count(b"\n+", at, end), data.count(b"\n-", at, end)
    lines = added + removed + data.count(b"\n ", at, end)
    if lines - added != old or lines - removed != new:
        return None
    others = data.count(b"\n", at, end) - lines
    if others and (others != data.count(b"\n\\ ", at, end) or data.startswith(b"\\", start)):
        return None
    return min(end + 1, limit), added, removed


def _count_lines(
    data: bytes, start: int, limit: int, old: int, new: int, step: Step
) -> tuple[int, int, int] | None:
    """Return end, added and removed of a hunk, taking line by line until `old` and `new` are used up.

    None: another line comes first.
    """
    at = start
    added = removed = 0
    while old or new:
        step(1)
        mark = data[at] if at < limit else 0
        end = data.find(b"\n", at, limit)
        end = limit if end < 0 else end
        if mark == _PLUS and new:
            new, added = new - 1, added + 1
        elif mark == _MINUS and old:
            old, removed = old - 1, removed + 1
        elif (mark in b" \n" or data[at:end] == b"\r") and old and new:
            old, new = old - 1, new - 1
        elif at == start or not data.startswith(b"\\ ", at, limit):
            return None
        at = end + 1
    while data.startswith(b"\\ ", at, limit):
        step(1)
        at = _next_line(data, at, limit)
    return min(at, limit), added, removed


def _next_line(data: bytes, at: int, limit: int) -> int:
    end = data.find(b"\n", at, limit)
    return limit if end < 0 else end + 1


def _may_be_next_file(data: bytes, start: int, end: int) -> bool:
    """Tell whether the hunk ends in `--- x` and `+++ y` with a hunk behind: content, or a header?"""
    if not data.startswith(b"@@ ", end):
        return False
    last = data.rfind(b"\n", start, end - 1) + 1
    before = data.rfind(b"\n", start, last - 1) + 1
    return data.startswith(b"+++ ", last) and data.startswith(b"--- ", before)


def _has_surplus(data: bytes, start: int, limit: int, step: Step, *, has_git_headers: bool) -> bool:
    """Tell whether lines follow the last hunk that look like its own; text such as a mail's end is none."""
    at = start
    while at < limit:
        step(1)
        mark = data[at]
        end = _next_line(data, at, limit)
        if mark in b"+-":
            is_next = not has_git_headers and starts_plain_file(data, at)
            return not is_next and _SIGNATURE.match(data, at, limit) is None
        if mark == _BLANK and data[at:end].strip():
            return True
        if mark not in b" \n\r\\":
            return False
        at = end
    return False
