"""Reads the hunks of one file, through unidiff, whose only user this is."""

import re
from collections.abc import Callable, Iterator, Sequence

from unidiff.patch import Hunk as UnidiffHunk
from unidiff.patch import PatchSet

from chargehand.diff import Hunk
from chargehand.parse.count import Counted
from chargehand.untrusted import one_line

# Its regular expressions take seconds on some header lines, so it sees this one and hunks that were counted.
_HEADER = "--- a/x\n+++ b/x\n"
_MARKER = re.compile(rb"\n\\[^\n]*")
# unidiff's objects weigh ten times their text: a file with more than this is read in several goes.
_BATCH_BYTES = 2_000_000
_MAX_SHOWN = 200

# Shared by all hunks: pydantic's own set for each would double the memory of a large diff.
_FIELDS = set(Hunk.model_fields)


def read_hunks(
    data: bytes, counted: Counted, parse: Callable[[str], PatchSet] = PatchSet
) -> tuple[Hunk, ...] | str:
    """Return the hunks in `data[counted.start:counted.end]`, or the reason why they cannot be read."""
    hunks: list[Hunk] = []
    try:
        for start, end in _batches(data, counted):
            text = _MARKER.sub(b"", data[start:end]).decode("utf-8", "surrogateescape")
            (patched,) = parse(_HEADER + text)
            hunks += map(_hunk, patched)
    except Exception as error:  # noqa: BLE001 # unidiff raises anything: one file must not take the others along
        return one_line(f"unidiff cannot read its hunks: {error}")[:_MAX_SHOWN]
    if (len(hunks), _lines(hunks, "+"), _lines(hunks, "-")) != (
        counted.hunks,
        counted.added,
        counted.removed,
    ):
        return "unidiff finds other lines in its hunks than their headers say."
    return tuple(hunks)


def _lines(hunks: Sequence[Hunk], kind: str) -> int:
    return sum(hunk.body.count("\n" + kind) + hunk.body.startswith(kind) for hunk in hunks)


def _batches(data: bytes, counted: Counted) -> Iterator[tuple[int, int]]:
    start = counted.start
    while start < counted.end:
        end = data.find(b"\n@@ ", start + _BATCH_BYTES, counted.end) + 1 or counted.end
        yield start, end
        start = end


def _hunk(hunk: UnidiffHunk) -> Hunk:
    # Built without validation for speed and memory: unidiff has made the numbers and the text itself.
    return Hunk.model_construct(
        _FIELDS,
        old_start=hunk.source_start,
        old_count=hunk.source_length,
        new_start=hunk.target_start,
        new_count=hunk.target_length,
        section=hunk.section_header.removesuffix("\r"),
        body="".join([line.line_type + line.value for line in hunk]).removesuffix("\n"),
    )
