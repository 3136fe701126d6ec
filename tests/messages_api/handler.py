"""Decides how requests come in and answers go out: routes, keys, HTTP, events, and connections that fail."""

import contextlib
import re
import socket
import struct
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.messages_api import batches, catalogue
from tests.messages_api.faults import FaultKind
from tests.messages_api.options import schema_of
from tests.messages_api.prompt import blocks_of
from tests.messages_api.request import read_request
from tests.messages_api.service import Exchange, Turn
from tests.messages_api.streaming import event, events_of
from tests.messages_api.tokens import prefix_tokens
from tests.messages_api.validation import check_count, check_create
from tests.messages_api.wire import ApiError, BadRequest, Json, compact, parse

if TYPE_CHECKING:
    from tests.messages_api.server import HttpServer

MAX_BODY_BYTES = 32 * 1024 * 1024
MAX_BATCH_BYTES = 256 * 1024 * 1024
_CHUNK_BYTES = 1 << 20
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive until either side goes."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: "HttpServer"

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve()

    def version_string(self) -> str:
        """Return what the Server header says."""
        return "messages-api-for-tests"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in http.server
        """Say nothing."""

    def finish(self) -> None:
        """Close both directions, the second also where the first holds bytes for a client that went."""
        for each in (self.wfile, self.rfile):
            with contextlib.suppress(OSError):
                each.close()

    def _serve(self) -> None:
        path = urlsplit(self.path).path
        exchange = self.server.service.open(path)
        try:
            exchange.raw = self._read_body(path)
            if path != _TOKENS:
                self._check_headers()
            self._route(path, exchange)
        except ApiError as error:
            body = compact(error.body(exchange.request_id)).encode()
            self._send(error.status, body, exchange, headers=error.headers)
        except ConnectionError:
            exchange.end(None)
            raise
        finally:
            exchange.release_slot()

    def _read_body(self, path: str) -> bytes:
        """Return the whole body; one that is too large is read too, so that the client gets to hear of it."""
        stated = self.headers.get("content-length", "0" if self.command == "GET" else None)
        if stated is None or not stated.isdecimal():
            self.close_connection = True
            raise ApiError(411, "Content-Length: header is required")
        length = int(stated)
        if length > (MAX_BATCH_BYTES if path == batches.ROUTE else MAX_BODY_BYTES):
            while length > 0:
                length -= len(self._read(min(length, _CHUNK_BYTES)))
            raise ApiError(413, "Request exceeds the maximum allowed number of bytes.")
        return self._read(length)

    def _read(self, length: int) -> bytes:
        raw = self.rfile.read(length)
        if len(raw) < length:
            raise ConnectionAbortedError("the client went before it had sent its request")
        return raw

    def _check_headers(self) -> None:
        key = self.headers.get("x-api-key") or self.headers.get("authorization", "").removeprefix("Bearer ")
        if not key:
            raise ApiError(401, "x-api-key header is required")
        if key != self.server.service.settings.key:
            raise ApiError(401, "invalid x-api-key")
        if not self.headers.get("anthropic-version"):
            raise BadRequest("anthropic-version: header is required")

    def _route(self, path: str, exchange: Exchange) -> None:
        for command, pattern, serve in _ROUTES:
            match = re.fullmatch(pattern, path)
            if match and command == self.command:
                serve(self, exchange, *match.groups())
                return
        raise ApiError(404, "Not found")

    def _create(self, exchange: Exchange) -> None:
        body = parse(exchange.raw)
        request = read_request(body, check_create(body), self._workspace())
        exchange.note(model=request.spec.id, role=request.role, lens=request.lens)
        exchange.take_slot()
        turn = self.server.service.answer(exchange, request)
        if turn.is_struck_by(FaultKind.TIMEOUT) or turn.is_struck_by(FaultKind.RESET_BEFORE):
            self._fall_silent(turn, exchange)
        self._pause(turn.first_event_s)
        self.server.service.cache.publish(turn.share)
        if request.is_stream:
            self._stream(turn, exchange)
        else:
            self._pause(turn.delay_s - turn.first_event_s)
            self._send_message(turn, exchange)

    def _count(self, exchange: Exchange) -> None:
        body = parse(exchange.raw)
        spec = check_count(body)
        exchange.note(model=spec.id)
        total = prefix_tokens(spec, blocks_of(body), schema_of(body))[-1]
        self._send_json({"input_tokens": total}, exchange)

    def _token(self, exchange: Exchange) -> None:
        """Give the key, for ten minutes, to the workload that shows its identity."""
        asked, settings = parse(exchange.raw), self.server.service.settings
        if asked.get("assertion") != settings.identity or not asked.get("federation_rule_id"):
            raise ApiError(401, "invalid_grant")
        self._send_json({"access_token": settings.key, "token_type": "Bearer", "expires_in": 600}, exchange)

    def _models(self, exchange: Exchange) -> None:
        self._send_json(catalogue.model_list(), exchange)

    def _model(self, exchange: Exchange, model_id: str) -> None:
        self._send_json(catalogue.model_info(model_id), exchange)

    def _create_batch(self, exchange: Exchange) -> None:
        self._send_json(self.server.batches.create(parse(exchange.raw), self._workspace()), exchange)

    def _batch(self, exchange: Exchange, batch_id: str) -> None:
        self._send_json(self.server.batches.retrieve(batch_id, self.server.url), exchange)

    def _cancel_batch(self, exchange: Exchange, batch_id: str) -> None:
        self._send_json(self.server.batches.cancel(batch_id, self.server.url), exchange)

    def _batch_results(self, exchange: Exchange, batch_id: str) -> None:
        lines = self.server.batches.results(batch_id)
        self._send(200, lines, exchange, content_type="application/x-jsonl")

    def _workspace(self) -> str:
        return str(self.headers.get("anthropic-workspace-id", "default"))

    def _fall_silent(self, turn: Turn, exchange: Exchange) -> None:
        """Work on the request, say nothing, and be gone."""
        exchange.write_down(None)
        self.server.service.cache.publish(turn.share)
        is_hanging = turn.fault is not None and turn.is_struck_by(FaultKind.TIMEOUT)
        self._pause(turn.fault.hang_s if turn.fault and is_hanging else turn.delay_s)
        self._reset(exchange)

    def _send_message(self, turn: Turn, exchange: Exchange) -> None:
        body = compact(turn.answer.message).encode()
        if turn.is_struck_by(FaultKind.RESET_MID):
            self._head(200, exchange, {"content-type": "application/json", "content-length": str(len(body))})
            self.wfile.write(body[: len(body) // 2])
            self._reset(exchange)
        self._send(200, body, exchange)

    def _stream(self, turn: Turn, exchange: Exchange) -> None:
        first, others = events_of(turn.answer.message)
        self._head(200, exchange, {"content-type": "text/event-stream", "transfer-encoding": "chunked"})
        self._send_events(first)
        self._pause(turn.delay_s - turn.first_event_s)
        if turn.is_struck_by(FaultKind.RESET_MID):
            self._send_events(*others[: len(others) // 2])
            self._reset(exchange)
        if turn.is_struck_by(FaultKind.STREAM_ERROR):
            error = ApiError(529, "Overloaded").body(exchange.request_id)["error"]
            others = [*others[: len(others) // 2], event("error", error=error)]
        self._send_events(*others[:-1])
        exchange.end(200)
        self._send_events(others[-1], b"")

    def _send_events(self, *events: bytes) -> None:
        """Send each event as a chunk; the empty one ends the body."""
        for each in events:
            self.wfile.write(f"{len(each):x}\r\n".encode() + each + b"\r\n")
        self.wfile.flush()

    def _send_json(self, value: Json, exchange: Exchange) -> None:
        self._send(200, compact(value).encode(), exchange)

    def _send(
        self,
        status: int,
        body: bytes,
        exchange: Exchange,
        *,
        headers: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> None:
        exchange.end(status)
        fixed = {"content-type": content_type, "content-length": str(len(body))}
        self._head(status, exchange, {**fixed, **(headers or {})})
        self.wfile.write(body)
        self.wfile.flush()

    def _head(self, status: int, exchange: Exchange, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        known = {"request-id": exchange.request_id, "anthropic-organization-id": "org-for-tests"}
        for name, value in {**headers, **known, **self.server.service.rate_limit_headers()}.items():
            self.send_header(name, value)
        self.end_headers()

    def _pause(self, seconds: float) -> None:
        """Wait; raise `ConnectionAbortedError` as soon as the client, or this server, goes."""
        if seconds <= 0:
            return
        end = time.monotonic() + seconds
        self.connection.settimeout(seconds)
        try:
            if self.connection.recv(1, socket.MSG_PEEK) == b"":
                raise ConnectionAbortedError("the client went before it had its answer")
        except TimeoutError:
            return
        finally:
            self.connection.settimeout(None)
        if self.server.closing.wait(max(end - time.monotonic(), 0)):
            raise ConnectionAbortedError("the server closes")

    def _reset(self, exchange: Exchange) -> None:
        """Break the connection so that the client sees a reset."""
        self.wfile.flush()
        exchange.end(None)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        for each in (self.wfile, self.rfile, self.connection):
            each.close()
        raise ConnectionAbortedError("the connection was broken on purpose")


# Each takes the handler, the exchange, and the groups of its pattern.
_Serve = Callable[..., None]
_BATCH = rf"{batches.ROUTE}/([^/]+)"
_TOKENS = "/v1/oauth/token"
_ROUTES: tuple[tuple[str, str, _Serve], ...] = (
    ("POST", r"/v1/messages", Handler._create),
    ("POST", r"/v1/messages/count_tokens", Handler._count),
    ("POST", _TOKENS, Handler._token),
    ("GET", r"/v1/models", Handler._models),
    ("GET", r"/v1/models/([^/]+)", Handler._model),
    ("POST", batches.ROUTE, Handler._create_batch),
    ("GET", _BATCH, Handler._batch),
    ("POST", f"{_BATCH}/cancel", Handler._cancel_batch),
    ("GET", f"{_BATCH}/results", Handler._batch_results),
)
