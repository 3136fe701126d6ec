"""Decides which events a streamed message is cut into."""

from collections.abc import Iterator

from tests.messages_api.wire import Json, compact

PIECE_CHARACTERS = 48


def events_of(message: Json) -> tuple[bytes, list[bytes]]:
    """Return the first event, and the others."""
    opening = {**message, "content": [], "stop_reason": None, "stop_details": None}
    if "usage" in message:
        opening["usage"] = {**message["usage"], "output_tokens": min(1, message["usage"]["output_tokens"])}
    return event("message_start", message=opening), list(_others(message))


def event(kind: str, **fields: object) -> bytes:
    """Return one server-sent event."""
    return f"event: {kind}\ndata: {compact({'type': kind, **fields})}\n\n".encode()


def _others(message: Json) -> Iterator[bytes]:
    yield event("ping")
    for index, block in enumerate(message["content"]):
        yield event("content_block_start", index=index, content_block=_emptied(block))
        for delta in _deltas(block):
            yield event("content_block_delta", index=index, delta=delta)
        yield event("content_block_stop", index=index)
    delta = {name: message[name] for name in ("stop_reason", "stop_sequence", "stop_details")}
    yield event("message_delta", delta=delta, **_final_usage(message))
    yield event("message_stop")


def _emptied(block: Json) -> Json:
    match block["type"]:
        case "text":
            return {**block, "text": ""}
        case "thinking":
            return {**block, "thinking": "", "signature": ""}
        case _:
            return block


def _deltas(block: Json) -> Iterator[Json]:
    if block["type"] == "text":
        for start in range(0, len(block["text"]), PIECE_CHARACTERS):
            yield {"type": "text_delta", "text": block["text"][start : start + PIECE_CHARACTERS]}
    if block["type"] == "thinking":
        if block["thinking"]:
            yield {"type": "thinking_delta", "thinking": block["thinking"]}
        yield {"type": "signature_delta", "signature": block["signature"]}


def _final_usage(message: Json) -> Json:
    if "usage" not in message:
        return {}
    totals = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
    names = (*totals, "output_tokens_details")
    return {"usage": {name: message["usage"][name] for name in names}}
