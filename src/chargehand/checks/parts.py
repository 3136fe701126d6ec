"""How much a check is given at once, so that it can stop between two parts when the time is up."""

from collections.abc import Iterable, Iterator, Sequence

from chargehand.core.diff import FileDiff

# Some tenths of a second of the slowest check.
PART_CHARACTERS = 200_000


def parts_of(files: Iterable[FileDiff]) -> Iterator[Sequence[FileDiff]]:
    """Yield the files in order, a few at once; a large one by itself."""
    part: list[FileDiff] = []
    size = 0
    for file in files:
        part.append(file)
        size += len(file.path) + sum(len(hunk.body) for hunk in file.hunks)
        if size >= PART_CHARACTERS:
            yield part
            part, size = [], 0
    if part:
        yield part
