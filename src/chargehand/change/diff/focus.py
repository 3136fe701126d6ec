"""Which parts of a chunk one reader answers for: as many changed lines as a cheap model can attend to."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

from chargehand.change.diff.chunks import files_behind
from chargehand.core.diff import Diff, FileDiff
from chargehand.core.plan import Chunk, Excerpt, Task

PieceT = TypeVar("PieceT")


def parts_of(excerpt: Excerpt, file: FileDiff, focus_lines: int) -> Iterator[Excerpt]:
    """Yield `excerpt` in runs of hunks with `focus_lines` changed lines at most; a larger hunk stands alone.

    Other files have no say in it, so the parts of an unchanged file stay the same.
    """
    indexes = range(excerpt.first, excerpt.last + 1)
    for run in _filled(indexes, lambda index: file.hunks[index].changed, focus_lines):
        yield excerpt.evolve(first=run[0], last=run[-1])
    if not indexes:
        yield excerpt


def portions(
    chunk: Chunk, diff: Diff, focus_lines: int, leave_out: Collection[Excerpt] = ()
) -> list[tuple[Excerpt, ...]]:
    """Return the parts of `chunk` as its readers share them, but for those in `leave_out`.

    There are as few readers as `focus_lines` allows, and they get about as much each.
    """
    sizes = {
        part: sum(hunk.changed for hunk in file.hunks[part.first : part.last + 1])
        for excerpt, file in files_behind(chunk, diff)
        for part in parts_of(excerpt, file, focus_lines)
        if part not in leave_out
    }
    parts = list(sizes)
    fewest = len(list(_filled(parts, sizes.__getitem__, focus_lines)))
    least, most = -(-sum(sizes.values()) // max(fewest, 1)), focus_lines
    while least < most:
        middle = (least + most) // 2
        if len(list(_filled(parts, sizes.__getitem__, middle))) > fewest:
            least = middle + 1
        else:
            most = middle
    return [tuple(run) for run in _filled(parts, sizes.__getitem__, most)]


def told(task: Task, diff: Diff) -> str:
    """Return the places that `task` answers for, by the numbers of the files; empty if that is all of it."""
    if task.parts == task.chunk.excerpts:
        return ""
    held = enumerate(files_behind(task.chunk, diff), 1)
    return "\n".join(
        f"[{number}]{_lines(part, excerpt, file)}"
        for number, (excerpt, file) in held
        for part in task.parts
        if excerpt.holds(part)
    )


def _lines(part: Excerpt, excerpt: Excerpt, file: FileDiff) -> str:
    """Return where `part` is; removed lines have no number, so hunks without others are counted."""
    if part == excerpt:
        return " whole"
    hunks = file.hunks[part.first : part.last + 1]
    if any(hunk.new_count for hunk in hunks):
        return f" lines {hunks[0].new_start} to {hunks[-1].new_start + max(hunks[-1].new_count - 1, 0)}"
    first, last = (index - excerpt.first + 1 for index in (part.first, part.last))
    return f" @@ block {first}" if first == last else f" @@ blocks {first} to {last}"


def _filled(pieces: Sequence[PieceT], size: Callable[[PieceT], int], most: int) -> Iterator[Sequence[PieceT]]:
    start = used = 0
    for at, piece in enumerate(pieces):
        if at > start and used + size(piece) > most:
            yield pieces[start:at]
            start, used = at, 0
        used += size(piece)
    if pieces:
        yield pieces[start:]
