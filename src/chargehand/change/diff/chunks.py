"""Which parts of a diff travel in one request, and how they look there.

In a request, the first character of a line says what the line is:

    [1] src/a.py (modified)          a file, with its number
    @@ def area(width, height):      a hunk, with git's guess at what stands around it
    11     if width < 0:             a kept line: its new-side number, then a blank
    -        return None             a removed line: it has no number any more
    12+        raise ValueError      an added line: its new-side number, then a plus

Nothing from the change can begin a line: every line of it has one of these in front, and what other
programs take for a line break (CR, form feed, U+2028 and their like) is shown as an escape. So text in
a diff can neither imitate a file or a hunk, nor close the fence or tag that a prompt puts around it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from operator import is_

from chargehand.core.diff import Authority, Diff, FileDiff, Hunk, Line, Skip, SkipReason
from chargehand.core.escaping import one_line, printable
from chargehand.core.plan import Chunk, Excerpt

# A size in tokens. It may not find a whole larger than the sum of its parts.
Measure = Callable[[str], int]

# A file's number is measured as if it had this many digits: it is known only when the chunk is full.
_WIDEST_NUMBER = 99_999

# Of an unchanged line as much is shown as people write into one.
_KEPT_LENGTH = 1_000
# Less room than that is left only beside a name or a heading that is as long as a request.
_LEAST_ROOM = 20
# No token stands for more of a text, so nothing longer has to be measured.
_MOST_CHARACTERS = 16

_KINDS = {"120000": "symbolic link", "160000": "submodule"}
_EXECUTABLE = "100755"
_MODE_LENGTH = 20

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


def parts_of(diff: Diff, measure: Measure, max_tokens: int) -> tuple[Excerpt, ...]:
    """Return what chunks are filled with: each reviewed file, or the parts that a larger one is cut into.

    How a file is cut does not depend on other files, so the parts of an unchanged file stay the same.
    """
    files = [each for each in _numbered(diff.files) if each[1].skip is None]
    return tuple(part for nth, file in files for part, _ in _parts(file, nth, measure, max_tokens))


def make_chunks(
    diff: Diff,
    groups: Sequence[Sequence[str]],
    measure: Measure,
    max_tokens: int,
    leave_out: Collection[Excerpt] = (),
) -> tuple[Chunk, ...]:
    """Return the chunks of each group of paths, in order, numbered from 1.

    A group is cut between files, and inside a file between hunks. A path counts where it is first named;
    one that is not reviewed, or not in the diff, is passed over, and so are the parts in `leave_out`. No
    chunk is larger than `max_tokens` where `diff` comes from `split_hunks` with the same measure and limit.
    """
    files: dict[str, list[tuple[int, FileDiff]]] = {}
    for nth, file in _numbered(diff.files):
        if file.skip is None:
            files.setdefault(file.path, []).append((nth, file))
    chunks: list[Chunk] = []
    for group in groups:
        named = (each for path in group for each in files.pop(path, ()))
        parts = (part for nth, file in named for part in _parts(file, nth, measure, max_tokens))
        for excerpts, tokens in _filled((each for each in parts if each[0] not in leave_out), max_tokens):
            chunks.append(Chunk(number=len(chunks) + 1, excerpts=excerpts, tokens=tokens))
    return tuple(chunks)


def show(chunk: Chunk, diff: Diff) -> str:
    """Return the text of `chunk` as a model reads it, every line ended by LF and safe to send."""
    paths = set(chunk.paths)
    held = (file for file in diff.files if file.path in paths)
    files = {(file.path, nth): file for nth, file in _numbered(held)}
    shown: list[str] = []
    for number, excerpt in enumerate(chunk.excerpts, 1):
        file = files[excerpt.path, excerpt.nth]
        shown.append(_file_line(number, file))
        shown.extend(map(_hunk_text, file.hunks[excerpt.first : excerpt.last + 1]))
    return "".join(shown)


def files_of(chunk: Chunk) -> dict[int, str]:
    """Return the path behind each number that `show` puts in front of a file."""
    return {number: excerpt.path for number, excerpt in enumerate(chunk.excerpts, 1)}


def _numbered(files: Iterable[FileDiff]) -> Iterator[tuple[int, FileDiff]]:
    seen: Counter[str] = Counter()
    for file in files:
        yield seen[file.path], file
        seen[file.path] += 1


def _parts(file: FileDiff, nth: int, measure: Measure, max_tokens: int) -> Iterator[tuple[Excerpt, int]]:
    alone = measure(_file_line(_WIDEST_NUMBER, file))
    first, tokens = 0, alone
    for index, hunk in enumerate(file.hunks):
        size = measure(_hunk_text(hunk))
        if index > first and tokens + size > max_tokens:
            yield Excerpt(path=file.path, nth=nth, first=first, last=index - 1), tokens
            first, tokens = index, alone
        tokens += size
    yield Excerpt(path=file.path, nth=nth, first=first, last=len(file.hunks) - 1), tokens


def _filled(
    parts: Iterable[tuple[Excerpt, int]], max_tokens: int
) -> Iterator[tuple[tuple[Excerpt, ...], int]]:
    excerpts: list[Excerpt] = []
    tokens = 0
    for excerpt, size in parts:
        if excerpts and tokens + size > max_tokens:
            yield tuple(excerpts), tokens
            excerpts, tokens = [], 0
        excerpts.append(excerpt)
        tokens += size
    if excerpts:
        yield tuple(excerpts), tokens


def _file_line(number: int, file: FileDiff) -> str:
    return f"[{number}] {one_line(file.path)} ({describe(file)})\n"


def describe(file: FileDiff) -> str:
    """Return what happened to a file as far as no line of it says that."""
    is_moved = file.status in {"renamed", "copied"} and file.old_path
    first = f"{file.status} from {one_line(file.old_path or '')}" if is_moved else file.status
    return ", ".join(filter(None, (first, *_facts(file))))


def _facts(file: FileDiff) -> Iterator[str]:
    old, new = (one_line(mode)[:_MODE_LENGTH] for mode in file.modes)
    kinds = [kind for mode, kind in _KINDS.items() if mode in file.modes]
    yield from kinds
    if old and new and old != new:
        yield f"mode {old} to {new}"
    elif new == _EXECUTABLE and file.status == "added":
        yield "executable"
    if file.note:
        yield f"submodule {file.note}"
    if file.is_announced:
        yield f"its {file.removed:,} lines are not shown"
    elif not file.hunks and file.status in {"added", "deleted"}:
        yield "empty"


def _hunk_text(hunk: Hunk) -> str:
    lines = "".join(map(_line_text, hunk.lines()))
    if lines.count("\r\n") == lines.count("\n"):  # a file that ends its lines so everywhere: not worth tokens
        lines = lines.replace("\r\n", "\n")
    return _section_line(hunk) + printable(lines)


def _section_line(hunk: Hunk) -> str:
    return f"@@ {one_line(hunk.section)}".rstrip() + "\n"


def _line_text(line: Line) -> str:
    return f"-{line.text}\n" if line.new_number is None else f"{line.new_number}{line.kind}{line.text}\n"


def _split_file(file: FileDiff, measure: Measure, max_tokens: int) -> FileDiff:
    room = max_tokens - measure(_file_line(_WIDEST_NUMBER, file))
    hunks: list[Hunk] = []
    for hunk in map(_shortened, file.hunks):
        if measure(_hunk_text(hunk)) <= room:
            hunks.append(hunk)
            continue
        parts = _split_hunk(hunk, measure, room - measure(_section_line(hunk)))
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
    sizes = [measure(printable(_line_text(line))) for line in lines]
    room_for_pieces = room - measure(_part(_WIDEST_NUMBER, _WIDEST_NUMBER))
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
    while length > 1 and (size := measure(printable(_line_text(line._replace(text=text[:length]))))) > room:
        length = max(1, min(length - 1, length * room // size))
    return length


def _part(number: int, of: int) -> str:
    return f" [part {number} of {of} of one long line]"


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
