"""Decides whose configuration and `.gitattributes` count: those of the branch that the change is for."""

from chargehand.change.ci.event import CiJob, Push, Request
from chargehand.change.git.repository import Checkout, NoRepository, Repository
from chargehand.change.git.revisions import shown
from chargehand.change.git.tips import commit_of, default_branch, target_tip
from chargehand.core.change import BUILT_IN_RULES, Rules
from chargehand.core.errors import ChangeError

WORK_TREE = Rules(origin="work-tree")


def rules_without_range(checkout: Checkout, job: CiJob | None) -> Rules:
    """Return whose rules count for what is staged, or for a diff from a file or a pipe."""
    if isinstance(checkout, NoRepository):
        return BUILT_IN_RULES if checkout.is_ci else Rules(origin="folder")
    if job is None:
        return WORK_TREE
    match job.event:
        case Request() as request:
            return rules_of_request(checkout, request, job)
        case Push(before=before) as push if is_to_default(push, job) and before:
            return _rules_at(checkout, before)
        case _:
            return rules_of_default(checkout, job)


def rules_of_range(repository: Repository, job: CiJob | None, base: str | None) -> Rules:
    """Return whose rules count for the commits since `base`; without one the default branch is meant."""
    if job is None:
        return WORK_TREE
    match job.event:
        case Request() as request:
            return rules_of_request(repository, request, job)
        case _ if base is not None:
            return _rules_at(repository, base)
        case _:
            return rules_of_default(repository, job)


def rules_of_request(repository: Repository, request: Request, job: CiJob) -> Rules:
    """Return the rules at the tip of the branch into which the request shall be merged."""
    branch = request.target or job.default_branch
    named = commit_of(repository, request.target_commit) if request.target_commit else None
    if not branch:
        commit = named or commit_of(repository, default_branch(repository))
        return Rules(origin="commit", commit=commit)
    tip = named or target_tip(repository, branch, request.merge, request.head, request.base)
    return Rules(origin="commit", commit=tip, branch=branch)


def rules_of_default(repository: Repository, job: CiJob) -> Rules:
    """Return the rules at the tip of the default branch."""
    ref = default_branch(repository, job.default_branch)
    return Rules(origin="commit", commit=commit_of(repository, ref), branch=shown(ref))


def rules_before(job: CiJob | None, base: str) -> Rules:
    """Return the rules from before a range that is in its branch already."""
    return WORK_TREE if job is None else Rules(origin="commit", commit=base)


def is_to_default(push: Push, job: CiJob) -> bool:
    """Tell whether the default branch itself was pushed to."""
    return bool(push.branch) and push.branch == job.default_branch


def _rules_at(repository: Repository, revision: str) -> Rules:
    commit = commit_of(repository, revision)
    if commit is None:
        raise ChangeError(
            f"Nothing was reviewed: {shown(revision)}, whose rules count, is not a commit of this checkout. "
            "Check out the whole history, or name another --base."
        )
    return Rules(
        origin="commit", commit=commit, branch="" if commit.startswith(revision) else shown(revision)
    )
