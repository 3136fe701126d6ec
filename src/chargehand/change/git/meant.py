"""Decides which commit a name given for the base means: never a ref that the author could make."""

import re

from chargehand.change.git.repository import Repository
from chargehand.change.git.tips import commit_of, fetch_branch, has_remote
from chargehand.core.errors import ChangeError
from chargehand.core.escaping import one_line

_NAME = re.compile(r"[A-Za-z0-9_][\w./+-]*")
# Commits by their ids, and what git itself keeps, such as HEAD and FETCH_HEAD.
_NO_BRANCH = re.compile(r"[0-9a-f]{4,64}|[A-Z_]*HEAD")
_PREFIX = re.compile(r"(?:refs/remotes/)?origin/")


def meant_base(repository: Repository, revision: str) -> str:
    """Return what `revision` means where a change is compared with it.

    In a CI job with a remote a name means the remote's branch, and a local branch, which a checkout may have
    made of the author's, does not come before it. Raises `ChangeError` if a tag of the same name makes it
    unclear, or if it is the branch under review.
    """
    refuse_options(revision)
    is_name = _NAME.fullmatch(revision) and not _NO_BRANCH.fullmatch(revision)
    if not (is_name and repository.is_ci and has_remote(repository)):
        return meant_head(repository, revision)
    own = _PREFIX.match(revision)
    if revision.startswith("refs/") and not own:
        return revision
    branch = revision[own.end() :] if own else revision
    tag = None if own else commit_of(repository, f"refs/tags/{revision}")
    tip = commit_of(repository, repository.remote.tracking + branch)
    if tag and tip and tag != tip:
        raise ChangeError(_unclear(repository, revision))
    if tag:
        return f"refs/tags/{revision}"
    if tip or fetch_branch(repository, branch):
        return repository.remote.tracking + branch
    return _here(repository, revision)


def meant_head(repository: Repository, revision: str) -> str:
    """Return the revision; a name that is nothing here means the remote's branch."""
    refuse_options(revision)
    if revision == "HEAD" and repository.head:
        return revision
    if commit_of(repository, revision) or not _NAME.fullmatch(revision):
        return revision
    branch = revision.removeprefix("origin/")
    if commit_of(repository, repository.remote.tracking + branch):
        return repository.remote.tracking + branch
    can_be_fetched = repository.is_ci and not _NO_BRANCH.fullmatch(revision) and has_remote(repository)
    if can_be_fetched and fetch_branch(repository, branch):
        return repository.remote.tracking + branch
    return revision


def refuse_options(revision: str) -> None:
    """Raise `ChangeError` for what git could take for an option, or for more than one commit."""
    if not revision or revision[0] in "-^:" or ".." in revision or not revision.isprintable():
        raise ChangeError(
            f"Nothing was reviewed: {one_line(revision)[:80]!r} does not name one commit. "
            "Give a branch, a tag or a commit id."
        )


def _here(repository: Repository, revision: str) -> str:
    ran = repository.ask("symbolic-ref", "--quiet", "HEAD")
    if ran.code == 0 and ran.lines and ran.lines[0] == f"refs/heads/{revision}":
        raise ChangeError(
            f"Nothing was reviewed: {one_line(revision)} is the branch that is checked out, and the remote "
            "cannot be asked for its own. A change is compared with the branch that it is for: name that one "
            "with --base."
        )
    return revision


def _unclear(repository: Repository, revision: str) -> str:
    name = one_line(revision)
    return (
        f"Nothing was reviewed: {name} is a tag and a branch, which are different commits. Name one in full: "
        f"--base=refs/tags/{name} or --base=refs/remotes/{repository.remote.name}/{name}."
    )
