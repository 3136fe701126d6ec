"""How a streamed reply is put together again, and when it broke off."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from chargehand.errors import Failure, NoAnswer

Json = dict[str, Any]  # Any: JSON

_FAILURES = {
    "overloaded_error": Failure.OVERLOADED,
    "rate_limit_error": Failure.RATE_LIMITED,
    "timeout_error": Failure.TIMEOUT,
}


class _Event(BaseModel):
    """An event of the stream; those of an unknown type hold anything."""

    type: str
    message: Json | None = None
    content_block: Json | None = None
    index: int | None = None
    delta: Json | None = None
    usage: Json | None = None
    error: Json | None = None


def gather(lines: Iterable[str], on_begin: Callable[[], object], request_id: str | None) -> bytes:
    """Return the message that the server-sent events in `lines` make up; tell when it begins.

    Raises NoAnswer where the stream breaks off, or says that the server did: it may be charged.
    """
    message: Json = {}
    blocks: dict[int, Json] = {}
    for event in _events(lines, request_id):
        if event.type == "message_start":
            message = dict(event.message or {})
            on_begin()
        elif event.type == "content_block_start":
            blocks[event.index or 0] = dict(event.content_block or {})
        elif event.type == "content_block_delta":
            _extend(blocks.get(event.index or 0, {}), event.delta or {})
        elif event.type == "message_delta":
            message |= {**(event.delta or {}), "usage": _total(message.get("usage"), event.usage)}
        elif event.type == "message_stop":
            return json.dumps({**message, "content": [blocks[index] for index in sorted(blocks)]}).encode()
        elif event.type == "error":
            raise _broken(event.error or {}, request_id)
    raise NoAnswer(
        Failure.CONNECTION,
        "the stream ended before the reply was complete",
        may_be_charged=True,
        request_id=request_id,
    )


def _events(lines: Iterable[str], request_id: str | None) -> Iterator[_Event]:
    for line in lines:
        if line.startswith("data:"):
            try:
                yield _Event.model_validate_json(line.removeprefix("data:"))
            except ValidationError:
                # Not `from error`: that quotes the model's text.
                detail = "the server streamed something that is no event of the Messages API"
                raise NoAnswer(Failure.INVALID, detail, may_be_charged=True, request_id=request_id) from None


def _extend(block: Json, delta: Json) -> None:
    if delta.get("type") == "text_delta":
        block["text"] = f"{block.get('text') or ''}{delta.get('text') or ''}"


def _total(first: object, last: Json | None) -> Json | None:
    """Return the usage of the whole: what came first knows more fields, and less of what was written."""
    if last is None:
        return None
    return {**(first if isinstance(first, dict) else {}), **last}


def _broken(error: Json, request_id: str | None) -> NoAnswer:
    kind = str(error.get("type"))
    said = f": {kind}" if kind in _FAILURES else ""
    return NoAnswer(
        _FAILURES.get(kind, Failure.SERVER_ERROR),
        f"the provider broke the reply off{said}",
        may_be_charged=True,
        request_id=request_id,
    )
