"""What GitHub, and what behaves like it, sends of an event, as far as it tells which change is meant."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chargehand.core.errors import ChangeError
from chargehand.core.files import read_bounded

# The most that GitHub sends of an event.
_MAX_BYTES = 25 * 1024 * 1024

_Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]


class _Sent(BaseModel):
    model_config = ConfigDict(defer_build=True)  # most kinds of events are not this one


class Repository(_Sent):
    default_branch: str = ""
    full_name: str = ""
    clone_url: str = ""


class _End(_Sent):
    sha: _Sha
    ref: str = ""
    repo: Repository | None = None


class _Account(_Sent):
    login: str = ""


class _Label(_Sent):
    name: str = ""


class PullRequest(_Sent):
    base: _End
    head: _End
    number: int | None = None
    draft: bool | None = None
    labels: tuple[_Label, ...] | None = None
    user: _Account | None = None
    title: str | None = None
    body: str | None = None


class _MergeGroup(_Sent):
    base_sha: _Sha
    head_sha: _Sha
    base_ref: str = ""


class _Issue(_Sent):
    number: int | None = None
    pull_request: object = None


class Commit(_Sent):
    """What workflow runs, check suites, check runs and deployments share: a commit."""

    head_sha: _Sha | None = None
    sha: _Sha | None = None
    pull_requests: tuple[PullRequest, ...] = ()
    check_suite: "Commit | None" = None


class Payload(_Sent):
    """The parts of a webhook that matter: https://docs.github.com/webhooks/webhook-events-and-payloads"""

    pull_request: PullRequest | None = None
    merge_group: _MergeGroup | None = None
    issue: _Issue | None = None
    workflow_run: Commit | None = None
    check_suite: Commit | None = None
    check_run: Commit | None = None
    deployment: Commit | None = None
    sha: _Sha | None = None
    ref: str = ""
    before: _Sha | None = None
    after: _Sha | None = None
    repository: Repository | None = None


def read_payload(environ: Mapping[str, str]) -> Payload:
    """Return what the file of the event says; raises ChangeError if it cannot be read."""
    path = environ.get("GITHUB_EVENT_PATH")
    if not path:
        return Payload()
    try:
        return Payload.model_validate_json(read_bounded(Path(path), _MAX_BYTES))
    except (OSError, ValidationError) as error:
        raise ChangeError(
            "Nothing was reviewed: the event of this job cannot be read from GITHUB_EVENT_PATH "
            f"({type(error).__name__}). Run in a job of GitHub Actions, or unset GITHUB_EVENT_PATH and "
            "GITHUB_ACTIONS."
        ) from error


def about_a_commit(payload: Payload) -> tuple[str, Commit] | None:
    """Return what the event is about, by its name, if that is a commit."""
    run = payload.check_run
    suite = run.check_suite if run and run.check_suite else None
    if run and suite:
        run = Commit(
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
            return name, Commit(head_sha=commit.head_sha or commit.sha, pull_requests=commit.pull_requests)
    if payload.sha and not payload.after:  # the event `status`
        return "status", Commit(head_sha=payload.sha)
    return None
