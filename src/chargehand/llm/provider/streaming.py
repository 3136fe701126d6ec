"""How a streamed reply is put together again, and when it broke off."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chargehand.core.errors import Failure, NoAnswer

Json = dict[str, Any]  # Any: JSON

_FAILURES = {
    "overloaded_error": Failure.OVERLOADED,
    "rate_limit_error": Failure.RATE_LIMITED,
    "timeout_error": Failure.TIMEOUT,
}


def gather(
    events: Iterable[Mapping[str, Any]], on_begin: Callable[[], object], request_id: str | None
) -> bytes:  # Any: JSON
    """Return the message that `events` make up, and tell when it begins.

    Raises NoAnswer where they are no events of a message, or too few: the call may be charged.
    """
    message: Json = {}
    blocks: dict[int, Json] = {}
    try:
        for event in events:
            match event:
                case {"type": "message_start", "message": dict(opening)}:
                    message = dict(opening)
                    on_begin()
                case {"type": "content_block_start", "index": int(index), "content_block": dict(block)}:
                    blocks[index] = dict(block)
                case {"type": "content_block_delta", "index": int(index), "delta": {"text": str(text)}}:
                    blocks[index]["text"] = f"{blocks[index].get('text') or ''}{text}"
                case {"type": "message_delta", "delta": dict(delta)}:
                    message |= {**delta, "usage": _total(message.get("usage"), event.get("usage"))}
                case {"type": "message_stop"}:
                    content = [blocks[index] for index in sorted(blocks)]
                    return json.dumps({**message, "content": content}).encode()
                case _:
                    pass  # pings, the ends of blocks, and what is not known yet
    except (LookupError, TypeError, ValueError):  # the SDK's own reading of an event among them
        detail = "the server streamed something that is not an event of the Messages API"
        # Not `from error`: that quotes the model's text.
        raise NoAnswer(Failure.INVALID, detail, may_be_charged=True, request_id=request_id) from None
    detail = "the stream ended before the reply was complete"
    raise NoAnswer(Failure.CONNECTION, detail, may_be_charged=True, request_id=request_id)


def broken_off(kind: str | None, request_id: str | None) -> NoAnswer:
    """Return what to raise if the server sent an error of this kind in the middle of a reply."""
    said = f": {kind}" if kind in _FAILURES else ""
    return NoAnswer(
        _FAILURES.get(kind or "", Failure.SERVER_ERROR),
        f"the provider broke off the reply{said}",
        may_be_charged=True,
        request_id=request_id,
    )


def _total(first: object, last: object) -> Json | None:
    """Return the usage of the whole: what came first knows more fields, and less of what was written."""
    if not isinstance(last, dict):
        return None
    return {**(first if isinstance(first, dict) else {}), **last}
