"""Cuts hunks that are too much for one request or one reader, where the next part begins best."""

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import is_

from chargehand.change.diff.chunk_text import (
    WIDEST_NUMBER,
    Measure,
    file_line,
    hunk_text,
    line_text,
    section_line,
)
from chargehand.core.diff import (
    HEADING_LENGTH,
    Authority,
    Diff,
    FileDiff,
    Hunk,
    Line,
    Skip,
    SkipReason,
    is_heading,
)
from chargehand.core.escaping import printable

# Of an unchanged line as much is shown as people write into one.
_KEPT_LENGTH = 1_000

# Less room than that is left only beside a name or a heading that is as long as a request.
_LEAST_ROOM = 20

# No token stands for more of a text, so nothing longer has to be measured.
_MOST_CHARACTERS = 16

# A part that begins so begins inside of something.
_ENDS_SOMETHING = re.compile(r"\s*([)\]}]|end\b)")

_NO_ROOM = Skip(
    reason=SkipReason.TOO_LONG,
    by=Authority.NOBODY,
    detail="Its name, or a heading in it, leaves no room for its lines in a request.",
)


def split_hunks(diff: Diff, measure: Measure, max_tokens: int, focus_lines: int | None = None) -> Diff:
    """Return `diff` with every hunk that does not fit into one request cut into several that do.

    A hunk of more than `focus_lines` changed lines is cut as well. Line numbers stay. An added or removed
    line that is too long by itself stands in several hunks, with one piece of it in each; of an unchanged one
    only the beginning stays. Files that models do not read lose their lines here.
    """
    files = (
        file.evolve(hunks=()) if file.skip else _split_file(file, measure, max_tokens, focus_lines)
        for file in diff.files
    )
    return diff.evolve(files=tuple(files))


def _split_file(file: FileDiff, measure: Measure, max_tokens: int, focus_lines: int | None) -> FileDiff:
    room = max_tokens - measure(file_line(WIDEST_NUMBER, file))
    hunks: list[Hunk] = []
    for hunk in map(_shortened, file.hunks):
        for short in _by_changes(hunk, focus_lines):
            if measure(hunk_text(short)) <= room:
                hunks.append(short)
                continue
            parts = _split_hunk(short, measure, room)
            if parts is None:
                return file.evolve(hunks=(), skip=_NO_ROOM)
            hunks.extend(parts)
    is_same = len(hunks) == len(file.hunks) and all(map(is_, hunks, file.hunks))
    return file if is_same else file.evolve(hunks=tuple(hunks))


def _by_changes(hunk: Hunk, most: int | None) -> Sequence[Hunk]:
    """Return `hunk` in parts of about as many changed lines, `most` in each."""
    changed = hunk.changed
    if most is None or changed <= most:
        return (hunk,)
    even = -(-changed // -(-changed // most))
    lines = tuple(hunk.lines())
    weights = [int(line.kind != " ") for line in lines]
    # A cut may come a quarter before the end of the room, so there is somewhat more of it than is needed.
    return [part for part, _ in _parts(hunk, _cut(lines, weights, min(most, even * 8 // 7 + 1)))]


def _shortened(hunk: Hunk) -> Hunk:
    """Return `hunk` with the beginnings of unchanged lines that are longer than people write them."""
    if len(hunk.body) <= _KEPT_LENGTH:
        return hunk
    rows = hunk.body.split("\n")
    cut = [row if row[:1] in {"+", "-"} or len(row) <= _KEPT_LENGTH else _beginning(row) for row in rows]
    return hunk if cut == rows else hunk.evolve(body="\n".join(cut))


def _beginning(row: str) -> str:
    return f"{row[:_KEPT_LENGTH]} … [{len(row) - _KEPT_LENGTH:,} unchanged characters are not shown]"


def _split_hunk(hunk: Hunk, measure: Measure, room: int) -> list[Hunk] | None:
    """Return `hunk` in parts: runs of lines that fit, and the pieces of those that do not; None: no room."""
    lines = tuple(hunk.lines())
    sizes = [measure(printable(line_text(line))) for line in lines]
    room -= _largest_heading(hunk, lines, measure)
    room_for_pieces = room - measure(_part(WIDEST_NUMBER, WIDEST_NUMBER))
    if room < 1 or (max(sizes) > room and room_for_pieces < _LEAST_ROOM):
        return None
    parts: list[Hunk] = []
    runs = list(_runs(lines, sizes, room))
    for (part, run), (_, run_sizes) in zip(_parts(hunk, (run for run, _ in runs)), runs, strict=True):
        is_piece = run_sizes[0] > room
        parts += _line_pieces(part, run[0], measure, room_for_pieces) if is_piece else [part]
    return parts


def _largest_heading(hunk: Hunk, lines: Iterable[Line], measure: Measure) -> int:
    """Return what the longest heading takes that a part of `hunk` may have."""
    sections = {line.text[:HEADING_LENGTH] for line in lines if line.kind != "-" and is_heading(line.text)}
    return max(measure(section_line(hunk.evolve(section=each))) for each in (hunk.section, *sections))


def _parts(hunk: Hunk, runs: Iterable[Sequence[Line]]) -> Iterator[tuple[Hunk, Sequence[Line]]]:
    """Yield the part of `hunk` that each run of its lines is, beside the run."""
    # The last line before a part on either side. Like git, a part without lines on a side starts there.
    old = hunk.old_start - (hunk.old_count > 0)
    new = hunk.new_start - (hunk.new_count > 0)
    section = hunk.section
    for run in runs:
        old_count = sum(line.kind != "+" for line in run)
        new_count = sum(line.kind != "-" for line in run)
        part = hunk.evolve(
            old_start=old + (old_count > 0),
            old_count=old_count,
            new_start=new + (new_count > 0),
            new_count=new_count,
            section=section,
            body="\n".join(line.kind + line.text for line in run),
        )
        yield part, run
        old, new = old + old_count, new + new_count
        section = _section_after(run, section)


def _section_after(run: Sequence[Line], section: str) -> str:
    """Return what stands round the line after `run`, as git would show it after `@@`."""
    heads = (line.text for line in reversed(run) if line.kind != "-" and is_heading(line.text))
    return next(heads, section)[:HEADING_LENGTH]


def _runs(
    lines: Sequence[Line], sizes: Sequence[int], room: int
) -> Iterator[tuple[Sequence[Line], Sequence[int]]]:
    """Yield lines that fit together, and each line that does not fit by itself."""
    start = 0
    for at in [*(n for n, size in enumerate(sizes) if size > room), len(lines)]:
        place = start
        for run in _cut(lines[start:at], sizes[start:at], room) if at > start else ():
            yield run, sizes[place : place + len(run)]
            place += len(run)
        if at < len(lines):
            yield lines[at : at + 1], sizes[at : at + 1]
        start = at + 1


def _cut(lines: Sequence[Line], sizes: Sequence[int], room: int) -> Iterator[Sequence[Line]]:
    start = end = used = 0
    while end < len(lines):
        if used + sizes[end] <= room:
            used, end = used + sizes[end], end + 1
            continue
        stop = _best_stop(lines, start, end)
        yield lines[start:stop]
        start, used = stop, sum(sizes[stop:end])
    yield lines[start:]


def _best_stop(lines: Sequence[Line], start: int, end: int) -> int:
    """Return where to stop so that the next piece begins far to the left: at a function, not inside one.

    What replaces lines stays with them, and what stands above a function with it.
    """
    earliest = start + max(1, (end - start) * 3 // 4)
    return min(range(end, earliest - 1, -1), key=lambda stop: _badness(lines, stop))


def _badness(lines: Sequence[Line], stop: int) -> tuple[bool, float, bool]:
    before, text = lines[stop - 1], lines[stop].text
    is_inside = _ENDS_SOMETHING.match(text) is not None
    return (before.kind == "-", _indent(text) + is_inside, bool(before.text.strip()))


def _indent(text: str) -> float:
    return len(text) - len(text.lstrip()) if text.strip() else float("inf")


def _line_pieces(part: Hunk, line: Line, measure: Measure, room: int) -> Iterator[Hunk]:
    pieces: list[str] = []
    rest = line.text
    while rest:
        length = _fitting(rest, line, measure, room)
        pieces.append(rest[:length])
        rest = rest[length:]
    for number, piece in enumerate(pieces, 1):
        section = f"{part.section}{_part(number, len(pieces))}"
        yield part.evolve(section=section, body=line.kind + piece)


def _fitting(text: str, line: Line, measure: Measure, room: int) -> int:
    """Return how many characters of `text` fit beside the number of `line`."""
    length = min(len(text), room * _MOST_CHARACTERS)
    while length > 1 and (size := measure(printable(line_text(line._replace(text=text[:length]))))) > room:
        length = max(1, min(length - 1, length * room // size))
    return length


def _part(number: int, of: int) -> str:
    return f" [part {number} of {of} of one long line]"
