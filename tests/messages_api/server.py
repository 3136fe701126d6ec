"""Decides when the server lives: `MessagesApi` starts it, holds what it saw, and ends it cleanly."""

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from http.server import ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any, final

from tests.messages_api.batches import Batches
from tests.messages_api.faults import Fault, Faults
from tests.messages_api.handler import Handler
from tests.messages_api.log import Log, Record
from tests.messages_api.replies import Script
from tests.messages_api.service import Service, Settings
from tests.messages_api.tokens import THINKING_TOKENS

HOST = "127.0.0.1"
_POLL_S = 0.02


@final
class MessagesApi:
    """A Messages API on a local port, for as long as the `with` block lasts.

    `delay_s` is how long answers take, one number or one for each role; a streamed one sends its first
    event after `first_event_s` (with the answer if None), and then its prompt can be read from the cache.
    More than `max_concurrency` requests at once get 429, with `limit_retry_after_s` as a hint if set.
    `thinking_tokens` holds the tokens thought by effort. `clock` drives cache lifetimes and batches, and
    a batch takes `batch_s` of it. `on_record` is called with each record, one at a time.
    """

    def __init__(
        self,
        *,
        script: Script | None = None,
        faults: Iterable[Fault] = (),
        delay_s: float | Mapping[str, float] = 0.0,
        first_event_s: float | None = None,
        max_concurrency: int | None = None,
        limit_retry_after_s: float | None = None,
        thinking_tokens: Mapping[str, int] = THINKING_TOKENS,
        workspace_geo: str = "global",
        batch_s: float = 0.0,
        clock: Callable[[], float] = time.time,
        key: str = "test-key",
        port: int = 0,
        on_record: Callable[[Record], None] | None = None,
    ) -> None:
        self.script = script or Script()
        self.key = key
        self._port = port
        self._log = Log(on_record)
        self._service = Service(
            Settings(
                key=key,
                delay_s=delay_s,
                first_event_s=first_event_s,
                max_concurrency=max_concurrency,
                limit_retry_after_s=limit_retry_after_s,
                thinking=thinking_tokens,
                workspace_geo=workspace_geo,
                batch_s=batch_s,
                clock=clock,
            ),
            self.script,
            Faults(faults),
            self._log,
        )

    def __enter__(self) -> "MessagesApi":
        self._http = HttpServer((HOST, self._port), self._service)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(_POLL_S,), name="messages-api")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.stop()
        self._thread.join()
        if self._http.crashes and error is None:
            raise RuntimeError("the Messages API for tests is itself at fault") from self._http.crashes[0]

    @property
    def url(self) -> str:
        """What `ANTHROPIC_BASE_URL` is to be."""
        return self._http.url

    @property
    def log(self) -> tuple[Record, ...]:
        """All requests so far, in the order in which they arrived."""
        return self._log.records

    @property
    def calls(self) -> tuple[Record, ...]:
        """The requests for a message, those in batches included."""
        return tuple(
            record for record in self.log if record.route == "/v1/messages" or record.custom_id is not None
        )

    @property
    def bill_usd(self) -> Decimal:
        """What all of it costs."""
        return sum((record.cost_usd for record in self.log), Decimal(0))

    @property
    def peak_in_flight(self) -> int:
        """The most requests for a message that were being answered at once."""
        return self._service.peak_in_flight


class HttpServer(ThreadingHTTPServer):
    """The sockets. `crashes` are errors of the server's own, which no client may pass over."""

    daemon_threads = False
    request_queue_size = 1024

    def __init__(self, address: tuple[str, int], service: Service) -> None:
        self.service = service
        self.batches = Batches(service)
        self.closing = threading.Event()
        self.crashes: list[BaseException] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        super().__init__(address, Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.server_address[1]}"

    def server_bind(self) -> None:
        """Bind without asking the network for this machine's name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:  # Any: as in socketserver
        """Serve a connection in a thread of its own."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def close_request(self, request: Any) -> None:  # Any: as in socketserver
        """Close a connection."""
        with self._lock:
            self._open.discard(request)
        super().close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # Any: as in socketserver
        """Keep what went wrong here; a connection that broke is none of that."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, ConnectionError):
            self.crashes.append(error)

    def stop(self) -> None:
        """End the loop, wake every thread that waits for its client, and see them out."""
        self.shutdown()
        self.closing.set()
        with self._lock:
            still_open = list(self._open)
        for connection in still_open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
