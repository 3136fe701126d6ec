"""How a commit becomes a change of a sample, with what is known to be wrong with it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from random import Random

from chargehand.change.planting import Mutation, plant, plantable
from chargehand.checks.paths import is_code, is_test
from chargehand.core.diff import FileDiff
from chargehand.core.finding import Severity
from chargehand.parity.sample.case import Case, Golden, Kind, Place
from chargehand.parity.sample.history import Commit
from chargehand.parity.sample.patch import as_patch

_MOST_MENDED_FILES = 3
_MOST_MENDED_LINES = 60
_TRIED_IN_A_FILE = 6
_SUBJECT = 200


def as_merged(commit: Commit, files: Sequence[FileDiff], _random: Random) -> Iterator[Case]:
    """Yield the change as it was, if it has code in it: nobody knows what is wrong with it."""
    if any(is_code(file.path) for file in files):
        yield _case("merged", commit, files, None, commit.subject)


def as_reversed(commit: Commit, files: Sequence[FileDiff], _random: Random) -> Iterator[Case]:
    """Yield the change that brings a mended defect back, without its tests, which would tell of it."""
    code = [file for file in files if is_code(file.path) and file.status == "modified"]
    size = sum(file.added + file.removed for file in code)
    places = [place for file in code for place in _changed(file)]
    if places and len(code) <= _MOST_MENDED_FILES and size <= _MOST_MENDED_LINES:
        golden = Golden(
            places=tuple(places),
            severity=Severity.MEDIUM,
            lens="correctness",
            category="reversed fix",
            title=commit.subject[:_SUBJECT],
        )
        # Its title would be the answer.
        yield _case("reversed", commit, code, (golden,), "")


def as_planted(commit: Commit, files: Sequence[FileDiff], random: Random) -> Iterator[Case]:
    """Yield the change with one defect in its code, of a kind that chance takes, if one can be planted."""
    code = [file for file in files if is_code(file.path) and not is_test(file.path)]
    found = [(file, each) for file in code for each in _tried(file, random)]
    if not found:
        return
    often = Counter(each.kind for _, each in found)
    # Rare kinds as often as common ones, so that a sample is not all comparisons.
    weights = [1 / often[each.kind] for _, each in found]
    file, mutation = random.choices(found, weights)[0]
    changed = [plant(each, mutation) if each is file else each for each in files]
    yield _case("planted", commit, changed, (_golden(file, mutation),), commit.subject)


def _tried(file: FileDiff, random: Random) -> list[Mutation]:
    return list(islice(plantable(file, arrange=random.shuffle), _TRIED_IN_A_FILE))


def _golden(file: FileDiff, mutation: Mutation) -> Golden:
    end = mutation.first + max(len(mutation.lines), 1) - 1
    return Golden(
        places=(Place(file=file.path, start_line=mutation.first, end_line=end),),
        severity=Severity.HIGH if mutation.lens == "security" else Severity.MEDIUM,
        lens=mutation.lens,
        category=mutation.kind,
        title=mutation.says,
    )


def _case(
    kind: Kind, commit: Commit, files: Sequence[FileDiff], golden: tuple[Golden, ...] | None, title: str
) -> Case:
    return Case(
        id=f"{kind}:{commit.id[:12]}",
        kind=kind,
        diff=as_patch(files),
        golden=golden,
        title=title[:_SUBJECT],
        base=commit.parent,
        head=commit.id,
    )


def _changed(file: FileDiff) -> Iterator[Place]:
    """Yield where lines of a file were changed: those that came, or the line where some went."""
    for hunk in file.hunks:
        at = hunk.new_start + (hunk.new_count == 0)
        for is_kept, group in groupby(hunk.lines(), key=lambda line: line.kind == " "):
            numbers = [line.new_number for line in group if line.new_number]
            if not is_kept:
                last = numbers[-1] if numbers else at
                yield Place(file=file.path, start_line=max(at, 1), end_line=max(last, 1))
            at = numbers[-1] + 1 if numbers else at
