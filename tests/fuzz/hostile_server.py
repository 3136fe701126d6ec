"""What a hostile server is for the fuzzer: whatever it is asked, it sends bytes, and hangs up."""

import socket
from contextlib import closing, suppress
from functools import cache
from threading import Thread

from chargehand.core.errors import ModelError
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role
from chargehand.llm.provider.claude import Claude
from chargehand.pipeline.answers import WorkerAnswer

PROMPT = Prompt(
    role=Role.WORKER,
    task="security-1",
    lens="security",
    model="claude-haiku-5-5",
    instructions="Review.",
    material="x = 1",
    question="What is wrong?",
    answer=WorkerAnswer,
    max_tokens=100,
)
_TIMEOUT_S = 2.0
_KEY = "a-key-that-is-none"


class HangsUp:
    """A server on a local port that answers every request with the same bytes."""

    def __init__(self) -> None:
        self.answer = b""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            with closing(connection), suppress(OSError):
                connection.settimeout(_TIMEOUT_S)
                _read_request(connection)
                connection.sendall(self.answer)


@cache
def server() -> HangsUp:
    """Return the server, which lives as long as the process."""
    return HangsUp()


def ask(answer: bytes) -> None:
    """Ask what answers with these bytes: for a reply as a whole, and as a stream."""
    server().answer = answer
    for streams in (False, True):
        with Claude(_TIMEOUT_S, api_key=_KEY, base_url=server().url) as claude, suppress(ModelError):
            claude.ask(PROMPT.evolve(on_begin=(lambda _served: None) if streams else None))


def _read_request(connection: socket.socket) -> None:
    request = b""
    while b"\r\n\r\n" not in request and (piece := connection.recv(65_536)):
        request += piece
    head, _, body = request.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
    )
    while len(body) < length and (piece := connection.recv(65_536)):
        body += piece
