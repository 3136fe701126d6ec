"""GitHub Actions, and what behaves like it: the webhook's payload names the change."""

import re
from typing import TYPE_CHECKING

from chargehand.change.ci.event import (
    CiJob,
    Environ,
    Event,
    NoChange,
    Platform,
    Push,
    Request,
    Unclear,
    code_pages,
    known_sha,
    of_fork,
)
from chargehand.core.change import CodePages

if TYPE_CHECKING:
    from chargehand.change.webhook import Commit, Payload, PullRequest

_BRANCH, _TAG = "refs/heads/", "refs/tags/"
_DEPENDABOT = "dependabot[bot]"


def _read(environ: Environ) -> CiJob:
    # Start-up time: elsewhere nobody reads a webhook.
    from chargehand.change.webhook import read_payload  # noqa: PLC0415 - as above

    payload = read_payload(environ)
    request = payload.pull_request
    default = payload.repository.default_branch if payload.repository else ""
    number = request.number if request else None
    return CiJob(
        event=_event(payload, default, environ),
        default_branch=default,
        request="" if number is None else f"pull request {number}",
        branch=environ.get("GITHUB_REF_NAME", ""),
        source_branch=_source_branch(request, environ),
        pages=_pages(environ),
        repository=environ.get("GITHUB_REPOSITORY", ""),
        address=_address(payload, environ),
        pipelines=_workflow(environ),
        title=(request.title if request else "") or "",
        description=(request.body if request else "") or "",
        no_secrets=_no_secrets(payload, environ),
        accounts=_accounts(payload, environ),
        is_draft=request.draft if request else None,
        labels=_labels(request),
    )


def _labels(request: "PullRequest | None") -> tuple[str, ...] | None:
    return tuple(each.name for each in request.labels) if request and request.labels is not None else None


def _accounts(payload: "Payload", environ: Environ) -> tuple[str, ...]:
    """Return who set the event off, and whose request it is: anybody can bring a bot to do the first."""
    actor, request = environ.get("GITHUB_ACTOR", ""), payload.pull_request
    author = request.user.login if request and request.user else ""
    if not request and not payload.after:
        return ()  # whose change a merge queue or a run of another workflow is about, nobody says
    names = (actor, author) if request else (actor,)
    return tuple(dict.fromkeys(names)) if all(names) else ()


def _source_branch(request: "PullRequest | None", environ: Environ) -> str:
    if request:
        return request.head.ref
    return environ.get("GITHUB_REF_NAME", "") if environ.get("GITHUB_REF_TYPE") == "branch" else ""


def _pages(environ: Environ) -> CodePages | None:
    server, name = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
    is_gitea = environ.get("GITEA_ACTIONS") or environ.get("FORGEJO_ACTIONS")
    return code_pages(f"{server}/{name}", "gitea" if is_gitea else "github") if name else None


def _address(payload: "Payload", environ: Environ) -> str:
    """Return where the repository that this is about can be fetched, empty if nothing says it."""
    base = payload.pull_request.base.repo if payload.pull_request else payload.repository
    if base and base.clone_url:
        return base.clone_url
    server, name = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
    return f"{server}/{name}.git" if server and name else ""


def _event(payload: "Payload", default: str, environ: Environ) -> Event:
    if payload.pull_request:
        return _request(payload.pull_request, environ)
    if group := payload.merge_group:
        target = group.base_ref.removeprefix(_BRANCH)
        return Request(source="merge_group", target=target, base=group.base_sha, head=group.head_sha)
    if payload.issue and payload.issue.pull_request is not None:
        number = payload.issue.number
        return Unclear(
            reason=_advice("a comment on a pull request", default, f"refs/pull/{number or 'N'}/head")
        )
    from chargehand.change.webhook import about_a_commit  # noqa: PLC0415 - as above

    if found := about_a_commit(payload):
        return _request_of(*found, environ) or Unclear(
            reason=_advice(found[0], default, found[1].head_sha or "")
        )
    return _push(payload, environ)


def _request(request: "PullRequest", environ: Environ) -> Request:
    return Request(
        source="pull_request",
        target=request.base.ref.removeprefix(_BRANCH),
        base=request.base.sha,
        head=request.head.sha,
        merge=environ.get("GITHUB_SHA", ""),
    )


def _request_of(_kind: str, commit: "Commit", environ: Environ) -> Request | None:
    """Return the one pull request whose head the commit is; a fork's is never listed."""
    about = [each for each in commit.pull_requests if each.head.sha == commit.head_sha and each.base.ref]
    return _request(about[0], environ).evolve(merge="") if len(about) == 1 else None


def _push(payload: "Payload", environ: Environ) -> Event:
    kind = environ.get("GITHUB_EVENT_NAME", "")
    if not payload.before or not payload.after or not known_sha(payload.after):
        return NoChange(kind=kind or "event")
    if payload.ref.startswith(_TAG):
        return NoChange(kind="tag")
    return Push(
        branch=payload.ref.removeprefix(_BRANCH), before=known_sha(payload.before), head=payload.after
    )


def _advice(kind: str, default: str, head: str) -> str:
    fetch = f"git fetch origin {head} && " if head else ""
    return (
        f"Nothing was reviewed, and nothing was spent: this event ({kind}) does not say which commits are "
        f"meant. Name them: {fetch}chargehand review --base=origin/{default or 'main'} --head=FETCH_HEAD"
    )


def _workflow(environ: Environ) -> tuple[str, ...]:
    """Return the file that runs us, and where the repository's own actions are.

    GITHUB_WORKFLOW_REF is such as `owner/name/.github/workflows/review.yml@refs/heads/main`.
    """
    found = re.fullmatch(r"[^/]+/[^/]+/(.+?)@.*", environ.get("GITHUB_WORKFLOW_REF", ""))
    return (found[1] if found else ".github/workflows/", ".github/actions/")


def _no_secrets(payload: "Payload", environ: Environ) -> str:
    if environ.get("GITHUB_ACTOR") == _DEPENDABOT:
        return "Dependabot's jobs get no secrets"
    request = payload.pull_request
    if request is None or environ.get("GITHUB_EVENT_NAME") == "pull_request_target":
        return ""
    head = request.head.repo.full_name if request.head.repo else ""
    base = request.base.repo.full_name if request.base.repo else environ.get("GITHUB_REPOSITORY", "")
    is_fork = bool(base) and head.lower() != base.lower()
    return of_fork(is_fork=is_fork)


GITHUB = Platform(
    name="GitHub Actions",
    signs=("GITHUB_ACTIONS", "GITHUB_EVENT_PATH"),
    read=_read,
    workspace="GITHUB_WORKSPACE",
)
