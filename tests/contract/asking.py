"""Decides how these tests ask the Messages API for tests: with the real SDK, and the least request."""

import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import anthropic

from tests.messages_api import MessagesApi

Fields = dict[str, Any]  # Any: the keyword arguments of an SDK call

HAIKU, SONNET, OPUS = "claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5"
OLD_HAIKU, OLD_SONNET, OLD_OPUS = "claude-haiku-4-5-20251001", "claude-sonnet-4-6", "claude-opus-4-7"


class Clock:
    """A clock of the server that a test sets."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


def obj(**properties: object) -> Fields:
    """Return the schema of an object that needs all its properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def array(items: Fields) -> Fields:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


_TEXT, _WHOLE = {"type": "string"}, {"type": "integer"}
_CLAIM = obj(
    rule=_TEXT,
    severity={"enum": ["critical", "high", "medium", "low"]},
    file=_WHOLE,
    line=_WHOLE,
    end_line=_WHOLE,
    quote=_TEXT,
    title=_TEXT,
    message=_TEXT,
)
_RULING = obj(claim=_WHOLE, action={"enum": ["merge", "dismiss"]}, into=_WHOLE, reason=_TEXT)
_GROUP = obj(files=array(_WHOLE), lenses=array(_TEXT), focus=_TEXT)

SCHEMAS = {
    "plan": obj(groups=array(_GROUP)),
    "worker": obj(claims=array(_CLAIM)),
    "judge": obj(summary=_TEXT, rulings=array(_RULING)),
}


def asked(text: str = "Look.", *, role: str | None = "worker", model: str = HAIKU, **more: object) -> Fields:
    """Return the least request with the schema of `role`, thinking as little as the model can."""
    fields: Fields = {"model": model, "max_tokens": 1_000, "messages": [{"role": "user", "content": text}]}
    if role:
        fields["output_config"] = {"format": {"type": "json_schema", "schema": SCHEMAS[role]}}
    if model in (HAIKU, SONNET):
        fields["thinking"] = {"type": "disabled" if model == HAIKU else "between_tools"}
    return {**fields, **more}


def text_of(message: anthropic.types.Message) -> str:
    """Return what the text blocks say."""
    return "".join(block.text for block in message.content if block.type == "text")


@contextmanager
def waiting(
    count: int,
    fields: Fields | None = None,
    **options: Any,  # Any: the server's options
) -> Iterator[MessagesApi]:
    """Give a server that is answering so many requests, none of which will be done before it ends."""

    def ask(api: MessagesApi) -> None:
        with client_of(api, timeout=60) as client:
            client.messages.create(**(fields or asked()))

    with ThreadPoolExecutor(count) as pool:
        with MessagesApi(delay_s=60, **options) as api:
            futures = [pool.submit(ask, api) for _ in range(count)]
            deadline = time.monotonic() + 20
            while api.peak_in_flight < count and time.monotonic() < deadline:
                time.sleep(0.01)
            yield api
        assert {type(future.exception()) for future in futures} == {anthropic.APIConnectionError}


@contextmanager
def client_of(
    api: MessagesApi, **options: Any
) -> Iterator[anthropic.Anthropic]:  # Any: the client's own options
    """Give a client that does not retry, and close it."""
    http = anthropic.DefaultHttpxClient(verify=_NO_CERTIFICATES)
    plain = {"base_url": api.url, "api_key": api.key, "max_retries": 0, "timeout": 10.0, "http_client": http}
    with anthropic.Anthropic(**{**plain, **options}) as client:
        yield client


# Nothing here is encrypted, and reading the system's certificates takes a tenth of a second for each client.
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
