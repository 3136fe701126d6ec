"""How requests come in and answers go out: one at a time, with faults, delays and a log."""

import json
import re
import socket
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from tests.local_forge.faults import Fault, Faults

if TYPE_CHECKING:
    from typing_extensions import Self  # typing has it from Python 3.11 on

Json = Any  # JSON
HOST = "127.0.0.1"
_POLL_S = 0.02


class Incoming(NamedTuple):
    """A request, with the path as the client wrote it, and names of headers in small letters."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    raw: bytes


class Answer(NamedTuple):
    """What goes out; status 0 cuts the connection, and what `is_dripping` never ends by itself."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}
    is_dripping: bool = False


class Logged(NamedTuple):
    """A request that was answered; status 0 is a connection that was cut."""

    method: str
    path: str
    status: int
    body: Json


class LocalForge(ABC):
    """A forge on a local port, for as long as the `with` block lasts.

    `delay_s` is how long each answer takes. `before` has a method, a pattern and what is done once, ahead of
    the first request that they fit, with no lock held: another run may happen in it.
    """

    def __init__(self, *, faults: Iterable[Fault] = (), delay_s: float = 0.0) -> None:
        self.faults = Faults(list(faults))
        self.delay_s = delay_s
        self.before: tuple[str, str, Callable[[], object]] | None = None
        self.log: list[Logged] = []
        self.lock = threading.Lock()

    @abstractmethod
    def answer(self, incoming: Incoming) -> Answer:
        """Do what is asked."""

    @abstractmethod
    def environ(self, **more: str) -> dict[str, str]:
        """Return the variables by which a job speaks to it, with `more` of the job's own."""

    def path(self, incoming: Incoming) -> str:
        """Return the path by which the log knows a request."""
        return incoming.path

    def subject(self, incoming: Incoming) -> str:
        """Return the text in which the patterns of faults and of `before` are looked for."""
        return self.path(incoming)

    def __enter__(self) -> "Self":
        self._http = _Server((HOST, 0), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(_POLL_S,), name="local-forge")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.is_over.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self._http.server_address[1]}"

    def handle(self, incoming: Incoming) -> Answer:
        """Answer a request, or fail as planned."""
        time.sleep(self.delay_s)
        self._meet(incoming)
        with self.lock:
            fault = self.faults.strike(incoming.method, self.subject(incoming))
            is_done = fault is None or fault.is_done
            done = self.answer(incoming) if is_done else None
            answer = _failed(fault) if fault else done
            assert answer
            self.log.append(Logged(incoming.method, self.path(incoming), answer.status, parsed(incoming.raw)))
        return answer

    def _meet(self, incoming: Incoming) -> None:
        if self.before is None:
            return
        method, pattern, action = self.before
        if method == incoming.method and re.search(pattern, self.subject(incoming)):
            self.before = None
            action()


def parsed(raw: bytes) -> Json:
    """Return a body, {} if it is no JSON."""
    try:
        return json.loads(raw or b"{}")
    except ValueError:
        return {}


def _failed(fault: Fault) -> Answer:
    """Return what a limit or a proxy says: no JSON."""
    headers = {"Content-Type": "text/plain"}
    if fault.location:
        headers["Location"] = fault.location
    if fault.retry_after_s is not None:
        headers["Retry-After"] = f"{fault.retry_after_s:g}"
    return Answer(fault.status, fault.text.encode(), headers, fault.is_dripping)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], forge: LocalForge) -> None:
        self.forge = forge
        self.is_over = threading.Event()
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
        address = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("content-length", "0")))
        query = dict(parse_qsl(address.query))
        headers = {name.lower(): value for name, value in self.headers.items()}
        incoming = Incoming(self.command, address.path, query, headers, raw)
        self._send(self.server.forge.handle(incoming))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815  # their names in http.server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in http.server
        """Say nothing."""

    def _send(self, answer: Answer) -> None:
        if answer.status == 0:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        if answer.is_dripping:
            self.end_headers()
            self._drip()
            return
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()

    def _drip(self) -> None:
        """Send blanks, which JSON may begin with, until the client has gone or the server ends."""
        self.close_connection = True
        try:
            while not self.server.is_over.wait(_POLL_S):
                self.wfile.write(b" ")
                self.wfile.flush()
        except OSError:
            return
