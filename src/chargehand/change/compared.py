"""Which commits a hook or a CI job is about, compared."""

from collections.abc import Sequence

from chargehand.change.ci.event import CiJob, HookRange, NoChange, Push, Request, Unclear
from chargehand.change.git.patch import read_patch
from chargehand.change.git.repository import Repository
from chargehand.change.git.revisions import Ends, ends_of_change, ends_of_range
from chargehand.change.git.tips import commit_of, default_branch
from chargehand.change.rules import is_to_default, rules_of_default, rules_of_range, rules_of_request
from chargehand.core.change import Change, Rules, Source
from chargehand.core.errors import ChangeError


def change_of_hook(repository: Repository, job: CiJob | None, given: HookRange) -> Change:
    """Return the range that a hook was given; of a push, only what the remote's default branch lacks."""
    bases = [given.base]
    if given.is_push and (default := _default_of_remote(repository, job)):
        bases = [default, *bases] if _holds(repository, default, given) else bases
    ends = ends_of_change(repository, bases, given.head)
    source: Source = "push" if given.is_push else "range"
    return between(repository, source, ends, rules_of_range(repository, job, given.base))


def change_of_event(repository: Repository, job: CiJob | None, head: str) -> Change:
    """Return what the CI job is about; without one, the commits up to `head`, which is checked out."""
    match job.event if job else None:
        case Request() as request if job:
            return _request(repository, request, job)
        case Push() as push if job:
            return _push(repository, push, job)
        case Unclear(reason=reason):
            raise ChangeError(reason)
        case NoChange(kind=kind) if job:
            return _branch_of_job(repository, kind, job, head)
        case _:
            ends = ends_of_range(repository, default_branch(repository), head)
            return between(repository, "branch", ends, rules_of_range(repository, None, None))


def between(
    repository: Repository, source: Source, ends: Ends, rules: Rules, *, is_whole: bool = True
) -> Change:
    """Return the change between two commits; an empty one says why, and is not whole without a commit."""
    diff = b"" if ends.base == ends.head else read_patch(repository, ends.base, ends.head)
    notices = ends.notices if diff else (*ends.notices, _nothing(ends, source))
    return Change(
        source=source,
        base=ends.base,
        head=ends.head,
        diff=diff,
        rules=rules,
        is_whole=is_whole and ends.base != ends.head,
        notices=notices,
    )


def _request(repository: Repository, request: Request, job: CiJob) -> Change:
    rules = rules_of_request(repository, request, job)
    candidates = (rules.commit, request.base, _tip_here(repository, job.default_branch))
    bases = [each for each in candidates if each]
    ends = ends_of_change(repository, bases, request.head, merge=request.merge)
    return between(repository, request.source, ends, rules)


def _push(repository: Repository, push: Push, job: CiJob) -> Change:
    """Return what was pushed and the default branch lacks; for that branch, what is new on it."""
    if is_to_default(push, job):
        return _push_to_default(repository, push)
    rules = rules_of_default(repository, job)
    bases = [each for each in (rules.commit, push.before) if each]
    ends = ends_of_change(repository, bases, push.head)
    # An earlier push may have found something in what this one leaves out.
    is_whole = not push.before or ends.base == ends_of_change(repository, bases[:1], push.head).base
    return between(repository, "push", ends, rules, is_whole=is_whole)


def _push_to_default(repository: Repository, push: Push) -> Change:
    if not push.before:
        raise ChangeError(
            f"Nothing was reviewed, and nothing was spent: {push.branch} is new, so there is nothing to "
            "compare with. Name the commit from which to review with --base."
        )
    ends = ends_of_change(repository, [push.before], push.head)
    before = commit_of(repository, push.before)
    return between(repository, "push", ends, Rules(origin="commit", commit=before), is_whole=False)


def _branch_of_job(repository: Repository, kind: str, job: CiJob, head: str) -> Change:
    """Return the commits that the default branch lacks; on that branch there is no change at all."""
    rules = rules_of_default(repository, job)
    ends = ends_of_change(repository, [rules.commit or ""], head)
    is_there = ends.base == ends.head
    notice = (
        f"This event ({kind}) names no change, and the default branch holds the commit that is checked out. "
        "To review what came in lately: --since=2.days, or --since and a commit or a date."
    )
    change = between(repository, "branch", ends, rules, is_whole=not is_there)
    return change.evolve(notices=(notice,)) if is_there else change


def _tip_here(repository: Repository, branch: str) -> str | None:
    return commit_of(repository, repository.remote.tracking + branch) if branch else None


def _default_of_remote(repository: Repository, job: CiJob | None) -> str | None:
    remote = repository.environ.get("PRE_COMMIT_REMOTE_NAME", "origin")
    names = [job.default_branch] if job and job.default_branch else ["HEAD", "main", "master"]
    found: Sequence[str | None] = [commit_of(repository, f"refs/remotes/{remote}/{name}") for name in names]
    return next(filter(None, found), None)


def _holds(repository: Repository, default: str, given: HookRange) -> bool:
    """Tell whether the default branch has an ancestor in common with what is pushed."""
    return repository.ask("merge-base", default, f"{given.head}^{{commit}}").code == 0


def _nothing(ends: Ends, source: Source) -> str:
    if ends.base != ends.head:
        return f"The commits from {ends.base[:12]} to {ends.head[:12]} change no file."
    if source != "branch":
        return f"{ends.head[:12]} holds no commit that its base lacks."
    return (
        "The current branch holds no commit that the default branch lacks. What is staged is reviewed with "
        "--staged, other commits with --base, and uncommitted work with: git diff HEAD | chargehand review -"
    )
