"""Reads the hunks of one file, through unidiff, whose only user this is."""

import re
from collections.abc import Callable, Iterator, Sequence

from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk as UnidiffHunk
from unidiff.patch import PatchSet

from chargehand.change.diff.parse.count import Counted
from chargehand.core.diff import Hunk
from chargehand.core.escaping import one_line
from chargehand.core.time_limit import IsOver, never

# Its regular expressions take seconds on some header lines, so it sees this one and hunks that were counted.
_HEADER = "--- a/x\n+++ b/x\n"
_MARKER = re.compile(rb"\n\\[^\n]*")
# unidiff's objects weigh ten times their text: a file with more than this is read in several goes.
_BATCH_BYTES = 2_000_000
_HEAD = re.compile(rb"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@([^\n]*)\n")
_MAX_SHOWN = 200
_OTHER_LINES = "unidiff finds other lines in its hunks than their headers say."


class _OtherLines(Exception):
    """unidiff speaks of lines that are not those in the text."""


# What it raises, what slips out of it on text that it does not expect, and what we find.
UNREADABLE = (
    _OtherLines,
    UnidiffParseError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def _patch(text: str) -> PatchSet:
    # It checks each line, and makes no object of it: that takes most of its time and memory.
    return PatchSet(text, metadata_only=True)


def read_hunks(
    data: bytes, counted: Counted, parse: Callable[[str], PatchSet] = _patch, is_over: IsOver = never
) -> tuple[Hunk, ...] | str:
    """Return the hunks in `data[counted.start:counted.end]`, or the reason why they cannot be read.

    There are none if the time is up before all are read.
    """
    hunks: list[Hunk] = []
    added = removed = 0
    try:
        for start, end in _batches(data, counted):
            parts: list[Hunk] = []
            for cut in _cuts(data, start, end):
                if is_over():
                    return ()
                for part, plus, minus in parsed(cut, parse):
                    parts.append(part)
                    added, removed = added + plus, removed + minus
            hunks += parts if end - start <= _BATCH_BYTES else [_joined(parts)]
    except _OtherLines:
        return _OTHER_LINES
    except UNREADABLE as error:  # one file must not take the others along
        return one_line(f"unidiff cannot read its hunks: {error}")[:_MAX_SHOWN]
    if (len(hunks), added, removed) != (counted.hunks, counted.added, counted.removed):
        return _OTHER_LINES
    return tuple(hunks)


def _batches(data: bytes, counted: Counted) -> Iterator[tuple[int, int]]:
    """Yield where to cut before a hunk, so that a batch is small or a single hunk."""
    start = counted.start
    while counted.end - start > _BATCH_BYTES:
        end = data.rfind(b"\n@@ ", start + 1, start + _BATCH_BYTES) + 1
        end = end or data.find(b"\n@@ ", start + 1, counted.end) + 1 or counted.end
        yield start, end
        start = end
    if start < counted.end:
        yield start, counted.end


def without_markers(lines: bytes) -> bytes:
    r"""Take out `\ No newline at end of file`, in whatever language."""
    return _MARKER.sub(b"", b"\n" + lines)[1:]


def _cuts(data: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield a small batch as it is; cut one large hunk into small ones, all with the start of the first."""
    if end - start <= _BATCH_BYTES:
        yield without_markers(data[start:end])
        return
    head = _HEAD.match(data, start, end)
    if head is None:
        raise ValueError("its header was counted but cannot be cut")
    at = head.end()
    while at < end:
        cut = data.find(b"\n", at + _BATCH_BYTES // 2, end) + 1 or end
        part = without_markers(data[at:cut])
        lines = part.count(b"\n") + (not part.endswith(b"\n"))
        old = lines - part.count(b"\n+") - part.startswith(b"+")
        new = lines - part.count(b"\n-") - part.startswith(b"-")
        # A marker alone leaves nothing.
        if part:
            yield b"@@ -%s,%d +%s,%d @@%s\n%s" % (head[1], old, head[2], new, head[3], part)
        at = cut


def parsed(hunks: bytes, parse: Callable[[str], PatchSet] = _patch) -> Iterator[tuple[Hunk, int, int]]:
    """Yield each hunk, and how many lines it adds and removes."""
    text = hunks.decode("utf-8", "surrogateescape")
    (patched,) = parse(_HEADER + text)
    lines = text.removesuffix("\n").split("\n")
    at = 0
    for hunk in patched:
        start, at = at + 1, at + 1 + hunk.source_length + hunk.added
        yield _hunk(hunk, lines[start:at]), hunk.added, hunk.removed
        if at < len(lines) and not lines[at].startswith("@@ "):
            raise _OtherLines
    if at != len(lines):
        raise _OtherLines


def _joined(parts: Sequence[Hunk]) -> Hunk:
    return parts[0].evolve(
        old_count=sum(part.old_count for part in parts),
        new_count=sum(part.new_count for part in parts),
        body="\n".join(part.body for part in parts),
    )


def _hunk(hunk: UnidiffHunk, lines: list[str]) -> Hunk:
    if "" in lines or "\r" in lines:  # some mailers take the blank off a line that holds nothing else
        lines = [f" {line}" if line in ("", "\r") else line for line in lines]
    # Built without validation for speed and memory: unidiff has made the numbers and checked the lines.
    return Hunk.made_of(
        old_start=hunk.source_start,
        old_count=hunk.source_length,
        new_start=hunk.target_start,
        new_count=hunk.target_length,
        section=hunk.section_header.removesuffix("\r"),
        body="\n".join(lines),
    )
