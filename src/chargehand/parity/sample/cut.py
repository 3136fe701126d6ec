"""Cuts a sample from history: changes as they were merged, mended backwards, or with a planted defect."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice, zip_longest
from random import Random

from chargehand.app.job import Job
from chargehand.app.material import Material, read_material
from chargehand.app.outputs import Outputs
from chargehand.app.run import Run
from chargehand.change import Repository
from chargehand.change.git.patch import read_patch
from chargehand.checks.secrets.texts import mask_with
from chargehand.config import Settings
from chargehand.core.change import Change, Rules
from chargehand.core.counting import count
from chargehand.core.diff import FileDiff
from chargehand.core.errors import InputError
from chargehand.core.masking import Mask
from chargehand.core.value import Value
from chargehand.parity.as_run import run_of
from chargehand.parity.sample.case import Case, Kind
from chargehand.parity.sample.history import Commit, mending, merged
from chargehand.parity.sample.kinds import as_merged, as_planted, as_reversed
from chargehand.parity.sample.patch import can_be_written

# It takes a while; after so many changes something is said.
_TOLD = 10
KINDS: tuple[Kind, ...] = ("planted", "reversed", "merged")


class Wanted(Value):
    """What a sample is to be: how many changes, of which kinds in equal parts, from which commits.

    A change of more than `most_lines` changed lines is left out. The same `seed` cuts the same sample from
    the same history.
    """

    number: int = 100
    kinds: tuple[Kind, ...] = ("planted",)
    revision: str = "HEAD"
    commits: int = 2_000
    most_lines: int = 400
    seed: int = 1


def cut(
    repository: Repository, settings: Settings, wanted: Wanted, say: Callable[[str], None] = lambda _: None
) -> tuple[Case, ...]:
    """Return the sample; raise InputError if the history has nothing to cut it from.

    What is cut is masked: no secret of the history is in it. The kinds take turns, so that the first changes
    are a smaller sample of the same sort.
    """
    by_kind: list[list[Case]] = []
    for index, kind in enumerate(wanted.kinds):
        share = (wanted.number - sum(map(len, by_kind))) // (len(wanted.kinds) - index)
        by_kind.append([])
        for case in islice(_of_kind(kind, repository, settings, wanted), share):
            by_kind[-1].append(case)
            if len(by_kind[-1]) % _TOLD == 0:
                say(f"{count(len(by_kind[-1]), 'change')} of {share:,}, {kind}")
    found = [case for turn in zip_longest(*by_kind) for case in turn if case]
    if not found:
        raise InputError(
            f"No sample was cut: of the last {wanted.commits:,} commits before {wanted.revision}, none can "
            f"be taken for {', '.join(wanted.kinds)}. Planted defects need chargehand[context]."
        )
    return tuple(found)


def _of_kind(kind: Kind, repository: Repository, settings: Settings, wanted: Wanted) -> Iterator[Case]:
    random = Random(f"{wanted.seed} {kind}")  # noqa: S311 - a sample is no secret, and is to be cut again
    list_, turn, is_backwards = _WAYS[kind]
    commits = list(list_(repository, wanted.revision, wanted.commits))
    random.shuffle(commits)
    for commit in commits:
        material = _material(repository, settings, commit, is_backwards=is_backwards)
        files = tuple(file for file in material.enclosed.files if can_be_written(file))
        named = commit._replace(subject=_masked(commit.subject, material.searched.mask))
        if 0 < sum(file.added + file.removed for file in files) <= wanted.most_lines:
            yield from (each for each in turn(named, files, random) if _is_read(each, repository, settings))


def _is_read(case: Case, repository: Repository, settings: Settings) -> bool:
    """Tell whether a review of the change would read something of it, and every file with a known defect."""
    read = {file.path for file in read_material(run_of(case, settings, repository)).masked.reviewable}
    known = {place.file for golden in case.golden or () for place in golden.places}
    return bool(read) and known <= read


_Turn = Callable[[Commit, tuple[FileDiff, ...], Random], Iterator[Case]]
_List = Callable[[Repository, str, int], tuple[Commit, ...]]
_WAYS: Mapping[Kind, tuple[_List, _Turn, bool]] = {
    "merged": (merged, as_merged, False),
    "reversed": (mending, as_reversed, True),
    "planted": (merged, as_planted, False),
}


def _masked(subject: str, mask: Mask) -> str:
    return mask_with((subject,), mask, "title").prose(subject)


def _material(repository: Repository, settings: Settings, commit: Commit, *, is_backwards: bool) -> Material:
    """Return what models would read of a commit, masked, with what encloses it."""
    base, head = (commit.id, commit.parent) if is_backwards else (commit.parent, commit.id)
    change = Change(
        source="range",
        base=base,
        head=head,
        diff=read_patch(repository, base, head),
        rules=Rules(origin="commit", commit=commit.parent),
    )
    job = Job(selection=None, flags={}, settings=settings, is_offline=True, outputs=Outputs())
    return read_material(Run(job=job, checkout=repository, change=change, settings=settings))
