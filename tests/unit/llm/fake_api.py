"""A server on 127.0.0.1 that answers every request with the next scripted bytes."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

Json = dict[str, Any]  # Any: JSON off the wire


class Answer(NamedTuple):
    """What to send; with a `length` beyond the body's own, the connection drops half-way."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}
    length: int | None = None
    delay_s: float = 0.0


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, answers: list[Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self.requests: list[Json] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = (
        True  # head and body are written apart: the second would wait for an acknowledgement
    )
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.requests.append(json.loads(body))
        self.server.paths.append(self.path)
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        answer = self.server.answers.pop(0)
        self.server.closing.wait(answer.delay_s)
        self.send_response(answer.status)
        for name, value in {"content-type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(answer.length or len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        if answer.length:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's name
        pass


@contextmanager
def serving(*answers: Answer) -> Iterator[Server]:
    server = Server(list(answers))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()


def message(text: str = '{"claims":[]}', **changes: object) -> Answer:
    usual: Json = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-5-5",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 100, "output_tokens": 10},
    }
    return Answer(body=json.dumps({**usual, **changes}).encode(), headers={"request-id": "req_9"})


def error(status: int, words: str = "no", code: str | None = None, **headers: str) -> Answer:
    told: Json = {"type": "some_error", "message": words}
    if code:
        told["details"] = {"error_code": code}
    body = json.dumps({"type": "error", "error": told}).encode()
    return Answer(
        status, body, {"request-id": "req_9", **{k.replace("_", "-"): v for k, v in headers.items()}}
    )
