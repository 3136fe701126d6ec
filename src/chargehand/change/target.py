"""Decides which remote holds the branch that a change is for: `origin`, unless that is another repository.

A workflow may check out a fork. The branches of its `origin` are then the author's, and none of them may say
whose rules count or where the change begins.
"""

import re
from collections.abc import Mapping

from chargehand.change.address import path_of
from chargehand.change.ci.event import CiJob, Push, Request, Unclear
from chargehand.change.git.advice import cannot_fetch
from chargehand.change.git.repository import ORIGIN, Remote, Repository
from chargehand.change.git.tips import fetch_branch
from chargehand.core.errors import ChangeError
from chargehand.core.escaping import one_line

# Written by no checkout, so what is here was fetched from the target's own address.
_FETCHED = "refs/chargehand/target/"


def at_target(repository: Repository, job: CiJob) -> Repository:
    """Return the repository with the remote that the job's event is about.

    Raises `ChangeError` with the line to run if that remote is not here, and cannot be asked.
    """
    remotes = _remotes(repository)
    if _is_here(remotes, job) or not isinstance(job.event, Request | Push | Unclear):
        return repository
    named = next((name for name, path in remotes.items() if _is_same(path, job.repository)), None)
    if named:
        return repository.evolve(remote=Remote(name=named, tracking=f"refs/remotes/{named}/"))
    return _fetched(repository, job, _here(remotes))


def job_here(repository: Repository, job: CiJob) -> CiJob:
    """Return what the job says of this repository: nothing if it names no change, and is another one's.

    One schedule may look at many repositories.
    """
    if isinstance(job.event, Request | Push | Unclear) or _is_here(_remotes(repository), job):
        return job
    return job.evolve(default_branch="", repository="", source_branch="", pages=None)


def _is_here(remotes: Mapping[str, str], job: CiJob) -> bool:
    """Tell whether `origin` is the repository of the job, as far as the addresses tell it."""
    here = _here(remotes)
    return not here or not job.repository or _is_same(here, job.repository)


def _here(remotes: Mapping[str, str]) -> str:
    return remotes.get(ORIGIN.name) or next(iter(remotes.values()), "")


def _remotes(repository: Repository) -> dict[str, str]:
    """Return the paths of the repositories that the remotes are, of those whose address tells it."""
    lines = repository.ask("config", "--get-regexp", r"^remote\..*\.url$").lines
    pairs = (line.partition(" ")[::2] for line in lines)
    known = {
        key.removeprefix("remote.").removesuffix(".url"): path_of(address)
        for key, address in pairs
        if not _is_local(address)
    }
    return {name: path for name, path in known.items() if path}


def _is_local(address: str) -> bool:
    """Tell whether this is a folder, whose name need not be that of a repository."""
    return address.startswith("file:") or not re.match(
        r"[a-z][a-z0-9+.-]*://|[^/\\]{2,}?:(?!\\)", address, re.IGNORECASE
    )


def _is_same(path: str, repository: str) -> bool:
    """Tell whether a path in a remote's address is that of a repository; a forge may lie below a folder."""
    return f"/{path}".lower().endswith(f"/{repository}".lower())


def _fetched(repository: Repository, job: CiJob, here: str) -> Repository:
    """Fetch the branch anew, whatever an earlier job left: no ref of `origin` can vouch for it."""
    target = job.event.target if isinstance(job.event, Request) else ""
    branch = target or job.default_branch
    missing = (
        f"origin is {one_line(here)}, and not {one_line(job.repository)}, which this event is about, so its "
        "branches may be the author's"
    )
    address = _without_password(job.address)
    if not re.match(r"https?://", address):
        raise ChangeError(
            f"Nothing was reviewed, and nothing was spent: {missing}. Check {one_line(job.repository)} out, "
            "and fetch the head of the change into it."
        )
    there = repository.evolve(remote=Remote(name=address, tracking=_FETCHED))
    if not fetch_branch(there, branch or "HEAD"):
        raise ChangeError(cannot_fetch(there, missing, branch))
    return there


def _without_password(address: str) -> str:
    return re.sub(r"//[^/@]*:[^/@]*@", "//", address)
