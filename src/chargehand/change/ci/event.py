"""The nouns of a CI job: what it is about, in words that all platforms share."""

import re
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from chargehand.core.change import CodePages
from chargehand.core.plain_value import PlainValue

Environ = Mapping[str, str]
RequestSource = Literal["pull_request", "merge_request", "merge_group"]


class Request(PlainValue):
    """A change that its author asks to have merged into the branch `target`.

    `base` is the commit of the target from which the platform compares, which may be old; `target_commit`
    its tip as the platform names it; `merge` the commit that the platform made of both. Each is empty if it
    is not known.
    """

    source: RequestSource
    target: str
    head: str
    base: str = ""
    target_commit: str = ""
    merge: str = ""


class Push(PlainValue):
    """Commits that were pushed to `branch`; `before` is where it was, empty for a new branch."""

    branch: str
    head: str
    before: str = ""


class HookRange(PlainValue):
    """The two ends that a hook was given; `is_push` if they are about to be pushed."""

    base: str
    head: str
    is_push: bool


class Unclear(PlainValue):
    """An event that names a change which cannot be found from it; `reason` is a whole message."""

    reason: str


class NoChange(PlainValue):
    """An event that names no change; `kind` is the platform's word for it, such as `schedule`."""

    kind: str


Event = Request | Push | HookRange | Unclear | NoChange


class CiJob(PlainValue):
    """What a CI platform says of the job that we run in.

    `request` is what the change is called across its pushes, such as `pull request 12`. `pipelines` are the
    files that define the job. `repository` is the one that the event is about, and `address` where it can be
    fetched, both empty if they are not known. `source_branch` brings the change, and `pages` is where people
    read the code. `title` and `description` are what the author wrote of the request. `no_secrets` says why
    the platform keeps secrets from the job, empty if it does not. `accounts` are those of the request's
    author and of whoever set the job off, none if they are not known; `is_draft` and `labels` are the
    request's, None if they are not known.
    """

    event: Event
    default_branch: str = ""
    request: str = ""
    branch: str = ""
    source_branch: str = ""
    pages: CodePages | None = None
    repository: str = ""
    address: str = ""
    pipelines: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    no_secrets: str = ""
    accounts: tuple[str, ...] = ()
    is_draft: bool | None = None
    labels: tuple[str, ...] | None = None


class Platform(NamedTuple):
    """One CI platform.

    It is recognised if the variables of any of its `signs` are set: `NAME`, `NAME=value`, or several with
    `&`. `read` may raise ChangeError. `workspace` is the variable that names the folder of the checkout.
    """

    name: str
    signs: tuple[str, ...]
    read: Callable[[Environ], CiJob]
    workspace: str = ""


def code_pages(address: str, forge: Literal["github", "gitlab", "gitea"]) -> CodePages | None:
    """Return where the code can be read, None if the address is no plain one."""
    is_plain = re.fullmatch(r"https?://[\w.-]+(:\d+)?(/[\w.~+-]+)+", address, re.ASCII)
    return CodePages(address=address, forge=forge) if is_plain else None


def known_sha(sha: str) -> str:
    """Return the commit, or nothing if it is all zeros, which is how platforms write that there is none."""
    return sha if sha.strip("0") else ""


def words(listed: str) -> tuple[str, ...]:
    """Return what a variable lists with commas in between."""
    return tuple(filter(None, (each.strip() for each in listed.split(","))))


def told(environ: Environ, name: str) -> bool | None:
    """Return whether a variable says `true`, None if it is not set."""
    said = environ.get(name, "")
    return said == "true" if said else None


def short_name(ref: str) -> str:
    """Return the name of a branch without `refs/heads/`."""
    return ref.removeprefix("refs/heads/")


def of_fork(*, is_fork: bool) -> str:
    """Return why a job gets no secrets if it is that of a fork's pull request, as `CiJob.no_secrets` says."""
    return "a fork's pull request gets no secrets" if is_fork else ""


def request_by_variables(
    environ: Environ,
    *,
    number: str,
    target: str,
    head: str = "",
    base: str = "",
) -> Request | NoChange:
    """Return the pull request that these variables describe; `false` and empty mean that there is none."""
    if environ.get(number, "").lower() in ("", "false") or not environ.get(target):
        return NoChange(kind="branch")
    return Request(
        source="pull_request",
        target=short_name(environ[target]),
        head=environ.get(head) or "HEAD",
        base=known_sha(environ.get(base, "")),
    )


def request_name(environ: Environ, number: str, kind: str = "pull request") -> str:
    """Return `pull request 12` if the variable `number` holds a number."""
    found = environ.get(number, "")
    return f"{kind} {found}" if found.isascii() and found.isdecimal() else ""
