"""What reviews of the last merges would have cost, by the estimate."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from chargehand.app.flow import estimate
from chargehand.app.job import Job
from chargehand.app.outputs import Outputs
from chargehand.change import Range, Repository
from chargehand.core.errors import InputError

MOST = 10


class Past(NamedTuple):
    """The expected cost of each change in US dollars, and of how many none is known.

    `are_merges`: these are merges; else the line has none, and they are its commits.
    """

    costs_usd: tuple[Decimal, ...]
    unknown: int
    are_merges: bool


def past_cost(repository: Repository, environ: Mapping[str, str]) -> Past:
    """Return what the last merges would have cost, or the last commits of a line without merges.

    Nothing is asked. What has nothing to review would have cost nothing.
    """
    merges = _commits(repository, "--merges")
    commits = merges or _commits(repository, "--min-parents=1")
    known: list[Decimal] = []
    for commit in commits:
        cost = _cost(repository.cwd, environ, commit)
        known += [] if cost is None else [cost]
    return Past(tuple(known), len(commits) - len(known), are_merges=bool(merges))


def _commits(repository: Repository, which: str) -> list[str]:
    ran = repository.ask("rev-list", "--first-parent", which, f"--max-count={MOST}", "HEAD")
    return ran.lines if ran.code == 0 else []


def _cost(cwd: Path, environ: Mapping[str, str], commit: str) -> Decimal | None:
    """Return the expected cost; None if no price is known, or git lacks what came before."""
    job = Job(selection=Range(base=f"{commit}^1", head=commit), flags={}, outputs=Outputs())
    try:
        estimates = estimate(job, cwd=cwd, environ=environ).estimates
    except InputError:
        return None
    return estimates[0].expected_usd if estimates else Decimal(0)
