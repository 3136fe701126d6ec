"""What a worker reads: its chunk, and beside it what its lines use and what is said of them.

What the author and the code say is framed as the change itself is. What the target branch says of how its
code should be has a frame of its own: it may tell tools what to do, and nobody who changes code wrote it.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from chargehand.change.context.shown import Selection, select, text_of
from chargehand.change.diff.chunks import files_behind, show
from chargehand.core.context import Beside, Counted, Kind, Passage
from chargehand.core.diff import Diff
from chargehand.core.markers import without_places
from chargehand.core.plan import Chunk, Outcome, Skipped
from chargehand.pipeline.prompts import frame, render

_Place = tuple[Kind, str, int, str]


def material_of(chunk: Chunk, diff: Diff, *, is_numbered: bool = True) -> str:
    """Return what a worker reads of `chunk`, and of what stands beside it.

    Unless `is_numbered`, what stands beside it has no line numbers: a line more elsewhere changes nothing.
    """
    return _material(chunk, _TheSame(diff), is_numbered)


class _TheSame:
    """A diff as a key: whether it is the very same is told at once, whether it is equal is not."""

    def __init__(self, diff: Diff) -> None:
        self.diff = diff

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _TheSame) and other.diff is self.diff

    def __hash__(self) -> int:
        return id(self.diff)


@lru_cache(maxsize=64)  # many tasks share a chunk
def _material(chunk: Chunk, of: _TheSame, is_numbered: bool) -> str:  # noqa: FBT001 - a part of the key
    return "\n\n".join((frame(show(chunk, of.diff)), *_beside(chunk, of.diff, is_numbered=is_numbered)))


def selected(chunk: Chunk, diff: Diff) -> Selection:
    """Return what is shown beside a chunk, and what has no room."""
    parts = ((file.path, file.hunks[held.first : held.last + 1]) for held, file in files_behind(chunk, diff))
    return select(diff.context, tuple(parts))


def count_beside(diff: Diff, outcomes: Iterable[Outcome]) -> Beside:
    """Return what stood beside the chunks that were asked about, now or earlier, each passage once."""
    read = {outcome.task.chunk for outcome in outcomes if not isinstance(outcome, Skipped)}
    chosen = [selected(chunk, diff) for chunk in read]
    shown = {_place(each) for selection in chosen for each in selection.shown}
    left_out = {_place(each) for selection in chosen for each in selection.left_out} - shown
    counted = (
        Counted(kind=kind, shown=_number(kind, shown), left_out=_number(kind, left_out)) for kind in Kind
    )
    return Beside(
        counted=tuple(each for each in counted if each.shown or each.left_out),
        unlooked=diff.context.unlooked,
    )


def _place(passage: Passage) -> _Place:
    """Return what tells a passage from others, whether it is shown whole or in brief."""
    said = "" if passage.line else passage.text
    return passage.kind, passage.path, passage.line + passage.brief, said


def _number(kind: Kind, places: Iterable[_Place]) -> int:
    return sum(each[0] is kind for each in places)


def _beside(chunk: Chunk, diff: Diff, *, is_numbered: bool) -> Iterator[str]:
    shown = selected(chunk, diff).shown
    context = [each for each in shown if each.kind is not Kind.GUIDANCE]
    guidance = [each for each in shown if each.kind is Kind.GUIDANCE]
    if context:
        text = text_of(context, is_numbered=is_numbered)
        framed = frame(text if is_numbered else without_places(text))
        yield render("worker_context", context=framed).strip()
    if guidance:
        yield render("worker_conventions", conventions=frame(text_of(guidance), "conventions")).strip()
