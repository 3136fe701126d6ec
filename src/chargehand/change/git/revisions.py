"""Decides which two commits are compared."""

import re
from collections.abc import Sequence

from chargehand.change.ci.event import REQUESTS, Event
from chargehand.change.git.repository import Repository, is_ci
from chargehand.core.errors import ChangeError
from chargehand.core.escaping import one_line
from chargehand.core.value import Value

FETCH_SECONDS = 60.0
FETCH_COMMITS = 200

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REMEDY = (
    "Check out the whole history: `fetch-depth: 0` for actions/checkout, "
    '`GIT_DEPTH: "0"` for GitLab, `git fetch --unshallow` elsewhere.'
)


class Ends(Value):
    """Two commits, full ids: where the change began (the merge base) and where it ends."""

    base: str
    head: str
    notices: tuple[str, ...] = ()


class Apart(Value):
    """Two revisions that cannot be compared as the repository stands; `reason` is a clause."""

    reason: str


def ends_of_range(repository: Repository, base: str, head: str) -> Ends:
    """Return what `head` has that `base` has not; in a shallow CI checkout, after one fetch if need be."""
    ends = _compare(repository, base, head)
    if isinstance(ends, Apart):
        ends = _deepened(repository, (base,), head, ends)
    if isinstance(ends, Apart):
        raise ChangeError(_cannot(repository, ends))
    return ends


def ends_of_event(repository: Repository, event: Event) -> Ends:
    """Return the ends of a CI event, from the checkout if it holds them, else after one fetch."""
    bases = event.bases or (default_branch(repository, event.default_branch),)
    ends = _first(repository, bases, event.head)
    if isinstance(ends, Apart) and event.source in REQUESTS:
        ends = _merge_checkout(repository, event.head) or ends
    if isinstance(ends, Apart):
        ends = _deepened(repository, bases, event.head, ends)
    if isinstance(ends, Apart):
        raise ChangeError(_cannot(repository, ends))
    return ends


def default_branch(repository: Repository, hint: str = "") -> str:
    """Return the full name of the default branch's ref; `hint` is its short name where the platform tells."""
    names = [*([hint] if hint else []), "HEAD", "main", "master"]
    wanted = [f"refs/remotes/origin/{name}" for name in names]
    wanted += [f"refs/heads/{name}" for name in names if name != "HEAD"]
    present = set(repository.ask("for-each-ref", "--format=%(refname)", *wanted).lines)
    for name in wanted:
        if name in present:
            return name
    remedy = _REMEDY if repository.is_shallow else "Name the branch that the change starts from with --base."
    raise ChangeError(
        "Nothing was reviewed: no default branch is here to compare with "
        f"(neither {_shown(hint) or 'origin/HEAD'} nor main nor master). {remedy}"
    )


def _first(repository: Repository, bases: Sequence[str], head: str) -> Ends | Apart:
    """Return the first base's ends that can be had, else why the first one's cannot."""
    tried = []
    for base in bases:
        ends = _compare(repository, base, head)
        if isinstance(ends, Ends):
            return ends
        tried.append(ends)
    return tried[0]


def _compare(repository: Repository, base: str, head: str) -> Ends | Apart:
    for revision in (base, head):
        _refuse_options(revision)
    # One question instead of three: git answers `A...B` with B, A, then each merge base as `^…`.
    ran = repository.ask("rev-parse", "--revs-only", f"{base}^{{commit}}...{head}^{{commit}}")
    if ran.code != 0 or len(ran.lines) < 2:
        return Apart(reason=_unknown(repository, base, head))
    commits = [line for line in ran.lines if not line.startswith("^")]
    merge_bases = [line[1:] for line in ran.lines if line.startswith("^")]
    if not merge_bases:
        return Apart(reason=f"{_shown(base)} and {_shown(head)} have no common ancestor here")
    return Ends(base=merge_bases[0], head=commits[0])


def _refuse_options(revision: str) -> None:
    if not revision or revision[0] in "-^:" or ".." in revision or not revision.isprintable():
        raise ChangeError(
            f"Nothing was reviewed: {_shown(revision)!r} does not name one commit. "
            "Give a branch, a tag or a commit id."
        )


def _unknown(repository: Repository, *revisions: str) -> str:
    unknown = [each for each in revisions if _commit(repository, each) is None]
    return f"{' and '.join(map(_shown, unknown))} is no commit of this checkout"


def _commit(repository: Repository, revision: str) -> str | None:
    ran = repository.ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    return ran.lines[0] if ran.code == 0 else None


def _shown(revision: str) -> str:
    for prefix in ("refs/remotes/", "refs/heads/"):
        revision = revision.removeprefix(prefix)
    return one_line(revision)[:80]


def _merge_checkout(repository: Repository, head: str) -> Ends | None:
    """Return the ends of a checkout that is the merge of `head` into its base, as CI services make them.

    Two commits of history are enough for it. Its lines are those of the merge, not of the head.
    """
    ran = repository.ask("rev-list", "--parents", "--max-count=1", "HEAD")
    commits = ran.lines[0].split() if ran.code == 0 and ran.lines else []
    if len(commits) != 3 or commits[2] != head:
        return None
    notice = (
        "The checkout is too shallow to hold the common ancestor, so the merge that was checked out was "
        "compared with its base."
    )
    return Ends(base=commits[1], head=commits[0], notices=(notice,))


def _deepened(repository: Repository, bases: Sequence[str], head: str, apart: Apart) -> Ends | Apart:
    """Fetch what is missing, once, and try again; only for a CI job, whose checkout is nobody's own."""
    if not is_ci(repository.environ):
        return apart
    wanted = [_commit(repository, each) or each for each in (*bases, head)]
    commits = [each for each in wanted if _COMMIT.fullmatch(each)]
    deepen = [f"--deepen={FETCH_COMMITS}"] if repository.is_shallow else []
    if not commits or not repository.fetch(*deepen, "origin", *commits, timeout_s=FETCH_SECONDS):
        return apart
    return _first(repository, bases, head)


def _cannot(repository: Repository, apart: Apart) -> str:
    remedy = _REMEDY if repository.is_shallow else "Name the two ends of the change with --base and --head."
    return f"Nothing was reviewed, and nothing was spent: {apart.reason}. {remedy}"
