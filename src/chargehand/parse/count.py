"""Walks hunks by the counts in their headers: where they end, what they add, and whether they are whole."""

import re
from typing import NamedTuple

_PLUS, _MINUS, _BLANK, _LF, _CR = b"+- \n\r"

# Nine digits are enough for any file that git can hold, and keep int() cheap.
_HUNK = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")

# The end of a mail: `-- ` before the signature, or git's MIME boundary. What follows is no diff line.
_SIGNATURE = re.compile(rb"-- ?\r?(?:\n(?![-+ @\\])|\Z)|-{14}\d[\w.]*(?:--)?\r?$", re.MULTILINE)


class Counted(NamedTuple):
    """The hunks of one file: `data[start:end]` holds them, whole ones only.

    `longest_bytes` is the longest line. `damage` says why the file is not whole, empty where it is.
    `doubtful_to` is set where a header line up to there may as well be content.
    """

    start: int
    end: int
    hunks: int = 0
    added: int = 0
    removed: int = 0
    longest_bytes: int = 0
    damage: str = ""
    doubtful_to: int = 0


class _Body(NamedTuple):
    end: int
    added: int
    removed: int
    longest_bytes: int
    is_whole: bool


def count_hunks(data: bytes, start: int, limit: int, *, has_git_headers: bool) -> Counted:
    """Return what the hunks from `start` on hold, `limit` being where the next file begins at the latest.

    Without git headers only counts tell a removed line `-- x` from the header `--- x` of the next file.
    """
    total = Counted(start, start)
    old_from = new_from = 0
    while data.startswith(b"@@ ", total.end, limit):
        head = _HUNK.match(data, total.end, limit)
        if head is None:
            return _damaged(data, total, "has a hunk header that cannot be read")
        old_start, old_count, new_start, new_count = (1 if n is None else int(n) for n in head.groups())
        old_at, new_at = old_start + (not old_count), new_start + (not new_count)
        if old_at < old_from or new_at < new_from:
            return _damaged(data, total, "has hunks that overlap")
        old_from, new_from = old_at + old_count, new_at + new_count
        body = _count_lines(data, _next_line(data, head.end(), limit), limit, old_count, new_count)
        if not body.is_whole:
            return _damaged(data, total, "has a hunk with fewer lines than its header says")
        if not body.added and not body.removed:
            return _damaged(data, total, "has a hunk that changes nothing")
        if not has_git_headers and _may_be_next_file(data, head.end(), body.end):
            damaged = _damaged(data, total, "has a hunk whose last lines may be the header of another file")
            return damaged._replace(doubtful_to=body.end)
        total = _plus(total, body)
    if _has_surplus(data, total.end, limit, has_git_headers=has_git_headers):
        return _damaged(data, total, "has a hunk with more lines than its header says", at=total.end)
    return total


def is_new_in_full(data: bytes, counted: Counted) -> bool:
    """Tell whether there is one hunk only, of a side that was empty before."""
    return counted.hunks == 1 and data.startswith(b"@@ -0,0 ", counted.start)


def is_gone_in_full(data: bytes, counted: Counted) -> bool:
    """Tell whether there is one hunk only, of a side that is empty after."""
    head = _HUNK.match(data, counted.start)
    return counted.hunks == 1 and head is not None and head.group(3, 4) == (b"0", b"0")


def is_hunk_header(data: bytes, at: int) -> bool:
    """Tell whether the line at `at` is a hunk header that can be read."""
    return _HUNK.match(data, at) is not None


def starts_plain_file(data: bytes, at: int) -> bool:
    """Tell whether the lines at `at` are `--- ` and `+++ `."""
    return data.startswith(b"--- ", at) and data.startswith(b"+++ ", _next_line(data, at, len(data)))


def _count_lines(data: bytes, start: int, limit: int, old: int, new: int) -> _Body:
    """Take lines until `old` and `new` are used up. This loop sees every line of the diff: keep it lean."""
    at = start
    added = removed = longest = 0
    find = data.find
    while old or new:
        end = find(b"\n", at, limit)
        if end < 0:
            end = limit
        mark = data[at] if at < limit else 0
        if mark == _BLANK and old and new:
            old, new = old - 1, new - 1
        elif mark == _PLUS and new:
            new -= 1
            added += 1
        elif mark == _MINUS and old:
            old -= 1
            removed += 1
        elif (mark == _LF or (mark == _CR and end == at + 1)) and old and new:
            old, new = old - 1, new - 1
        elif at == start or not data.startswith(b"\\ ", at, limit):
            return _Body(at, added, removed, longest, is_whole=False)
        if end - at > longest:
            longest = end - at
        at = end + 1
    while data.startswith(b"\\ ", at, limit):
        at = _next_line(data, at, limit)
    return _Body(min(at, limit), added, removed, longest, is_whole=True)


def _plus(total: Counted, body: _Body) -> Counted:
    return Counted(
        total.start,
        body.end,
        total.hunks + 1,
        total.added + body.added,
        total.removed + body.removed,
        max(total.longest_bytes, body.longest_bytes),
    )


def _damaged(data: bytes, total: Counted, what: str, at: int | None = None) -> Counted:
    line = data.count(b"\n", total.start, total.end if at is None else at) + 1
    return total._replace(damage=f"Its part of the diff {what} (line {line} from its first hunk).")


def _next_line(data: bytes, at: int, limit: int) -> int:
    end = data.find(b"\n", at, limit)
    return limit if end < 0 else end + 1


def _may_be_next_file(data: bytes, start: int, end: int) -> bool:
    """Tell whether the hunk ends in `--- x`, `+++ y` and another hunk follows: is that content or a header?"""
    if not data.startswith(b"@@ ", end):
        return False
    last = data.rfind(b"\n", start, end - 1) + 1
    before = data.rfind(b"\n", start, last - 1) + 1
    return data.startswith(b"+++ ", last) and data.startswith(b"--- ", before)


def _has_surplus(data: bytes, start: int, limit: int, *, has_git_headers: bool) -> bool:
    """Tell whether lines follow the last hunk that look like its own; text such as a mail's end is none."""
    at = start
    while at < limit:
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
