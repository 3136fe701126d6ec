"""Decides how a request reaches the merge request: tokens, scopes, routes, pages."""

import json
import re
from collections.abc import Iterable
from typing import final
from urllib.parse import urlencode

from tests.gitlab_api.errors import NOT_FOUND, UNAUTHORIZED, ApiError
from tests.gitlab_api.project import Json, Project, Token
from tests.gitlab_api.routes import GRAPHQL, ROUTES, Asked, Route, is_this
from tests.local_forge import Answer, Fault, Incoming, LocalForge, Logged

ROOT = "/api/v4"
PER_PAGE, MOST_PER_PAGE = 20, 100


@final
class GitLabApi(LocalForge):
    """A GitLab on a local port."""

    def __init__(self, project: Project, *, faults: Iterable[Fault] = (), delay_s: float = 0.0) -> None:
        super().__init__(faults=faults, delay_s=delay_s)
        self.project = project

    @property
    def url(self) -> str:
        """What `CI_API_V4_URL` is to be."""
        return f"{self.address}{ROOT}"

    def environ(self, **more: str) -> dict[str, str]:
        return {"CI_API_V4_URL": self.url, "CHARGEHAND_GITLAB_TOKEN": self.project.tokens[0].secret, **more}

    @property
    def writes(self) -> list[Logged]:
        """The requests that change something."""
        return [each for each in self.log if each.method != "GET"]

    def path(self, incoming: Incoming) -> str:
        return incoming.path.removeprefix(ROOT)

    def answer(self, incoming: Incoming) -> Answer:
        try:
            token = self._token(incoming)
            route, named = self._route(incoming)
            _check_scope(token, route)
            body = _parsed(incoming.raw) | _booleans(incoming.query)
            value = route.serve(Asked(self.project, token, named, incoming.query, body))
        except ApiError as error:
            return Answer(error.status, _json({error.key: error.text}))
        if isinstance(value, list):
            page, headers = self._page(value, incoming)
            return Answer(route.status, _json(page), headers)
        return Answer(route.status, b"" if value is None else _json(value))

    def _token(self, incoming: Incoming) -> Token:
        bearer = incoming.headers.get("authorization", "").removeprefix("Bearer ")
        own = incoming.headers.get("private-token") or bearer
        job = incoming.headers.get("job-token")
        for each in self.project.tokens:
            if each.secret == (job if each.scope == "job" else own):
                return each
        raise ApiError(401, UNAUTHORIZED)

    def _route(self, incoming: Incoming) -> tuple[Route, tuple[str, ...]]:
        is_known = False
        for route in ROUTES:
            pattern = route.path.format(project="([^/]+)", iid=self.project.iid)
            match = re.fullmatch(pattern, self.path(incoming))
            if match is None:
                continue
            is_project = route.path.startswith("/projects/")
            if is_project and not is_this(self.project, match[1]):
                raise ApiError(404, "404 Project Not Found")
            is_known = True
            if route.method == incoming.method:
                return route, match.groups()[is_project:]
        raise ApiError(405, "405 Not Allowed", key="error") if is_known else ApiError(404, NOT_FOUND)

    def _page(self, rows: list[Json], incoming: Incoming) -> tuple[list[Json], dict[str, str]]:
        """Return one page, and the headers that say which others there are.

        What the token may not see is left out of the page afterwards, as GitLab does it.
        """
        size = min(int(incoming.query.get("per_page", PER_PAGE)), MOST_PER_PAGE)
        number, last = int(incoming.query.get("page", 1)), max(1, -(-len(rows) // size))
        headers = {
            "X-Page": str(number),
            "X-Per-Page": str(size),
            "X-Total": str(len(rows)),
            "X-Total-Pages": str(last),
            "X-Next-Page": str(number + 1) if number < last else "",
        }
        if number < last:
            following = urlencode(incoming.query | {"page": number + 1, "per_page": size})
            headers["Link"] = f'<{self.url}{self.path(incoming)}?{following}>; rel="next"'
        page = rows[(number - 1) * size : number * size]
        return [each for each in page if each is not None], headers


def _check_scope(token: Token, route: Route) -> None:
    """Refuse what a token's scope does not cover; a job's token reads a little, and is nobody elsewhere."""
    if token.scope == "job" and not route.is_open_to_jobs:
        raise ApiError(401, UNAUTHORIZED)
    if token.scope == "read_api" and route.method != "GET" and route.path != GRAPHQL:
        raise ApiError(403, "insufficient_scope", key="error")


def _parsed(raw: bytes) -> Json:
    if not raw:
        return {}
    try:
        return json.loads(raw)
    except ValueError:
        raise ApiError(400, "400 Bad request - the body is not JSON") from None


def _booleans(query: dict[str, str]) -> dict[str, bool]:
    """Return what a PUT may say in its address."""
    return {"resolved": query["resolved"].lower() == "true"} if "resolved" in query else {}


def _json(value: Json) -> bytes:
    return json.dumps(value).encode()
