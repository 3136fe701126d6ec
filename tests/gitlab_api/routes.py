"""Decides what each request does: who may, what is kept, what comes back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from tests.gitlab_api.diff import files_of
from tests.gitlab_api.errors import FORBIDDEN, NOT_FOUND, UNAUTHORIZED, ApiError
from tests.gitlab_api.graphql import execute
from tests.gitlab_api.positions import checked
from tests.gitlab_api.project import DEVELOPER, MAINTAINER, REPORTER, Discussion, Json, Note, Project, Token

LONGEST_BODY = 1_000_000
LONGEST_DESCRIPTION = 255
_STATES = ("pending", "running", "success", "failed", "canceled", "skipped")


@dataclass(frozen=True)
class Asked:
    """A request: who asks, what the path named, the query's and the body's fields."""

    project: Project
    token: Token
    named: tuple[str, ...]
    query: Mapping[str, str]
    body: Json

    def text(self) -> str:
        """Return the body of a note, which may be neither missing nor endless."""
        text = self.body.get("body")
        if text is None:
            raise ApiError(400, "body is missing", key="error")
        if not text.strip():
            raise ApiError(400, '400 Bad request - Note {:note=>["can\'t be blank"]}')
        if len(text) > LONGEST_BODY:
            most = f"is too long (maximum is {LONGEST_BODY} characters)"
            raise ApiError(400, f'400 Bad request - Note {{:note=>["{most}"]}}')
        return str(text)

    def need(self, role: int) -> None:
        """Refuse who has less than a role."""
        if self.token.user.role < role:
            raise ApiError(403, FORBIDDEN)


class Route(NamedTuple):
    """Which requests are meant, what is done, with which status; lists come in pages."""

    method: str
    path: str
    serve: Callable[[Asked], Json]
    status: int = 200
    is_open_to_jobs: bool = False


def user(asked: Asked) -> Json:
    if asked.token.scope == "job":
        raise ApiError(401, UNAUTHORIZED)
    return asked.token.user.shown()


def own_token(asked: Asked) -> Json:
    token = asked.token
    if token.scope == "job":
        raise ApiError(401, UNAUTHORIZED)
    return {
        "id": 1,
        "name": "ci",
        "active": True,
        "scopes": [token.scope],
        "expires_at": token.expires_at or None,
    }


def project(asked: Asked) -> Json:
    return {"id": asked.project.id, "path_with_namespace": asked.project.path}


def request(asked: Asked) -> Json:
    return asked.project.request()


def versions(asked: Asked) -> Json:
    """List the versions, newest first."""
    shown = []
    for number, each in enumerate(asked.project.versions, 1):
        refs = {f"{name.removesuffix('_sha')}_commit_sha": sha for name, sha in each.refs().items()}
        shown.append({"id": number, "merge_request_id": 1, "state": "collected", **refs})
    return shown[::-1]


def version(asked: Asked) -> Json:
    """Return one version with its diffs, hunk by hunk as the page shows them."""
    number = int(asked.named[-1])
    if number > len(asked.project.versions):
        raise ApiError(404, NOT_FOUND)
    found = asked.project.versions[number - 1]
    diffs = [
        {"old_path": each.old_path, "new_path": each.new_path, "diff": each.text}
        for each in files_of(found.diff)
    ]
    return {"id": number, "head_commit_sha": found.head, "diffs": diffs}


def discussions(asked: Asked) -> Json:
    return [each.shown() for each in asked.project.discussions]


def discussion(asked: Asked) -> Json:
    return _discussion(asked).shown()


def create_discussion(asked: Asked) -> Json:
    asked.need(REPORTER)
    text, position = asked.text(), asked.body.get("position")
    kept = None if position is None else checked(position, asked.project)
    return asked.project.open(asked.token.user, text, kept).shown()


def resolve(asked: Asked) -> Json:
    """Resolve or reopen: for developers and for the author of the request."""
    found = _discussion(asked)
    if found.is_individual:
        raise ApiError(403, FORBIDDEN)
    if asked.token.user != asked.project.author:
        asked.need(DEVELOPER)
    if "resolved" not in asked.body:
        raise ApiError(400, "resolved is missing", key="error")
    for note in found.notes:
        note.resolved_by = asked.token.user if asked.body["resolved"] else None
    return found.shown()


def reply(asked: Asked) -> Json:
    asked.need(REPORTER)
    return asked.project.reply(_discussion(asked), asked.token.user, asked.text()).shown()


def edit_reply(asked: Asked) -> Json:
    found = _discussion(asked)
    return _edited(asked, _note(found.notes, asked.named[-1]))


def delete_reply(asked: Asked) -> Json:
    return _deleted(asked, _note(_discussion(asked).notes, asked.named[-1]))


def notes(asked: Asked) -> Json:
    """List the notes, newest first unless asked otherwise."""
    shown = [note.shown() for note in asked.project.notes]
    return shown if asked.query.get("sort") == "asc" else shown[::-1]


def create_note(asked: Asked) -> Json:
    asked.need(REPORTER)
    text = asked.text()
    return asked.project.open(asked.token.user, text, is_individual=True).notes[0].shown()


def edit_note(asked: Asked) -> Json:
    return _edited(asked, _note(asked.project.notes, asked.named[-1]))


def delete_note(asked: Asked) -> Json:
    return _deleted(asked, _note(asked.project.notes, asked.named[-1]))


def member(asked: Asked) -> Json:
    for each in asked.project.members:
        if str(each.id) == asked.named[-1]:
            return each.shown() | {"access_level": each.role}
    raise ApiError(404, NOT_FOUND)


def one_user(asked: Asked) -> Json:
    for each in (asked.project.author, *asked.project.members):
        if str(each.id) == asked.named[-1]:
            return each.shown() | {"bot": each.is_bot}
    raise ApiError(404, "404 User Not Found")


def members(asked: Asked) -> Json:
    wanted = asked.query.get("query", "")
    found = (each for each in asked.project.members if wanted in each.username)
    return [each.shown() | {"access_level": each.role} for each in found]


def statuses(asked: Asked) -> Json:
    return [each for each in asked.project.statuses if each["sha"] == asked.named[-1]]


def create_status(asked: Asked) -> Json:
    """Set the status of a commit that a version has; one name stands once in a pipeline."""
    asked.need(DEVELOPER)
    sha, state = asked.named[-1], asked.body.get("state")
    if state not in _STATES:
        raise ApiError(400, "state does not have a valid value", key="error")
    if sha not in {*(version.head for version in asked.project.versions), *asked.project.merges}:
        raise ApiError(404, "404 Commit Not Found")
    if len(asked.body.get("description") or "") > LONGEST_DESCRIPTION:
        raise ApiError(400, "400 Bad request - description is too long (maximum is 255 characters)")
    name = asked.body.get("name") or asked.body.get("context") or "default"
    shown = {"sha": sha, "name": name, "pipeline_id": _pipeline(asked, sha)}
    known = [each for each in asked.project.statuses if shown.items() <= each.items()]
    if known and known[0]["status"] == state == "running":
        raise ApiError(400, "Cannot transition status via :run from :running")
    shown |= {"status": state, "description": asked.body.get("description")}
    asked.project.statuses = [each for each in asked.project.statuses if each not in known]
    asked.project.statuses.append(shown)
    return shown


def label_events(asked: Asked) -> Json:
    """List who set which label; of a name that is nobody's, no more is known."""
    return [
        {
            "id": number,
            "user": {"id": 5, "username": each.set_by} if each.set_by else None,
            "created_at": each.set_at(),
            "resource_type": "MergeRequest",
            "label": {"id": number, "name": each.name, "description": each.description},
            "action": "add",
        }
        for number, each in enumerate(asked.project.labels, 1)
    ]


def graphql(asked: Asked) -> Json:
    return execute(asked.project, asked.body)


def _pipeline(asked: Asked, sha: str) -> int:
    """Return the pipeline that a status is for: the one that is named, else another one for the commit."""
    named = asked.body.get("pipeline_id")
    if named is None:
        return asked.project.run(sha)
    if not str(named).isdigit() or asked.project.pipelines.get(int(named)) != sha:
        raise ApiError(404, "404 Pipeline Not Found")
    return int(named)


def _discussion(asked: Asked) -> Discussion:
    for each in asked.project.discussions:
        if each.id == asked.named[0]:
            return each
    raise ApiError(404, "404 Discussion Not Found")


def _note(notes: list[Note], wanted: str) -> Note:
    for each in notes:
        if str(each.id) == wanted:
            return each
    raise ApiError(404, "404 Note Not Found")


def _edited(asked: Asked, note: Note) -> Json:
    """Change what a note says: for its author and for maintainers."""
    _check_owner(asked, note)
    if "resolved" in asked.body:
        return resolve(asked)
    note.body, note.is_edited = asked.text(), True
    return note.shown()


def _deleted(asked: Asked, note: Note) -> Json:
    _check_owner(asked, note)
    asked.project.delete(note)


def _check_owner(asked: Asked, note: Note) -> None:
    if note.is_system or note.author != asked.token.user:
        asked.need(MAINTAINER)


GRAPHQL = "/api/graphql"
_REQUEST = "/projects/{project}/merge_requests/{iid}"
_ONE = f"{_REQUEST}/discussions/([0-9a-f]+)"

ROUTES = (
    Route("POST", GRAPHQL, graphql),
    Route("GET", "/user", user),
    Route("GET", "/personal_access_tokens/self", own_token),
    Route("GET", "/users/(\\d+)", one_user),
    Route("GET", "/projects/{project}", project, is_open_to_jobs=True),
    Route("GET", _REQUEST, request, is_open_to_jobs=True),
    Route("GET", f"{_REQUEST}/versions", versions, is_open_to_jobs=True),
    Route("GET", f"{_REQUEST}/versions/(\\d+)", version, is_open_to_jobs=True),
    Route("GET", f"{_REQUEST}/discussions", discussions, is_open_to_jobs=True),
    Route("POST", f"{_REQUEST}/discussions", create_discussion, 201),
    Route("GET", _ONE, discussion, is_open_to_jobs=True),
    Route("PUT", _ONE, resolve),
    Route("POST", f"{_ONE}/notes", reply, 201),
    Route("PUT", f"{_ONE}/notes/(\\d+)", edit_reply),
    Route("DELETE", f"{_ONE}/notes/(\\d+)", delete_reply, 204),
    Route("GET", f"{_REQUEST}/resource_label_events", label_events),
    Route("GET", f"{_REQUEST}/notes", notes, is_open_to_jobs=True),
    Route("POST", f"{_REQUEST}/notes", create_note, 201),
    Route("PUT", f"{_REQUEST}/notes/(\\d+)", edit_note),
    Route("DELETE", f"{_REQUEST}/notes/(\\d+)", delete_note, 204),
    Route("GET", "/projects/{project}/members/all", members),
    Route("GET", "/projects/{project}/members/all/(\\d+)", member),
    Route("GET", "/projects/{project}/repository/commits/([0-9a-f]+)/statuses", statuses),
    Route("POST", "/projects/{project}/statuses/([0-9a-f]+)", create_status, 201),
)


def is_this(project: Project, named: str) -> bool:
    """Tell whether a path names the project: by its number, or by its path as one encoded part."""
    return unquote(named) in (str(project.id), project.path)
