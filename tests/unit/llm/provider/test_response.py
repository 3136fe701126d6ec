import json
from collections.abc import Iterator
from typing import Any

import pytest

from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.prompt import Reply
from chargehand.core.usage import Usage
from chargehand.llm.provider.response import broken_off, gather, reply_of

TEXT = {"type": "text", "text": "x"}


def reply(**changes: object) -> Reply:
    body = {"content": [TEXT], "stop_reason": "end_turn", "usage": {"input_tokens": 5, "output_tokens": 2}}
    return reply_of(json.dumps({**body, **changes}).encode(), asked="m", request_id=None, seconds=0.0)


def test_text_is_chosen_by_block_type_and_unknown_types_are_passed_over() -> None:
    blocks = [
        {"type": "thinking", "thinking": "hm", "text": "not this"},
        TEXT,
        {"type": "from_the_future", "text": {"deep": [1]}},
        {"type": "text", "text": "y"},
        {"type": "text", "text": None},
    ]
    assert reply(content=blocks).text == "xy"


def test_what_the_body_does_not_say_is_not_made_up() -> None:
    met = reply_of(b'{"content": []}', asked="m", request_id=None, seconds=0.0)
    assert (met.text, met.stop_reason, met.usage, met.model) == ("", None, None, "m")


def test_the_models_own_name_counts() -> None:
    assert reply(model="claude-haiku-5-5").model == "claude-haiku-5-5"


@pytest.mark.parametrize(
    "usage",
    [None, {}, [], {"input_tokens": 5}, {"input_tokens": -1, "output_tokens": 2}, {"input_tokens": "x"}],
)
def test_usage_that_is_missing_or_senseless_is_none(usage: object) -> None:
    assert reply(usage=usage).usage is None


def test_all_of_the_usage_is_read() -> None:
    told = {
        "input_tokens": 50,
        "output_tokens": 700,
        "cache_creation_input_tokens": 1000,
        "cache_read_input_tokens": 20_000,
        "cache_creation": {"ephemeral_5m_input_tokens": 400, "ephemeral_1h_input_tokens": 600},
        "output_tokens_details": {"thinking_tokens": 300},
        "service_tier": "batch",
        "inference_geo": "us",
        "speed": "fast",
        "from_the_future": {"x": 1},
    }
    assert reply(usage=told).usage == Usage(
        input_tokens=50,
        cache_write_5m_tokens=400,
        cache_write_1h_tokens=600,
        cache_read_tokens=20_000,
        output_tokens=700,
        thinking_tokens=300,
        service_tier="batch",
        inference_geo="us",
        speed="fast",
    )


@pytest.mark.parametrize(
    ("split", "five_minutes", "hour"),
    [
        (None, 1000, 0),
        ({}, 1000, 0),
        ({"ephemeral_1h_input_tokens": 600}, 400, 600),
        ({"ephemeral_5m_input_tokens": None, "ephemeral_1h_input_tokens": None}, 1000, 0),
    ],
)
def test_no_token_written_to_the_cache_is_lost(split: object, five_minutes: int, hour: int) -> None:
    usage = {
        "input_tokens": 5,
        "output_tokens": 2,
        "cache_creation_input_tokens": 1000,
        "cache_creation": split,
    }
    met = reply(usage=usage).usage
    assert met is not None
    assert (met.cache_write_5m_tokens, met.cache_write_1h_tokens) == (five_minutes, hour)


def test_a_refusal_before_any_output_is_not_charged() -> None:
    assert not reply(stop_reason="refusal", content=[]).is_charged


def test_a_refusal_half_way_is_charged() -> None:
    assert reply(stop_reason="refusal").is_charged
    assert reply(stop_reason="refusal", content=[{"type": "thinking", "thinking": "hm"}]).is_charged


def test_an_empty_answer_that_is_no_refusal_is_charged() -> None:
    assert reply(content=[]).is_charged


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"type": "refusal", "category": "cyber", "explanation": "because"}, "cyber"),
        ({"type": "refusal", "category": None, "explanation": "because"}, "because"),
        (None, None),
        (["odd"], None),
    ],
)
def test_a_refusal_says_why_where_it_does(details: object, expected: str | None) -> None:
    assert reply(stop_reason="refusal", stop_details=details).refusal == expected


Json = dict[str, Any]  # Any: JSON


def event(kind: str, **fields: object) -> Json:
    return {"type": kind, **fields}


START = event(
    "message_start",
    message={"id": "m", "content": [], "model": "a", "usage": {"input_tokens": 9, "output_tokens": 1}},
)
OPEN = event("content_block_start", index=0, content_block={"type": "text", "text": ""})
WORDS = event("content_block_delta", index=0, delta={"type": "text_delta", "text": '{"claims"'})
REST = event("content_block_delta", index=0, delta={"type": "text_delta", "text": ":[]}"})
DELTA = event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 7})
STOP = event("message_stop")


def gathered(*events: Json) -> tuple[Json, list[str | None]]:
    """Return the message, and which model it was told to begin by."""
    begun: list[str | None] = []
    return json.loads(gather(events, begun.append, "req_1")), begun


def broken(*events: Json) -> NoAnswer:
    with pytest.raises(NoAnswer) as caught:
        gathered(*events)
    assert caught.value.may_be_charged
    assert caught.value.request_id == "req_1"
    return caught.value


def test_a_streamed_message_is_put_together() -> None:
    message, begun = gathered(START, event("ping"), OPEN, WORDS, REST, DELTA, STOP)
    assert message["content"] == [{"type": "text", "text": '{"claims":[]}'}]
    assert message["stop_reason"] == "end_turn"
    assert message["usage"] == {"input_tokens": 9, "output_tokens": 7}
    assert begun == ["a"]


def test_blocks_and_events_that_nobody_knows_are_passed_over() -> None:
    hologram = event("content_block_start", index=0, content_block={"type": "hologram", "data": "x"})
    shine = event("content_block_delta", index=0, delta={"type": "shine", "lumen": 3})
    second = event("content_block_start", index=1, content_block={"type": "text", "text": "{}"})
    message, _ = gathered(START, event("aurora", deep={"er": 1}), hologram, shine, second, DELTA, STOP)
    assert [block["type"] for block in message["content"]] == ["hologram", "text"]


def test_what_was_used_is_not_known_before_the_end() -> None:
    message, _ = gathered(START, OPEN, WORDS, event("message_delta", delta={"stop_reason": "end_turn"}), STOP)
    assert message["usage"] is None


def test_a_streamed_total_never_falls_below_its_first_count() -> None:
    less = {"input_tokens": 0, "output_tokens": 7, "cache_creation": {"ephemeral_5m_input_tokens": 0}}
    delta = event("message_delta", delta={"stop_reason": "end_turn"}, usage=less)
    first = {"input_tokens": 90, "output_tokens": 1, "cache_creation": {"ephemeral_5m_input_tokens": 8}}
    start = event("message_start", message={"content": [], "usage": first})
    message, begun = gathered(start, OPEN, WORDS, delta, STOP)
    assert begun == [None]
    assert message["usage"] == {**first, "output_tokens": 7}


@pytest.mark.parametrize("events", [(), (START,), (START, OPEN, WORDS), (START, OPEN, WORDS, DELTA)])
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
    assert broken(START, WORDS).failure is Failure.INVALID


def test_what_the_sdk_cannot_read_is_no_answer() -> None:
    def events() -> Iterator[Json]:
        yield START
        raise json.JSONDecodeError("no JSON", "secret", 0)

    with pytest.raises(NoAnswer) as caught:
        gather(events(), lambda _served: None, "req_1")
    assert caught.value.failure is Failure.INVALID
    assert caught.value.__cause__ is None
