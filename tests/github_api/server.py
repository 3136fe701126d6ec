"""How requests come in and answers go out: tokens, faults, delays, and a log."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import NamedTuple, final
from urllib.parse import unquote, urlsplit

from tests.github_api.pull_request import Json, PullRequest
from tests.github_api.rest import serve
from tests.gitlab_api.faults import Fault, Faults

HOST = "127.0.0.1"
_POLL_S = 0.02


class Logged(NamedTuple):
    """A request that was answered; status 0 is a connection that was cut."""

    method: str
    path: str
    status: int
    body: Json


@final
class GitHubApi:
    """A GitHub on a local port, for as long as the `with` block lasts.

    `delay_s` is how long each answer takes. `before` is done once, ahead of the first request whose path it
    names, with no lock held: another run may happen in it.
    """

    def __init__(
        self,
        pull: PullRequest,
        *,
        faults: Iterable[Fault] = (),
        delay_s: float = 0.0,
        before: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        self.pull = pull
        self.faults = Faults(list(faults))
        self.delay_s = delay_s
        self.before = before
        self.log: list[Logged] = []
        self.lock = threading.Lock()

    def __enter__(self) -> "GitHubApi":
        self._http = _Server((HOST, 0), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(_POLL_S,), name="github-api")
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
        """What `GITHUB_API_URL` is to be."""
        return f"http://{HOST}:{self._http.server_address[1]}"

    def environ(self, **more: str) -> dict[str, str]:
        """Return the variables of a job about the pull request."""
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": self.pull.repository,
            "GITHUB_API_URL": self.url,
            "GITHUB_TOKEN": self.pull.tokens[0].secret,
            **more,
        }

    def sent(self, path: str) -> list[Logged]:
        """Return the requests whose path, or GraphQL document, holds `path`."""
        return [each for each in self.log if path in each.path or path in str(each.body.get("query", ""))]

    def meets(self, path: str) -> None:
        """Do what is to be done before the request."""
        if self.before and re.search(self.before[0], path):
            action, self.before = self.before[1], None
            action()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], api: GitHubApi) -> None:
        self.api = api
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without asking the network for this machine's name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in http.server
        """Say nothing."""

    def _serve(self) -> None:
        api, path = self.server.api, unquote(urlsplit(self.path).path)
        path = re.sub(r"^/api(/v3)?(?=/)", "", path)  # where GitHub Enterprise has it
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", "0"))) or "{}")
        time.sleep(api.delay_s)
        what = f"{path} {body['query']}" if "query" in body else path
        api.meets(what)
        with api.lock:
            fault = api.faults.strike(self.command, what)
            status, answer = self._answer(path, body) if fault is None or fault.is_done else (0, {})
            status = fault.status if fault else status
            api.log.append(Logged(self.command, path, status, body))
        if status == 0:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self._send(status, fault.text.encode() if fault else json.dumps(answer).encode(), fault)

    def _answer(self, path: str, body: Json) -> tuple[int, Json]:
        secret = self.headers.get("authorization", "").partition(" ")[2]
        token = next((each for each in self.server.api.pull.tokens if each.secret == secret), None)
        if token is None:
            return 401, {"message": "Bad credentials"}
        return serve(self.server.api.pull, token, self.command, path, body)

    def _send(self, status: int, body: bytes, fault: Fault | None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        if fault and fault.retry_after_s is not None:
            self.send_header("Retry-After", f"{fault.retry_after_s:g}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
