"""Amazon Bedrock, Google Vertex AI and Microsoft Foundry on a local port: addresses, signatures, streams.

What is signed as the cloud asks for is passed on to a `MessagesApi`, which answers. The signatures are
checked by code of our own, written from what the clouds document.
"""

import base64
import hashlib
import hmac
import json
import re
import struct
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import cache
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from typing_extensions import Self

from chargehand.core.models import plain_id
from tests.messages_api import MessagesApi

ACCESS_KEY, SECRET_KEY, REGION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-central-1"
BEARER, FOUNDRY_KEY, GOOGLE_TOKEN = "bearer-of-bedrock-1", "key-of-foundry-123", "token-of-google-12"
ENTRA_TOKEN, IDENTITY_SECRET = "token-of-entra-1234", "header-of-a-managed-identity"
PROJECT = "some-project"
_BEDROCK = re.compile(r"/model/(?P<model>[^/]+)/invoke(?P<stream>-with-response-stream)?")
_VERTEX = re.compile(
    rf"/v1/projects/{PROJECT}/locations/{REGION}/publishers/anthropic/models/(?P<model>[^/:]+):(?P<kind>\w+)"
)


class CloudServer(ThreadingHTTPServer):
    """All clouds at one address, Anthropic's own among them; `seen` are the paths that were asked for."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, api: MessagesApi, public_key: Any = None) -> None:  # Any: cryptography's
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api
        self.public_key = public_key
        self.seen: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:  # Any: as socketserver has it
        """Say nothing of a line that broke, which the test wanted."""

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self.server_close()


def google_account(folder: Path, server_url: str) -> tuple[Path, Any]:  # Any: as above
    """Write the file of a service account whose tokens the server gives; return it and its public key."""
    pem, public_key = _key_pair(folder.name == "other")
    account = {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key": pem,
        "private_key_id": "1",
        "client_email": "reviewer@example.org",
        "token_uri": f"{server_url}/token",
    }
    folder.mkdir(exist_ok=True)
    path = folder / "account.json"
    path.write_text(json.dumps(account))
    return path, public_key


@cache
def _key_pair(is_other: bool) -> tuple[str, Any]:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - an extra

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode(), key.public_key()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: CloudServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in http.server
        """Say nothing."""

    def do_GET(self) -> None:
        """Give a token to who knows the secret of this machine's identity, as Azure's app service does."""
        asked = parse_qs(urlsplit(self.path).query)
        is_right = asked.get("resource") == ["https://cognitiveservices.azure.com"]
        if not is_right or self.headers["x-identity-header"] != IDENTITY_SECRET:
            self._send(401, b'{"message": "no identity"}')
            return
        token = {"access_token": ENTRA_TOKEN, "expires_on": str(2**32), "token_type": "Bearer"}
        self._send(200, json.dumps(token | {"resource": asked["resource"][0]}).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append(self.path)
        path = urlsplit(self.path).path
        if path == "/token":
            self._give_token(body)
        elif match := _BEDROCK.fullmatch(path):
            is_signed = self._is_bearer(BEARER) or self._is_signed_for_aws(body)
            self._answer(body, is_signed, model=match["model"], stream=bool(match["stream"]), frames=True)
        elif match := _VERTEX.fullmatch(path):
            self._answer(body, self._is_bearer(GOOGLE_TOKEN), model=match["model"], kind=match["kind"])
        elif path in ("/v1/messages", "/v1/messages/count_tokens"):
            self._answer(body, self._is_bearer(self.server.api.key), route=path)
        elif path in ("/anthropic/v1/messages", "/anthropic/v1/messages/count_tokens"):
            has_key = self.headers["x-api-key"] == self.headers["api-key"] == FOUNDRY_KEY
            is_signed = has_key or self._is_bearer(ENTRA_TOKEN)
            self._answer(body, is_signed, route=path.removeprefix("/anthropic"))
        else:
            self._send(404, b'{"message": "no such route"}')

    def _answer(
        self,
        body: bytes,
        is_signed: bool,
        *,
        route: str = "/v1/messages",
        kind: str = "",
        frames: bool = False,
        **told: Any,  # Any: JSON
    ) -> None:
        if not is_signed:
            self._send(403, b'{"message": "The signature does not match."}')
            return
        asked = json.loads(body)
        if kind or frames:
            assert asked.pop("anthropic_version")
        if kind == "rawPredict" and told["model"] == "count-tokens":
            route = "/v1/messages/count_tokens"
            told = {}
        elif kind:
            assert asked.get("stream", False) == (kind == "streamRawPredict")
        asked |= {name: value for name, value in told.items() if value}
        asked["model"] = plain_id(asked["model"])
        status, content, headers = self._forward(route, json.dumps(asked).encode())
        is_framed = frames and asked.get("stream") and status == 200
        self._send(status, b"".join(_frames(content)) if is_framed else content, headers)

    def _forward(self, route: str, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        api = self.server.api
        headers = {"authorization": f"Bearer {api.key}", "anthropic-version": "2026-10-21"}
        with closing(HTTPConnection(urlsplit(api.url).netloc)) as connection:
            connection.request("POST", route, body, {**headers, "content-type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}

    def _send(self, status: int, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name in ("content-type", "retry-after", "request-id"):
            if value := (headers or {}).get(name):
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _is_bearer(self, token: str) -> bool:
        return self.headers["authorization"] == f"Bearer {token}"

    def _give_token(self, body: bytes) -> None:
        """Give a token for an assertion that the account signed (RFC 7523)."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - an extra

        signed, _, signature = parse_qs(body.decode())["assertion"][0].rpartition(".")
        raw = base64.urlsafe_b64decode(signature + "==")
        try:
            self.server.public_key.verify(raw, signed.encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            self._send(400, b'{"error": "invalid_grant"}')
            return
        token = {"access_token": GOOGLE_TOKEN, "expires_in": 3600, "token_type": "Bearer"}
        self._send(200, json.dumps(token).encode())

    def _is_signed_for_aws(self, body: bytes) -> bool:
        """Check the signature, version 4: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html"""
        form = (
            r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d+)/([\w-]+)/bedrock/aws4_request, "
            r"SignedHeaders=(.+), Signature=(\w+)"
        )
        match = re.fullmatch(form, self.headers["authorization"] or "")
        if match is None or match[1] != ACCESS_KEY or match[3] != REGION:
            return False
        headers = "".join(f"{name}:{self.headers[name].strip()}\n" for name in match[4].split(";"))
        hashed = hashlib.sha256(body).hexdigest()
        canonical = "\n".join(("POST", quote(self.path, safe="/-_.~"), "", headers, match[4], hashed))
        scope = f"{match[2]}/{REGION}/bedrock/aws4_request"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        key = f"AWS4{SECRET_KEY}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        text = f"AWS4-HMAC-SHA256\n{self.headers['x-amz-date']}\n{scope}\n{digest}"
        return hmac.compare_digest(hmac.new(key, text.encode(), "sha256").hexdigest(), match[5])


def _frames(stream: bytes) -> Iterator[bytes]:
    """Yield each event of a stream as a frame: docs.aws.amazon.com/transcribe/latest/dg/event-stream.html"""
    for line in stream.split(b"\n"):
        if line.startswith(b"data: "):
            payload = json.dumps({"bytes": base64.b64encode(line[6:]).decode()}).encode()
            yield _frame(
                {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"},
                payload,
            )


def _frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    head = b"".join(
        struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(value)) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack("!II", len(head) + len(payload) + 16, len(head))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + head + payload
    return message + struct.pack("!I", zlib.crc32(message))
