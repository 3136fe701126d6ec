"""GitHub Actions, and what behaves like it: the webhook's payload names the change."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

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
from chargehand.core.errors import ChangeError
from chargehand.core.files import read_bounded

# The most that GitHub sends of an event.
_MAX_BYTES = 25 * 1024 * 1024

_Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]
_BRANCH, _TAG = "refs/heads/", "refs/tags/"
_DEPENDABOT = "dependabot[bot]"


class _Sent(BaseModel):
    model_config = ConfigDict(defer_build=True)  # start-up time: most runs read no webhook


class _Repository(_Sent):
    default_branch: str = ""
    full_name: str = ""
    clone_url: str = ""


class _End(_Sent):
    sha: _Sha
    ref: str = ""
    repo: _Repository | None = None


class _Account(_Sent):
    login: str = ""


class _Label(_Sent):
    name: str = ""


class _PullRequest(_Sent):
    base: _End
    head: _End
    number: int | None = None
    draft: bool | None = None
    labels: tuple[_Label, ...] | None = None
    user: _Account | None = None


class _MergeGroup(_Sent):
    base_sha: _Sha
    head_sha: _Sha
    base_ref: str = ""


class _Issue(_Sent):
    number: int | None = None
    pull_request: object = None


class _Commit(_Sent):
    """What workflow runs, check suites, check runs and deployments share: a commit."""

    head_sha: _Sha | None = None
    sha: _Sha | None = None
    pull_requests: tuple[_PullRequest, ...] = ()
    check_suite: "_Commit | None" = None


class _Payload(_Sent):
    """The parts of a webhook that matter: https://docs.github.com/webhooks/webhook-events-and-payloads"""

    pull_request: _PullRequest | None = None
    merge_group: _MergeGroup | None = None
    issue: _Issue | None = None
    workflow_run: _Commit | None = None
    check_suite: _Commit | None = None
    check_run: _Commit | None = None
    deployment: _Commit | None = None
    sha: _Sha | None = None
    ref: str = ""
    before: _Sha | None = None
    after: _Sha | None = None
    repository: _Repository | None = None


def _read(environ: Environ) -> CiJob:
    payload = _payload(environ)
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
        no_secrets=_no_secrets(payload, environ),
        accounts=_accounts(payload, environ),
        is_draft=request.draft if request else None,
        labels=_labels(request),
    )


def _labels(request: _PullRequest | None) -> tuple[str, ...] | None:
    return tuple(each.name for each in request.labels) if request and request.labels is not None else None


def _accounts(payload: _Payload, environ: Environ) -> tuple[str, ...]:
    """Return who set the event off, and whose request it is: anybody can bring a bot to do the first."""
    actor, request = environ.get("GITHUB_ACTOR", ""), payload.pull_request
    author = request.user.login if request and request.user else ""
    names = (actor, author) if request else (actor,)
    return tuple(dict.fromkeys(names)) if all(names) else ()


def _source_branch(request: _PullRequest | None, environ: Environ) -> str:
    if request:
        return request.head.ref
    return environ.get("GITHUB_REF_NAME", "") if environ.get("GITHUB_REF_TYPE") == "branch" else ""


def _pages(environ: Environ) -> CodePages | None:
    server, name = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
    is_gitea = environ.get("GITEA_ACTIONS") or environ.get("FORGEJO_ACTIONS")
    return code_pages(f"{server}/{name}", "gitea" if is_gitea else "github") if name else None


def _address(payload: _Payload, environ: Environ) -> str:
    """Return where the repository that this is about can be fetched, empty if nothing says it."""
    base = payload.pull_request.base.repo if payload.pull_request else payload.repository
    if base and base.clone_url:
        return base.clone_url
    server, name = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
    return f"{server}/{name}.git" if server and name else ""


def _payload(environ: Environ) -> _Payload:
    path = environ.get("GITHUB_EVENT_PATH")
    if not path:
        return _Payload()
    try:
        return _Payload.model_validate_json(read_bounded(Path(path), _MAX_BYTES))
    except (OSError, ValidationError) as error:
        raise ChangeError(
            "Nothing was reviewed: the event of this job cannot be read from GITHUB_EVENT_PATH "
            f"({type(error).__name__}). Run in a job of GitHub Actions, or unset GITHUB_EVENT_PATH and "
            "GITHUB_ACTIONS."
        ) from error


def _event(payload: _Payload, default: str, environ: Environ) -> Event:
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
    if found := _about_a_commit(payload):
        return _request_of(*found, environ) or Unclear(
            reason=_advice(found[0], default, found[1].head_sha or "")
        )
    return _push(payload, environ)


def _request(request: _PullRequest, environ: Environ) -> Request:
    return Request(
        source="pull_request",
        target=request.base.ref.removeprefix(_BRANCH),
        base=request.base.sha,
        head=request.head.sha,
        merge=environ.get("GITHUB_SHA", ""),
    )


def _about_a_commit(payload: _Payload) -> tuple[str, _Commit] | None:
    """Return what the event is about, by its name, if that is a commit."""
    run = payload.check_run
    suite = run.check_suite if run and run.check_suite else None
    if run and suite:
        run = _Commit(
            head_sha=run.head_sha or suite.head_sha, pull_requests=(*run.pull_requests, *suite.pull_requests)
        )
    found = {
        "workflow_run": payload.workflow_run,
        "check_suite": payload.check_suite,
        "check_run": run,
        "deployment": payload.deployment,
    }
    for name, commit in found.items():
        if commit:
            return name, _Commit(head_sha=commit.head_sha or commit.sha, pull_requests=commit.pull_requests)
    if payload.sha and not payload.after:  # the event `status`
        return "status", _Commit(head_sha=payload.sha)
    return None


def _request_of(_kind: str, commit: _Commit, environ: Environ) -> Request | None:
    """Return the one pull request whose head the commit is; a fork's is never listed."""
    about = [each for each in commit.pull_requests if each.head.sha == commit.head_sha and each.base.ref]
    return _request(about[0], environ).evolve(merge="") if len(about) == 1 else None


def _push(payload: _Payload, environ: Environ) -> Event:
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


def _no_secrets(payload: _Payload, environ: Environ) -> str:
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
