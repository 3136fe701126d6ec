"""What each request of the REST API does: who may, what is kept, what comes back."""

import re
from collections.abc import Callable
from typing import NamedTuple

from tests.github_api.graphql import LONGEST_BODY, execute
from tests.github_api.pull_request import Json, PullRequest, Token

_CONCLUSIONS = {
    "action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out",
}  # fmt: skip
_STATES = {"error", "failure", "pending", "success"}


class ApiError(Exception):
    """An error as GitHub answers it."""

    def __init__(self, status: int, message: str, *errors: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "documentation_url": "https://docs.github.com/rest"}
        if errors:
            self.body["errors"] = list(errors)  # type: ignore[assignment]  # a list among texts


class Asked(NamedTuple):
    """A request: who asks, what the path named, the fields of the body, or without one of the query."""

    pull: PullRequest
    token: Token
    named: tuple[str, ...]
    body: Json

    def need(self, permission: Json) -> None:
        """Refuse a token that may not write this, and any in an archived repository."""
        if self.pull.is_archived:
            raise ApiError(403, "Repository was archived so is read-only.")
        if permission not in self.token.may_write:
            raise ApiError(403, "Resource not accessible by integration")

    def text(self) -> str:
        """Return the body's text, which may be neither missing nor endless."""
        return checked_text(self.body.get("body"))


def checked_text(text: Json) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ApiError(422, "Validation Failed", "body can't be blank")
    if len(text) > LONGEST_BODY:
        raise ApiError(422, "Validation Failed", f"body is too long (maximum is {LONGEST_BODY} characters)")
    return text


def request(asked: Asked) -> Json:
    pull = asked.pull
    return {
        "number": pull.number,
        "state": "open" if pull.is_open else "closed",
        "head": {"sha": pull.head},
        "base": {"ref": pull.target},
        "user": {"login": pull.author},
        "labels": [{"name": each.name, "description": each.description} for each in pull.labels],
    }


def permission(asked: Asked) -> Json:
    role = asked.pull.roles.get(asked.named[0])
    if role is None:
        raise ApiError(404, "Not Found")
    return {"permission": {"maintain": "write", "triage": "read"}.get(role, role), "role_name": role}


def say(asked: Asked) -> Json:
    asked.need("pull-requests")
    if asked.pull.is_closed_to(asked.token.login):
        raise ApiError(403, "Unable to create comment because issue is locked.")
    said = asked.pull.say(asked.token.login, asked.text())
    return {"node_id": said.id}


def review(asked: Asked) -> Json:
    """Take a review whole, or refuse it whole."""
    asked.need("pull-requests")
    checked_text(asked.body.get("body"))
    _check_may_review(asked)
    _check_commit(asked)
    if asked.body.get("event") != "COMMENT":
        raise ApiError(422, "Unprocessable Entity", "only COMMENT is expected here")
    for each in asked.body["comments"]:
        checked_text(each["body"])
        if not asked.pull.shows(each):
            raise ApiError(422, "Unprocessable Entity", "Line could not be resolved")
    threads = [asked.pull.begin(asked.token.login, each) for each in asked.body["comments"]]
    asked.pull.reviews.append({"body": asked.body["body"], "threads": [each.id for each in threads]})
    return {"id": len(asked.pull.reviews)}


def about_a_file(asked: Asked) -> Json:
    asked.need("pull-requests")
    _check_may_review(asked)
    _check_commit(asked)
    asked.text()
    if asked.body.get("subject_type") != "file" or not asked.pull.has_file(asked.body["path"]):
        raise ApiError(422, "Validation Failed", "path could not be resolved")
    return {"node_id": asked.pull.begin(asked.token.login, asked.body).comments[0].id}


def _check_may_review(asked: Asked) -> None:
    if asked.pull.is_closed_to(asked.token.login):
        raise ApiError(422, "Unprocessable Entity", "lock prevents review")
    if asked.pull.reviewing == asked.token.login:
        raise ApiError(422, "Unprocessable Entity", "User can only have one pending review per pull request")


def _check_commit(asked: Asked) -> None:
    if asked.body.get("commit_id") != asked.pull.head:
        raise ApiError(422, "Unprocessable Entity", "commit_id is not part of the pull request")


def list_checks(asked: Asked) -> Json:
    """List the runs of a name, unless all are asked for only the latest."""
    runs = [each for each in asked.pull.check_runs if each["head_sha"] == asked.named[0]]
    runs = [each for each in runs if each["name"] == asked.body.get("check_name", each["name"])]
    return {"total_count": len(runs), "check_runs": runs if asked.body.get("filter") == "all" else runs[-1:]}


def set_check(asked: Asked) -> Json:
    asked.need("checks")
    run = {"id": next(asked.pull.ids), **_checked_run(asked.body)}
    asked.pull.check_runs.append(run)
    return run


def change_check(asked: Asked) -> Json:
    asked.need("checks")
    for run in asked.pull.check_runs:
        if str(run["id"]) == asked.named[0]:
            run.update(_checked_run(asked.body))
            return run
    raise ApiError(404, "Not Found")


def _checked_run(body: Json) -> Json:
    output = body.get("output", {})
    if body.get("conclusion") not in _CONCLUSIONS or not (output.get("title") and output.get("summary")):
        raise ApiError(422, "Invalid request.")
    return body


def set_status(asked: Asked) -> Json:
    asked.need("statuses")
    if asked.body.get("state") not in _STATES or len(asked.body.get("description", "")) > 140:
        raise ApiError(422, "Validation Failed")
    asked.pull.statuses.append({"sha": asked.named[0], **asked.body})
    return asked.pull.statuses[-1]


def graphql(asked: Asked) -> Json:
    return execute(asked.pull, asked.token, asked.body)


class Route(NamedTuple):
    """Which requests are meant, what is done, with which status."""

    method: str
    path: str
    serve: Callable[[Asked], Json]
    status: int = 200


ROUTES = (
    Route("POST", r"/graphql", graphql),
    Route("GET", r"/repos/{name}/pulls/{number}", request),
    Route("GET", r"/repos/{name}/collaborators/([^/]+)/permission", permission),
    Route("POST", r"/repos/{name}/issues/{number}/comments", say, 201),
    Route("POST", r"/repos/{name}/pulls/{number}/reviews", review),
    Route("POST", r"/repos/{name}/pulls/{number}/comments", about_a_file, 201),
    Route("GET", r"/repos/{name}/commits/(\w+)/check-runs", list_checks),
    Route("POST", r"/repos/{name}/check-runs", set_check, 201),
    Route("PATCH", r"/repos/{name}/check-runs/(\d+)", change_check),
    Route("POST", r"/repos/{name}/statuses/(\w+)", set_status, 201),
)


def serve(pull: PullRequest, token: Token, method: str, path: str, body: Json) -> tuple[int, Json]:
    """Return status and answer of a request."""
    for route in ROUTES:
        found = re.fullmatch(route.path.format(name=re.escape(pull.repository), number=pull.number), path)
        if found and route.method == method:
            try:
                return route.status, route.serve(Asked(pull, token, found.groups(), body))
            except ApiError as error:
                return error.status, error.body
    return 404, {"message": "Not Found"}
