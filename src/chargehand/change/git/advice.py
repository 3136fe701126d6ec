"""What a user should type if the checkout lacks a commit."""

import os
import shlex

from chargehand.change.git.repository import Repository

_DEEP = 'check out the whole history (`fetch-depth: 0` for actions/checkout, `GIT_DEPTH: "0"` for GitLab)'


def cannot_fetch(repository: Repository, missing: str, branch: str = "") -> str:
    """Return the whole message; `missing` is a clause, `branch` what should be fetched, if known."""
    return f"Nothing was reviewed, and nothing was spent: {missing}. {remedy(repository, branch)}"


def remedy(repository: Repository, branch: str = "") -> str:
    """Return what helps: a command for this clone, as it stands."""
    if not is_writable(repository):
        # A job reads the rules from the target's tip, which a pipe does not bring.
        pipe = "" if repository.is_ci else ", or run: git diff BASE...HEAD | chargehand review -"
        return (
            "This checkout cannot be written to, so nothing can be fetched here: "
            f"{_DEEP} in the step that makes it{pipe}"
        )
    if command := _fetch_command(repository, branch):
        return f"Run: {command} (in a CI job, rather {_DEEP})"
    return "Name the two ends of the change with --base and --head."


def is_writable(repository: Repository) -> bool:
    """Tell whether git can store what it fetches; a mount may be read-only whatever the permissions say."""
    folder = repository.git_dir
    if not os.access(folder, os.W_OK):
        return False
    if not hasattr(os, "statvfs"):
        return True
    return not os.statvfs(folder).f_flag & os.ST_RDONLY


def _fetch_command(repository: Repository, branch: str) -> str:
    remote, tracking = repository.remote.name, repository.remote.tracking
    if "://" in remote:
        return _add_command(remote, branch or "main")
    wanted = branch or ("*" if repository.is_shallow or _has_one_branch(repository) else "")
    if not wanted:
        return ""
    depth = "--unshallow " if repository.is_shallow else ""
    command = f"git fetch {depth}{remote} {shlex.quote(f'+refs/heads/{wanted}:{tracking}{wanted}')}"
    return command if branch else f"{command} && git remote set-head {remote} --auto"


def _has_one_branch(repository: Repository) -> bool:
    """Tell whether the clone was made with `--single-branch`, so that git fetches no other."""
    fetched = repository.ask("config", "--get-all", f"remote.{repository.remote.name}.fetch").lines
    return bool(fetched) and not any("refs/heads/*" in each for each in fetched)


def _add_command(address: str, branch: str) -> str:
    """Return what makes a remote of the target's repository, which is then recognised by its address."""
    refspec = shlex.quote(f"+refs/heads/{branch}:refs/remotes/target/{branch}")
    return f"git remote add target {shlex.quote(address)} && git fetch target {refspec}"
