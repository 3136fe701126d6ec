"""Cuts hunks that do not fit into one request, where the next part begins best."""

from collections.abc import Iterator, Sequence
from operator import is_

from chargehand.change.diff.chunk_text import (
    WIDEST_NUMBER,
    Measure,
    file_line,
    hunk_text,
    line_text,
    section_line,
)
from chargehand.core.diff import Authority, Diff, FileDiff, Hunk, Line, Skip, SkipReason
from chargehand.core.escaping import printable

# Of an unchanged line as much is shown as people write into one.
_KEPT_LENGTH = 1_000

# Less room than that is left only beside a name or a heading that is as long as a request.
_LEAST_ROOM = 20

# No token stands for more of a text, so nothing longer has to be measured.
_MOST_CHARACTERS = 16


_NO_ROOM = Skip(
    reason=SkipReason.TOO_LONG,
    by=Authority.NOBODY,
    detail="Its name, or a heading in it, leaves no room for its lines in a request.",
)


def split_hunks(diff: Diff, measure: Measure, max_tokens: int) -> Diff:
    """Return `diff` with every hunk that does not fit into one request cut into several that do.

    Line numbers stay. An added or removed line that is too long by itself stands in several hunks, with one
    piece of it in each; of an unchanged one only the beginning stays. Files that models do not read lose
    their lines here.
    """
    files = (
        file.evolve(hunks=()) if file.skip else _split_file(file, measure, max_tokens) for file in diff.files
    )
    return diff.evolve(files=tuple(files))


def _split_file(file: FileDiff, measure: Measure, max_tokens: int) -> FileDiff:
    room = max_tokens - measure(file_line(WIDEST_NUMBER, file))
    hunks: list[Hunk] = []
    for hunk in map(_shortened, file.hunks):
        if measure(hunk_text(hunk)) <= room:
            hunks.append(hunk)
            continue
        parts = _split_hunk(hunk, measure, room - measure(section_line(hunk)))
        if parts is None:
            return file.evolve(hunks=(), skip=_NO_ROOM)
        hunks.extend(parts)
    is_same = len(hunks) == len(file.hunks) and all(map(is_, hunks, file.hunks))
    return file if is_same else file.evolve(hunks=tuple(hunks))


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
    room_for_pieces = room - measure(_part(WIDEST_NUMBER, WIDEST_NUMBER))
    if room < 1 or (max(sizes) > room and room_for_pieces < _LEAST_ROOM):
        return None
    parts: list[Hunk] = []
    # The last line before a part on either side. Like git, a part without lines on a side starts there.
    old = hunk.old_start - (hunk.old_count > 0)
    new = hunk.new_start - (hunk.new_count > 0)
    for run, run_sizes in _runs(lines, sizes, room):
        old_count = sum(line.kind != "+" for line in run)
        new_count = sum(line.kind != "-" for line in run)
        part = hunk.evolve(
            old_start=old + (old_count > 0),
            old_count=old_count,
            new_start=new + (new_count > 0),
            new_count=new_count,
            body="\n".join(line.kind + line.text for line in run),
        )
        parts += [part] if run_sizes[0] <= room else _line_pieces(part, run[0], measure, room_for_pieces)
        old, new = old + old_count, new + new_count
    return parts


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
    """Return where to stop so that the next piece begins far to the left: at a function, not inside one."""
    earliest = start + max(1, (end - start) * 3 // 4)
    return min(range(end, earliest - 1, -1), key=lambda stop: _indent(lines[stop].text))


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
