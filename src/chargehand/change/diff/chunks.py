"""Which parts of a diff travel in one request."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from chargehand.change.diff.chunk_text import WIDEST_NUMBER, Measure, file_line, hunk_text
from chargehand.core.diff import Diff, FileDiff
from chargehand.core.plan import Chunk, Excerpt


def excerpts_of(diff: Diff, measure: Measure, max_tokens: int) -> Iterator[tuple[Excerpt, FileDiff]]:
    """Yield what chunks are filled with, and of which file: all of a reviewed file, or cuts of a larger one.

    How a file is cut does not depend on other files, so the excerpts of an unchanged file stay the same.
    """
    for nth, file in _numbered(diff.files):
        if file.skip is None:
            yield from ((excerpt, file) for excerpt, _ in _excerpts(file, nth, measure, max_tokens))


def make_chunks(
    diff: Diff,
    groups: Sequence[Sequence[str]],
    measure: Measure,
    max_tokens: int,
    leave_out: Collection[Excerpt] = (),
    kin: Collection[Sequence[str]] = (),
) -> tuple[Chunk, ...]:
    """Return the chunks of each group of paths, in order, numbered from 1.

    A group is cut between files, and inside a file between hunks. Paths of one of the `kin` that follow each
    other in a group are not cut apart if one chunk can hold them. A path that is named twice counts once, in
    the first place. One that is not reviewed, or not in the diff, is passed over, and so are the excerpts in
    `leave_out`. No chunk is larger than `max_tokens` if `diff` comes from `split_hunks` with the same measure
    and limit.
    """
    files: dict[str, list[tuple[int, FileDiff]]] = {}
    for nth, file in _numbered(diff.files):
        if file.skip is None:
            files.setdefault(file.path, []).append((nth, file))
    family = {path: number for number, paths in enumerate(kin) for path in paths}
    chunks: list[Chunk] = []
    for group in groups:
        units = [
            [
                each
                for path in paths
                for nth, file in files.pop(path, ())
                for each in _excerpts(file, nth, measure, max_tokens)
                if each[0] not in leave_out
            ]
            for _, paths in groupby(group, key=lambda path: family.get(path, path))
        ]
        for excerpts, tokens in _filled(units, max_tokens):
            chunks.append(Chunk(number=len(chunks) + 1, excerpts=excerpts, tokens=tokens))
    return tuple(chunks)


def _numbered(files: Iterable[FileDiff]) -> Iterator[tuple[int, FileDiff]]:
    seen: Counter[str] = Counter()
    for file in files:
        yield seen[file.path], file
        seen[file.path] += 1


def _excerpts(file: FileDiff, nth: int, measure: Measure, max_tokens: int) -> Iterator[tuple[Excerpt, int]]:
    alone = measure(file_line(WIDEST_NUMBER, file))
    first, tokens = 0, alone
    for index, hunk in enumerate(file.hunks):
        size = measure(hunk_text(hunk))
        if index > first and tokens + size > max_tokens:
            yield Excerpt(path=file.path, nth=nth, first=first, last=index - 1), tokens
            first, tokens = index, alone
        tokens += size
    yield Excerpt(path=file.path, nth=nth, first=first, last=len(file.hunks) - 1), tokens


def _filled(
    units: Iterable[Sequence[tuple[Excerpt, int]]], max_tokens: int
) -> Iterator[tuple[tuple[Excerpt, ...], int]]:
    excerpts: list[Excerpt] = []
    tokens = 0
    for unit in units:
        whole = sum(size for _, size in unit)
        for place, (excerpt, size) in enumerate(unit):
            needed = whole if place == 0 and whole <= max_tokens else size
            if excerpts and tokens + needed > max_tokens:
                yield tuple(excerpts), tokens
                excerpts, tokens = [], 0
            excerpts.append(excerpt)
            tokens += size
    if excerpts:
        yield tuple(excerpts), tokens


def show(chunk: Chunk, diff: Diff) -> str:
    """Return the text of `chunk` as a model reads it, every line ended by LF and safe to send."""
    shown: list[str] = []
    for number, (excerpt, file) in enumerate(files_behind(chunk, diff), 1):
        shown.append(file_line(number, file))
        shown.extend(map(hunk_text, file.hunks[excerpt.first : excerpt.last + 1]))
    return "".join(shown)


def files_behind(chunk: Chunk, diff: Diff) -> Iterator[tuple[Excerpt, FileDiff]]:
    """Yield each excerpt of `chunk` with the file of `diff` that it is cut from."""
    paths = set(chunk.paths)
    held = (file for file in diff.files if file.path in paths)
    files = {(file.path, nth): file for nth, file in _numbered(held)}
    yield from ((excerpt, files[excerpt.path, excerpt.nth]) for excerpt in chunk.excerpts)


def files_of(chunk: Chunk) -> dict[int, str]:
    """Return the path behind each number that `show` puts in front of a file."""
    return {number: excerpt.path for number, excerpt in enumerate(chunk.excerpts, 1)}
