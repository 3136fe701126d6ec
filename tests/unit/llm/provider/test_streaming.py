import json
from collections.abc import Iterator
from typing import Any

import pytest

from chargehand.core.errors import Failure, NoAnswer
from chargehand.llm.provider.streaming import broken_off, gather

Json = dict[str, Any]  # Any: JSON


def event(kind: str, **fields: object) -> Json:
    return {"type": kind, **fields}


START = event(
    "message_start",
    message={"id": "m", "content": [], "model": "a", "usage": {"input_tokens": 9, "output_tokens": 1}},
)
OPEN = event("content_block_start", index=0, content_block={"type": "text", "text": ""})
TEXT = event("content_block_delta", index=0, delta={"type": "text_delta", "text": '{"claims"'})
REST = event("content_block_delta", index=0, delta={"type": "text_delta", "text": ":[]}"})
DELTA = event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 7})
STOP = event("message_stop")


def gathered(*events: Json) -> tuple[Json, int]:
    """Return the message, and how often it was told that it begins."""
    begun: list[bool] = []
    body = gather(events, lambda: begun.append(True), "req_1")
    return json.loads(body), len(begun)


def broken(*events: Json) -> NoAnswer:
    with pytest.raises(NoAnswer) as caught:
        gathered(*events)
    assert caught.value.may_be_charged
    assert caught.value.request_id == "req_1"
    return caught.value


def test_a_streamed_message_is_put_together() -> None:
    message, begun = gathered(START, event("ping"), OPEN, TEXT, REST, DELTA, STOP)
    assert message["content"] == [{"type": "text", "text": '{"claims":[]}'}]
    assert message["stop_reason"] == "end_turn"
    assert message["usage"] == {"input_tokens": 9, "output_tokens": 7}
    assert begun == 1


def test_blocks_and_events_that_nobody_knows_are_passed_over() -> None:
    hologram = event("content_block_start", index=0, content_block={"type": "hologram", "data": "x"})
    shine = event("content_block_delta", index=0, delta={"type": "shine", "lumen": 3})
    second = event("content_block_start", index=1, content_block={"type": "text", "text": "{}"})
    message, _ = gathered(START, event("aurora", deep={"er": 1}), hologram, shine, second, DELTA, STOP)
    assert [block["type"] for block in message["content"]] == ["hologram", "text"]


def test_what_was_used_is_not_known_before_the_end() -> None:
    message, _ = gathered(START, OPEN, TEXT, event("message_delta", delta={"stop_reason": "end_turn"}), STOP)
    assert message["usage"] is None


@pytest.mark.parametrize("events", [(), (START,), (START, OPEN, TEXT), (START, OPEN, TEXT, DELTA)])
def test_a_stream_that_ends_early_is_a_broken_connection(events: tuple[Json, ...]) -> None:
    assert broken(*events).failure is Failure.CONNECTION


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        ("overloaded_error", Failure.OVERLOADED),
        ("rate_limit_error", Failure.RATE_LIMITED),
        ("api_error", Failure.SERVER_ERROR),
        ("\x1b[2J", Failure.SERVER_ERROR),
        (None, Failure.SERVER_ERROR),
    ],
)
def test_an_error_in_the_stream_is_the_servers(kind: str | None, failure: Failure) -> None:
    error = broken_off(kind, "req_1")
    assert (error.failure, error.may_be_charged, error.request_id) == (failure, True, "req_1")
    assert "\x1b" not in error.detail


def test_a_text_that_belongs_to_no_block_is_no_answer() -> None:
    assert broken(START, TEXT).failure is Failure.INVALID


def test_what_the_sdk_cannot_read_is_no_answer() -> None:
    def events() -> Iterator[Json]:
        yield START
        raise json.JSONDecodeError("no JSON", "secret", 0)

    with pytest.raises(NoAnswer) as caught:
        gather(events(), lambda: None, "req_1")
    assert caught.value.failure is Failure.INVALID
    assert caught.value.__cause__ is None
