"""How a planted defect gets into a diff: as if the author of the change had written it."""

from collections.abc import Iterator

from chargehand.change.planting.mutation import Mutation
from chargehand.change.planting.mutations import Arrange, in_order, mutations
from chargehand.core.diff import FileDiff, Hunk


def plantable(file: FileDiff, text: str | None = None, arrange: Arrange = in_order) -> Iterator[Mutation]:
    """Yield the defects that can be planted in the added lines of a file.

    `text` is what the file holds after the change. Without it, or if the diff leads to another text, each
    hunk is taken by itself.
    """
    if text is not None and _leads_to(file, text):
        added = [line.new_number for line in file.lines() if line.kind == "+" and line.new_number]
        yield from mutations(file.path, text, added, arrange)
        return
    for hunk in file.hunks:
        yield from _in_hunk(file.path, hunk, arrange)


def _leads_to(file: FileDiff, text: str) -> bool:
    rows = text.split("\n")
    return all(
        0 < (line.new_number or 0) <= len(rows) and rows[(line.new_number or 0) - 1] == line.text
        for line in file.lines()
        if line.kind != "-"
    )


def _in_hunk(path: str, hunk: Hunk, arrange: Arrange) -> Iterator[Mutation]:
    kept = [line for line in hunk.lines() if line.kind != "-"]
    indent = min((_indent(line.text) for line in kept if line.text.strip()), default=0)
    text = "".join(f"{line.text[indent:]}\n" for line in kept)
    added = [number for number, line in enumerate(kept, 1) if line.kind == "+"]
    offset = (kept[0].new_number or 1) - 1 if kept else 0
    margin = next((line.text[:indent] for line in kept if line.text.strip()), "")
    for each in mutations(path, text, added, arrange, is_part=True):
        lines = tuple(f"{margin}{line}" for line in each.lines)
        yield each._replace(first=each.first + offset, last=each.last + offset, lines=lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def plant(file: FileDiff, mutation: Mutation) -> FileDiff:
    """Return the file with the defect in it, its later hunks moved if lines went."""
    shift = len(mutation.lines) - (mutation.last - mutation.first + 1)
    hunks = []
    for hunk in file.hunks:
        if hunk.new_start > mutation.last:
            hunks.append(hunk.evolve(new_start=hunk.new_start + shift))
        elif hunk.new_start + hunk.new_count > mutation.first:
            body = "\n".join(_planted(hunk, mutation))
            hunks.append(hunk.evolve(body=body, new_count=hunk.new_count + shift))
        else:
            hunks.append(hunk)
    return file.evolve(hunks=tuple(hunks), added=file.added + shift)


def _planted(hunk: Hunk, mutation: Mutation) -> Iterator[str]:
    for line in hunk.lines():
        if line.kind == "-" or not mutation.first <= (line.new_number or 0) <= mutation.last:
            yield f"{line.kind}{line.text}"
        elif line.new_number == mutation.first:
            yield from (f"+{text}" for text in mutation.lines)
