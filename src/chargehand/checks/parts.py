"""How much a check is given at once, and how, so that it can stop when the time is up."""

from collections.abc import Iterable, Iterator, Sequence

from chargehand.core.diff import FileDiff, TimedHunk
from chargehand.core.time_limit import Step

# Some tenths of a second of the slowest check.
PART_CHARACTERS = 200_000


def timed(files: Iterable[FileDiff], step: Step) -> Iterator[FileDiff]:
    """Yield the files so that whoever goes through their lines tells `step` of each, which may raise."""
    for file in files:
        hunks = tuple(TimedHunk.made_of(**vars(hunk), step=step) for hunk in file.hunks)
        yield FileDiff.made_of(**{**vars(file), "hunks": hunks})


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
