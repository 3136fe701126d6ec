import json

import pytest

from chargehand.core.prompt import Reply
from chargehand.core.usage import Usage
from chargehand.llm.provider.response import reply_of

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
