"""Decides which two commits are compared."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from chargehand.change.git.advice import cannot_fetch
from chargehand.change.git.meant import meant_base, meant_head, refuse_options
from chargehand.change.git.repository import Repository
from chargehand.change.git.tips import FETCH_COMMITS, FETCH_SECONDS, commit_of
from chargehand.core.errors import ChangeError
from chargehand.core.escaping import one_line

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")

# git takes any text at all for a date, most of it for now.
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?( ?(Z|[+-]\d\d:?\d\d))?"
    r"|\d+[ .](minute|hour|day|week|month|year)s?([ .]ago)?|yesterday|midnight",
    re.IGNORECASE,
)


class Ends(NamedTuple):
    """Two commits, full ids: where the change began (the merge base) and where it ends."""

    base: str
    head: str
    notices: tuple[str, ...] = ()


class Apart(NamedTuple):
    """Two revisions that cannot be compared as the repository stands; `reason` is a clause."""

    reason: str


def ends_of_range(repository: Repository, base: str, head: str) -> Ends:
    """Return what `head` has that `base` has not; in a CI checkout that lacks them, after one fetch."""
    return ends_of_change(repository, (meant_base(repository, base),), meant_head(repository, head))


def ends_of_change(repository: Repository, bases: Sequence[str], head: str, *, merge: str = "") -> Ends:
    """Return what `head` has that none of `bases` has; the author of the change can make none of them.

    The newest merge base counts; the first of `bases` must be here, or be fetched, the others may be gone.
    `merge` is the commit that a CI platform made of the first one and `head`: if there is not enough history
    it is compared.
    """
    ends = _newest(repository, bases, head)
    if isinstance(ends, Apart) and merge:
        ends = _merge_checkout(repository, merge, head) or ends
    if isinstance(ends, Apart):
        ends = _deepened(repository, bases, head, ends)
    if isinstance(ends, Apart):
        raise ChangeError(cannot_fetch(repository, ends.reason))
    return ends


def ends_since(repository: Repository, since: str, head: str) -> Ends:
    """Return what came into the line of `head` since a commit or a date, by its first parents.

    Raises `ChangeError` if `since` is neither, or if the history here does not reach back that far.
    """
    if not _DATE.fullmatch(since):
        if commit_of(repository, since) is None and not repository.is_shallow:
            raise ChangeError(
                f"Nothing was reviewed: --since {one_line(since)} is neither a commit of this checkout nor "
                "a date. "
                'Give one such as "2 days ago", 2026-01-31 or v1.2.0.'
            )
        return ends_of_range(repository, since, head)
    date = since.replace(".", " ")
    ran = repository.ask("rev-list", "--first-parent", "--max-count=1", f"--before={date}", head)
    if ran.code == 0 and ran.lines:
        return ends_of_range(repository, ran.lines[0], head)
    if repository.is_shallow:
        raise ChangeError(
            cannot_fetch(repository, f"the history here does not reach back to {one_line(since)}")
        )
    raise ChangeError(
        f"Nothing was reviewed: the whole history is younger than {one_line(since)}. Name a later date, or "
        "a commit."
    )


def _newest(repository: Repository, bases: Sequence[str], head: str) -> Ends | Apart:
    found = [_compare(repository, base, head) for base in dict.fromkeys(bases)]
    first = found[0]
    if isinstance(first, Apart):
        return first
    began = [each.base for each in found if isinstance(each, Ends)]
    return first._replace(base=_youngest(repository, began))


def _youngest(repository: Repository, commits: Sequence[str]) -> str:
    """Return the commit that no other of them holds; the first of several such."""
    if len(set(commits)) == 1:
        return commits[0]
    left = repository.ask("merge-base", "--independent", *commits).lines
    return next((each for each in commits if each in left), commits[0])


def _compare(repository: Repository, base: str, head: str) -> Ends | Apart:
    for revision in (base, head):
        refuse_options(revision)
    # One question instead of three: git answers `A...B` with B, A, then each merge base as `^…`.
    ran = repository.ask("rev-parse", "--revs-only", f"{base}^{{commit}}...{head}^{{commit}}")
    if ran.code != 0 or len(ran.lines) < 2:
        return Apart(reason=_unknown(repository, base, head))
    commits = [line for line in ran.lines if not line.startswith("^")]
    merge_bases = [line[1:] for line in ran.lines if line.startswith("^")]
    if not merge_bases:
        return Apart(reason=f"{shown(base)} and {shown(head)} have no common ancestor here")
    return Ends(base=merge_bases[0], head=commits[0])


def _unknown(repository: Repository, *revisions: str) -> str:
    unknown = [each for each in revisions if commit_of(repository, each) is None]
    are = "are not commits" if len(unknown) > 1 else "is not a commit"
    return f"{' and '.join(map(shown, unknown))} {are} of this checkout"


def shown(revision: str) -> str:
    """Return a revision as a message shows it."""
    for prefix in ("refs/remotes/", "refs/heads/"):
        revision = revision.removeprefix(prefix)
    return one_line(revision)[:80]


def _merge_checkout(repository: Repository, merge: str, head: str) -> Ends | None:
    """Return the ends of a checkout that is the platform's merge of `head` into its base.

    Two commits of history are enough for it. Its lines are those of the merge, not of the head.
    """
    ran = repository.ask("rev-list", "--parents", "--max-count=1", "HEAD")
    commits = ran.lines[0].split() if ran.code == 0 and ran.lines else []
    if len(commits) != 3 or commits[0] != merge or commits[2] != head:
        return None
    notice = (
        "The checkout is too shallow to hold the common ancestor, so the merge that was checked out was "
        "compared with its base."
    )
    return Ends(base=commits[1], head=commits[0], notices=(notice,))


def _deepened(repository: Repository, bases: Sequence[str], head: str, apart: Apart) -> Ends | Apart:
    """Fetch what is missing, once, and try again; only for a CI job, whose checkout is nobody's own."""
    if not repository.is_ci:
        return apart
    wanted = [commit_of(repository, each) or each for each in (*bases, head)]
    commits = [each for each in wanted if _COMMIT.fullmatch(each)]
    deepen = [f"--deepen={FETCH_COMMITS}"] if repository.is_shallow else []
    # One that is gone fails them all, and all but the first base may be.
    for each in dict.fromkeys((tuple(commits), tuple({commits[0], commits[-1]}) if commits else ())):
        if each and repository.fetch(*deepen, repository.remote.name, *each, timeout_s=FETCH_SECONDS):
            return _newest(repository, bases, head)
    return apart
