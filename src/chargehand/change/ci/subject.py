"""Decides what a change is called across its pushes: by the number of its request, else by its branch."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from chargehand.change.git.repository import Checkout, NoRepository
from chargehand.core.errors import ChangeError
from chargehand.core.escaping import one_line

_MAX_LENGTH = 300


def subject_of(checkout: Checkout, environ: Mapping[str, str]) -> str | None:
    """Return `pull request 12`, `merge request 7` or `branch NAME`: as the CI job says, else as git does.

    None where nobody says. Raises `ChangeError` where the event of a job cannot be read.
    """
    return _request(environ) or _branch(_branch_of_job(environ) or _branch_of_work_tree(checkout))


class _PullRequest(BaseModel):
    model_config = ConfigDict(defer_build=True)  # start-up time: most runs read no webhook

    number: int


class _Payload(BaseModel):
    model_config = ConfigDict(defer_build=True)  # as above

    pull_request: _PullRequest | None = None


def _request(environ: Mapping[str, str]) -> str | None:
    if path := environ.get("GITHUB_EVENT_PATH"):
        try:
            payload = _Payload.model_validate_json(Path(path).read_bytes())
        except (OSError, ValidationError) as error:
            raise ChangeError(
                "Nothing was reviewed: the event of this job does not tell the number of its pull request "
                f"({type(error).__name__} at GITHUB_EVENT_PATH), so its budget cannot be kept."
            ) from error
        return f"pull request {payload.pull_request.number}" if payload.pull_request else None
    number = environ.get("CI_MERGE_REQUEST_IID", "") if environ.get("GITLAB_CI") else ""
    return f"merge request {number}" if number.isascii() and number.isdecimal() else None


def _branch_of_job(environ: Mapping[str, str]) -> str:
    if environ.get("GITHUB_EVENT_PATH"):
        return environ.get("GITHUB_REF_NAME", "")
    return environ.get("CI_COMMIT_BRANCH", "") if environ.get("GITLAB_CI") else ""


def _branch_of_work_tree(checkout: Checkout) -> str:
    if isinstance(checkout, NoRepository):
        return ""
    ran = checkout.ask("symbolic-ref", "--quiet", "--short", "HEAD")
    return ran.lines[0] if ran.code == 0 and ran.lines else ""


def _branch(name: str) -> str | None:
    return f"branch {one_line(name)[:_MAX_LENGTH]}" if name else None
