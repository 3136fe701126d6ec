"""Decides how requests come in and answers go out: tokens, scopes, pages, limits, faults, and a log."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import NamedTuple, final
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.gitlab_api.errors import NOT_FOUND, UNAUTHORIZED, ApiError
from tests.gitlab_api.faults import Fault, Faults
from tests.gitlab_api.project import Json, Project, Token
from tests.gitlab_api.routes import ROUTES, Asked, Route, is_this

HOST = "127.0.0.1"
ROOT = "/api/v4"
PER_PAGE, MOST_PER_PAGE = 20, 100
_POLL_S = 0.02


class Logged(NamedTuple):
    """A request that was answered; status 0 is a connection that was cut."""

    method: str
    path: str
    status: int


@final
class GitLabApi:
    """A GitLab on a local port, for as long as the `with` block lasts; `delay_s` is how long answers take."""

    def __init__(self, project: Project, *, faults: Iterable[Fault] = (), delay_s: float = 0.0) -> None:
        self.project = project
        self.faults = Faults(list(faults))
        self.delay_s = delay_s
        self.log: list[Logged] = []
        # What happens before a request whose path holds the word: once, while it is not served yet.
        self.before: tuple[str, str, Callable[[], object]] | None = None
        self.lock = threading.Lock()

    def __enter__(self) -> "GitLabApi":
        self._http = _Server((HOST, 0), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(_POLL_S,), name="gitlab-api")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """What `CI_API_V4_URL` is to be."""
        return f"http://{HOST}:{self._http.server_address[1]}{ROOT}"

    @property
    def writes(self) -> list[Logged]:
        """The requests that change something."""
        return [each for each in self.log if each.method != "GET"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], api: GitLabApi) -> None:
        self.api = api
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without asking the network for this machine's name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes
    headers: dict[str, str]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in http.server
        """Say nothing."""

    def _serve(self) -> None:
        api, path = self.server.api, urlsplit(self.path).path
        raw = self.rfile.read(int(self.headers.get("content-length", "0")))
        time.sleep(api.delay_s)
        if api.before and api.before[0] == self.command and api.before[1] in path:
            (*_, happen), api.before = api.before, None
            happen()
        with api.lock:
            fault = api.faults.strike(self.command, path)
            answer = _failed(fault) if fault else None
            if fault is None or fault.is_done:
                done = self._answer(path.removeprefix(ROOT), raw)
                answer = answer or done
            assert answer is not None
            api.log.append(Logged(self.command, path.removeprefix(ROOT), answer.status))
        if answer.status == 0:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self._send(answer)

    def _answer(self, path: str, raw: bytes) -> _Answer:
        try:
            token = self._token()
            route, named = self._route(path)
            _check_scope(token, route)
            query = dict(parse_qsl(urlsplit(self.path).query))
            asked = Asked(self.server.api.project, token, named, query, _parsed(raw) | _booleans(query))
            value = route.serve(asked)
        except ApiError as error:
            return _Answer(error.status, _json({error.key: error.text}), {})
        if isinstance(value, list):
            page, headers = self._page(value, query)
            return _Answer(route.status, _json(page), headers)
        return _Answer(route.status, b"" if value is None else _json(value), {})

    def _token(self) -> Token:
        bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
        own = self.headers.get("private-token") or bearer
        job = self.headers.get("job-token")
        for each in self.server.api.project.tokens:
            if each.secret == (job if each.scope == "job" else own):
                return each
        raise ApiError(401, UNAUTHORIZED)

    def _route(self, path: str) -> tuple[Route, tuple[str, ...]]:
        project, is_known = self.server.api.project, False
        for route in ROUTES:
            pattern = route.path.format(project="([^/]+)", iid=project.iid)
            match = re.fullmatch(pattern, path)
            if match is None:
                continue
            is_project = route.path.startswith("/projects/")
            if is_project and not is_this(project, match[1]):
                raise ApiError(404, "404 Project Not Found")
            is_known = True
            if route.method == self.command:
                return route, match.groups()[is_project:]
        raise ApiError(405, "405 Not Allowed", key="error") if is_known else ApiError(404, NOT_FOUND)

    def _page(self, rows: list[Json], query: dict[str, str]) -> tuple[list[Json], dict[str, str]]:
        """Return one page, and the headers that say which others there are."""
        size = min(int(query.get("per_page", PER_PAGE)), MOST_PER_PAGE)
        number, last = int(query.get("page", 1)), max(1, -(-len(rows) // size))
        here = f"{self.server.api.url}{urlsplit(self.path).path.removeprefix(ROOT)}"
        headers = {
            "X-Page": str(number),
            "X-Per-Page": str(size),
            "X-Total": str(len(rows)),
            "X-Total-Pages": str(last),
            "X-Next-Page": str(number + 1) if number < last else "",
        }
        if number < last:
            following = urlencode(query | {"page": number + 1, "per_page": size})
            headers["Link"] = f'<{here}?{following}>; rel="next"'
        return rows[(number - 1) * size : number * size], headers

    def _send(self, answer: _Answer) -> None:
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()


def _failed(fault: Fault) -> _Answer:
    """Return what a limit or a proxy says: no JSON."""
    headers = {"Content-Type": "text/plain"}
    if fault.location:
        headers["Location"] = fault.location
    if fault.retry_after_s is not None:
        headers["Retry-After"] = f"{fault.retry_after_s:g}"
    return _Answer(fault.status, fault.text.encode(), headers)


def _check_scope(token: Token, route: Route) -> None:
    """Refuse what a token's scope does not cover; a job's token reads a little, and is nobody elsewhere."""
    if token.scope == "job" and not route.is_open_to_jobs:
        raise ApiError(401, UNAUTHORIZED)
    if token.scope == "read_api" and route.method != "GET":
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
