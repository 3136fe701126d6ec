"""What the body of an answered request says, read with nothing taken for granted."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, NonNegativeInt, ValidationError

from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.prompt import OnBegin, Reply
from chargehand.core.usage import ABSURD_TOKENS, Usage

Json = dict[str, Any]  # Any: JSON

_FAILURES = {
    "overloaded_error": Failure.OVERLOADED,
    "rate_limit_error": Failure.RATE_LIMITED,
    "timeout_error": Failure.TIMEOUT,
}


class _Block(BaseModel):
    """A content block; those of an unknown type hold anything."""

    type: str
    text: object = None


class _StopDetails(BaseModel):
    category: str | None = None
    explanation: str | None = None


class _Message(BaseModel):
    content: list[_Block]
    model: str | None = None
    stop_reason: str | None = None
    stop_details: object = None
    usage: object = None


# No call has so many tokens of a kind. More are taken for so many: it stays a number that all can read.
Tokens = Annotated[NonNegativeInt, AfterValidator(lambda tokens: min(tokens, ABSURD_TOKENS))]


class _CacheCreation(BaseModel):
    ephemeral_5m_input_tokens: Tokens | None = None
    ephemeral_1h_input_tokens: Tokens | None = None


class _OutputDetails(BaseModel):
    thinking_tokens: Tokens | None = None


class _Usage(BaseModel):
    """Usage; local servers send two of these fields, some send null for the others."""

    input_tokens: Tokens
    output_tokens: Tokens
    cache_creation_input_tokens: Tokens | None = None
    cache_read_input_tokens: Tokens | None = None
    cache_creation: _CacheCreation | None = None
    output_tokens_details: _OutputDetails | None = None
    service_tier: str | None = None
    inference_geo: str | None = None
    speed: str | None = None


class _Count(BaseModel):
    input_tokens: NonNegativeInt


def reply_of(body: bytes, *, asked: str, request_id: str | None, seconds: float) -> Reply:
    """Return the reply in `body`; `asked` is the model to name if the body names none.

    Raises NoAnswer(INVALID) if it is no message: it may be charged, since the request was answered.
    """
    try:
        message = _Message.model_validate_json(body)
    except ValidationError:
        # Not `from error`: that quotes the body, which is the model's text.
        detail = "the server answered with something that is not a message of the Messages API"
        raise NoAnswer(Failure.INVALID, detail, may_be_charged=True, request_id=request_id) from None
    return Reply(
        text="".join(str(each.text or "") for each in message.content if each.type == "text"),
        stop_reason=message.stop_reason,
        refusal=_refusal(message),
        model=message.model or asked,
        usage=_usage(message.usage),
        is_charged=not (message.stop_reason == "refusal" and not message.content),
        request_id=request_id,
        seconds=seconds,
    )


def count_of(body: bytes) -> int:
    """Return the token count in `body`; raise NoAnswer(INVALID) if there is none."""
    try:
        return _Count.model_validate_json(body).input_tokens
    except ValidationError:
        detail = "the server answered with something that is not a token count"
        raise NoAnswer(Failure.INVALID, detail) from None


def _refusal(message: _Message) -> str | None:
    if message.stop_reason != "refusal":
        return None
    try:
        details = _StopDetails.model_validate(message.stop_details)
    except ValidationError:
        return None
    return details.category or details.explanation


def _usage(raw: object) -> Usage | None:
    """Return the usage, None if it is missing or makes no sense."""
    try:
        reported = _Usage.model_validate(raw)
    except ValidationError:
        return None
    split = reported.cache_creation or _CacheCreation()
    hour = split.ephemeral_1h_input_tokens or 0
    others = (reported.cache_creation_input_tokens or 0) - hour
    details = reported.output_tokens_details or _OutputDetails()
    return Usage(
        input_tokens=reported.input_tokens,
        cache_write_5m_tokens=max(others, split.ephemeral_5m_input_tokens or 0),
        cache_write_1h_tokens=hour,
        cache_read_tokens=reported.cache_read_input_tokens or 0,
        output_tokens=reported.output_tokens,
        thinking_tokens=details.thinking_tokens or 0,
        service_tier=reported.service_tier,
        inference_geo=reported.inference_geo,
        speed=reported.speed,
    )


def gather(
    events: Iterable[Mapping[str, Any]], on_begin: OnBegin, request_id: str | None
) -> bytes:  # Any: JSON
    """Return the message that `events` make up; when it begins, tell which model it names, if any.

    Raises NoAnswer if they are no events of a message, or too few: the call may be charged.
    """
    message: Json = {}
    blocks: dict[int, Json] = {}
    texts: dict[int, list[str]] = {}
    try:
        for event in events:
            match event:
                case {"type": "message_start", "message": dict(opening)}:
                    message = dict(opening)
                    on_begin(_name_of(opening))
                case {"type": "content_block_start", "index": int(index), "content_block": dict(block)}:
                    blocks[index] = dict(block)
                    texts[index] = [str(block.get("text") or "")]
                case {"type": "content_block_delta", "index": int(index), "delta": {"text": str(text)}}:
                    texts[index].append(text)
                case {"type": "message_delta", "delta": dict(delta)}:
                    message |= {**delta, "usage": _total(message.get("usage"), event.get("usage"))}
                case {"type": "message_stop"}:
                    content = [blocks[index] | _text_of(texts[index]) for index in sorted(blocks)]
                    return json.dumps({**message, "content": content}).encode()
                case _:
                    pass  # pings, the ends of blocks, and what is not known yet
    # The SDK's own reading of an event among them, which gives up on one that is nested too deeply.
    except (LookupError, TypeError, ValueError, RecursionError):
        detail = "the server streamed something that is not an event of the Messages API"
        # Not `from error`: that quotes the model's text.
        raise NoAnswer(Failure.INVALID, detail, may_be_charged=True, request_id=request_id) from None
    detail = "the stream ended before the reply was complete"
    raise NoAnswer(Failure.CONNECTION, detail, may_be_charged=True, request_id=request_id)


def _name_of(opening: Json) -> str | None:
    match opening:
        case {"model": str(name)} if name:
            return name
    return None


def _text_of(pieces: Sequence[str]) -> Json:
    return {"text": text} if (text := "".join(pieces)) else {}


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
    """Return the usage of the whole: what came first knows more fields, and less of what was written.

    No count falls: a gateway that repeats a field as 0, or as what it added, does not undo what was counted.
    """
    if not isinstance(last, dict):
        return None
    before = first if isinstance(first, dict) else {}
    return {**before, **{name: _larger(before.get(name), count) for name, count in last.items()}}


def _larger(first: object, last: object) -> object:
    """Return the larger of two counts, and of groups of counts that of each."""
    if isinstance(first, dict) and isinstance(last, dict):
        return _total(first, last)
    if isinstance(first, int) and (last is None or (isinstance(last, int) and last < first)):
        return first
    return first if last is None else last
