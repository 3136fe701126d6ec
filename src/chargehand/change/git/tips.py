"""Decides which commit is the tip of a branch of the remote, and fetches it for a CI job that lacks it."""

from chargehand.change.git.advice import cannot_fetch
from chargehand.change.git.repository import Repository
from chargehand.core.errors import ChangeError
from chargehand.core.escaping import one_line

FETCH_SECONDS = 60.0
FETCH_COMMITS = 200


def target_tip(repository: Repository, branch: str, merge: str = "", head: str = "", base: str = "") -> str:
    """Return the commit at the tip of `branch` of the remote, not of a local branch.

    `merge` is the commit that a CI platform made by merging `head` into that branch: its first parent is a
    tip too. `base` is where that branch was at the event: an older tip was left by an earlier job. In a CI
    job the branch is fetched if it is not here. Raises `ChangeError` with the line to run
    if it cannot be had.
    """
    if tip := commit_of(repository, repository.remote.tracking + branch):
        return _not_older(repository, branch, tip, base)
    if merged := _merged_into(repository, merge, head):
        return merged
    if not has_remote(repository) and (own := commit_of(repository, f"refs/heads/{branch}")):
        return own
    fetched = repository.is_ci and fetch_branch(repository, branch)
    if fetched and (tip := commit_of(repository, repository.remote.tracking + branch)):
        return tip
    raise ChangeError(cannot_fetch(repository, f"origin/{one_line(branch)} is not in this checkout", branch))


def _not_older(repository: Repository, branch: str, tip: str, base: str) -> str:
    if not base or not repository.is_ci or _holds(repository, tip, base):
        return tip
    if has_remote(repository) and fetch_branch(repository, branch):
        tip = commit_of(repository, repository.remote.tracking + branch) or tip
    return base if _holds(repository, base, tip) else tip


def _holds(repository: Repository, commit: str, ancestor: str) -> bool:
    return repository.ask("merge-base", "--is-ancestor", ancestor, commit).code == 0


def default_branch(repository: Repository, hint: str = "") -> str:
    """Return the full name of the default branch's ref; `hint` is its short name, if the platform says it.

    In a CI job it is fetched if it is not here. Raises `ChangeError` with the line to run if it cannot be
    had.
    """
    if not hint and repository.is_ci and has_remote(repository):
        hint = _default_of_remote(repository)
    if found := _local_default(repository, hint):
        return found
    if repository.is_ci and has_remote(repository) and fetch_branch(repository, hint or "HEAD"):
        return repository.remote.tracking + (hint or "HEAD")
    missing = "no default branch is here to compare with (neither origin/HEAD nor main nor master)"
    if hint:
        missing = f"the default branch {one_line(hint)} is not in this checkout"
    raise ChangeError(cannot_fetch(repository, missing, hint))


def _default_of_remote(repository: Repository) -> str:
    """Return the short name of the branch that the remote's HEAD names, empty if nobody says it.

    Who may push can make a branch `main` or `master` beside a default branch of another name.
    """
    here = repository.ask("symbolic-ref", "--quiet", f"{repository.remote.tracking}HEAD")
    if here.code == 0 and here.lines:
        return here.lines[0].removeprefix(repository.remote.tracking)
    lines = repository.list_remote("--symref", repository.remote.name, "HEAD", timeout_s=FETCH_SECONDS)
    named = next((line.split()[1] for line in lines if line.startswith("ref: refs/heads/")), "")
    return named.removeprefix("refs/heads/")


def _local_default(repository: Repository, hint: str) -> str | None:
    names = [hint] if hint and repository.is_ci else [*([hint] if hint else []), "HEAD", "main", "master"]
    wanted = [repository.remote.tracking + name for name in names]
    if not (repository.is_ci and has_remote(repository)):  # a branch of that name may be the author's
        wanted += [f"refs/heads/{name}" for name in names if name != "HEAD"]
    present = set(repository.ask("for-each-ref", "--format=%(refname)", *wanted).lines)
    return next((name for name in wanted if name in present), None)


def has_remote(repository: Repository) -> bool:
    """Tell whether the repository has a remote: `origin`, or the address of the target's repository."""
    return (
        "://" in repository.remote.name
        or repository.ask("config", "--get", f"remote.{repository.remote.name}.url").code == 0
    )


def commit_of(repository: Repository, revision: str) -> str | None:
    """Return the full id of the commit that `revision` names, None if it names none here."""
    if revision == repository.head:  # git has said what it names
        return revision
    ran = repository.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return ran.lines[0] if ran.code == 0 and ran.lines else None


def fetch_branch(repository: Repository, branch: str) -> bool:
    """Fetch the tip of `branch`, or of `HEAD`, with the history that is usually needed."""
    depth = [f"--depth={FETCH_COMMITS}"] if repository.is_shallow else []
    source = branch if branch == "HEAD" else f"refs/heads/{branch}"
    refspec = f"+{source}:{repository.remote.tracking}{branch}"
    return repository.fetch(*depth, repository.remote.name, refspec, timeout_s=FETCH_SECONDS)


def _merged_into(repository: Repository, merge: str, head: str) -> str | None:
    """Return what `head` was merged into, if the platform's own merge is checked out."""
    if not merge or merge != repository.head:
        return None
    ran = repository.ask("rev-list", "--parents", "--max-count=1", "HEAD")
    commits = ran.lines[0].split() if ran.code == 0 and ran.lines else []
    is_that = len(commits) == 3 and commits[2] == head
    return commit_of(repository, commits[1]) if is_that else None
