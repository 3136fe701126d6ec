"""What a CI job or a hook says that it is about."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chargehand.core.change import Source
from chargehand.core.errors import ChangeError
from chargehand.core.value import Value

# Somebody asks to have a change merged, so it may be a stranger's.
REQUESTS = frozenset({"pull_request", "merge_request", "merge_group"})


class Event(Value):
    """The two ends of a change as its platform names them.

    `bases` are revisions to try in order; where there is none, the default branch is meant.
    """

    source: Source
    bases: tuple[str, ...]
    head: str
    default_branch: str = ""


def read_event(environ: Mapping[str, str]) -> Event | None:
    """Return what the hook, else the CI platform says; None where no change is named.

    Raises `ChangeError` where an event is named that does not tell its commits.
    """
    return _pre_commit(environ) or read_platform(environ)


def read_platform(environ: Mapping[str, str]) -> Event | None:
    """Return what GitHub or GitLab says, whatever a hook in the job is about. Raises as `read_event` does."""
    return _github(environ) or _gitlab(environ)


def _pre_commit(environ: Mapping[str, str]) -> Event | None:
    """Read pre-commit's variables: https://pre-commit.com/#pre-push"""
    base, head = environ.get("PRE_COMMIT_FROM_REF"), environ.get("PRE_COMMIT_TO_REF")
    is_push = bool(environ.get("PRE_COMMIT_REMOTE_NAME"))
    if base and head:
        return Event(source="push" if is_push else "range", bases=(base,), head=head)
    if is_push:
        raise ChangeError(
            "Nothing was reviewed, and nothing was spent: on the first push to a remote there is nothing to "
            "compare with, and a whole history is not reviewed unasked. Push with SKIP=chargehand this once."
        )
    return None


_Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]


class _Sent(BaseModel):
    model_config = ConfigDict(defer_build=True)  # start-up time: most runs read no webhook


class _Branch(_Sent):
    sha: _Sha
    ref: str = ""


class _PullRequest(_Sent):
    base: _Branch
    head: _Branch


class _MergeGroup(_Sent):
    base_sha: _Sha
    head_sha: _Sha


class _Issue(_Sent):
    pull_request: object = None


class _Repository(_Sent):
    default_branch: str = ""


class _Payload(_Sent):
    """The parts of a webhook that matter: https://docs.github.com/webhooks/webhook-events-and-payloads"""

    pull_request: _PullRequest | None = None
    merge_group: _MergeGroup | None = None
    issue: _Issue | None = None
    before: _Sha | None = None
    after: _Sha | None = None
    repository: _Repository | None = None


def _github(environ: Mapping[str, str]) -> Event | None:
    path = environ.get("GITHUB_EVENT_PATH")
    if not path:
        return None
    try:
        payload = _Payload.model_validate_json(Path(path).read_bytes())
    except (OSError, ValidationError) as error:
        raise ChangeError(
            "Nothing was reviewed: the event of this job cannot be read from GITHUB_EVENT_PATH "
            f"({type(error).__name__}). Name the change with --base and --head."
        ) from error
    return _github_event(payload)


def _github_event(payload: _Payload) -> Event | None:
    default = payload.repository.default_branch if payload.repository else ""
    if request := payload.pull_request:
        bases = (request.base.sha, *_tracking(request.base.ref))
        return Event(source="pull_request", bases=bases, head=request.head.sha, default_branch=default)
    if group := payload.merge_group:
        return Event(source="merge_group", bases=(group.base_sha,), head=group.head_sha)
    if payload.issue and payload.issue.pull_request:
        raise ChangeError(
            "Nothing was reviewed: this event is a comment on a pull request and does not tell its commits. "
            "Fetch them, and name them with --base and --head."
        )
    if payload.before and payload.after:
        return Event(source="push", bases=_known(payload.before), head=payload.after, default_branch=default)
    return None


def _gitlab(environ: Mapping[str, str]) -> Event | None:
    """Read GitLab's variables: https://docs.gitlab.com/ci/variables/predefined_variables/"""
    head, default = environ.get("CI_COMMIT_SHA", ""), environ.get("CI_DEFAULT_BRANCH", "")
    if not environ.get("GITLAB_CI") or not head:
        return None
    if environ.get("CI_MERGE_REQUEST_IID"):
        base = environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", "")
        bases = (*_known(base), *_tracking(environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")))
        # In a merged-results pipeline the commit that is checked out is a merge of both branches.
        head = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or head
        return Event(source="merge_request", bases=bases, head=head, default_branch=default)
    if environ.get("CI_PIPELINE_SOURCE") == "push":
        bases = _known(environ.get("CI_COMMIT_BEFORE_SHA", ""))
        return Event(source="push", bases=bases, head=head, default_branch=default)
    return None


def _known(sha: str) -> tuple[str, ...]:
    """Return the commit; none where it is all zeros, which is how a new branch is told."""
    return (sha,) if sha.strip("0") else ()


def _tracking(branch: str) -> tuple[str, ...]:
    return (f"refs/remotes/origin/{branch}",) if branch else ()
