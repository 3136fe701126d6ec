"""The Messages API for tests refuses what the real one refuses, and takes what it takes."""

import json
from http.client import HTTPConnection

import anthropic
import pytest

from tests.contract.asking import (
    HAIKU,
    OLD_HAIKU,
    OLD_OPUS,
    OLD_SONNET,
    OPUS,
    SONNET,
    Fields,
    asked,
    obj,
)
from tests.messages_api import MessagesApi

# The SDK calls models deprecated that people still use.
pytestmark = pytest.mark.filterwarnings("ignore:The model .* is deprecated:DeprecationWarning")

TOOL = {"name": "look", "input_schema": {"type": "object", "properties": {}}}
TEXT = {"type": "string"}


def user(*blocks: object) -> dict[str, object]:
    return {"role": "user", "content": list(blocks)}


def text(words: str, **more: object) -> dict[str, object]:
    return {"type": "text", "text": words, **more}


def marked(ttl: str | None = None) -> dict[str, object]:
    control = {"type": "ephemeral", **({"ttl": ttl} if ttl else {})}
    return text("Some words.", cache_control=control)


def thinks(kind: str, **more: object) -> Fields:
    return {"thinking": {"type": kind, **more}}


def effort(level: str) -> Fields:
    return {"output_config": {"effort": level}}


def shaped(schema: object) -> Fields:
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


def plain(model: str = HAIKU, **more: object) -> Fields:
    return {**asked(role=None, model=model), **more}


REFUSED = {
    "temperature": (plain(extra_body={"temperature": 0}), "temperature"),
    "top_p": (plain(extra_body={"top_p": 0.5}), "top_p"),
    "top_k": (plain(extra_body={"top_k": 5}), "top_k"),
    "a field that does not exist": (plain(extra_body={"output_format": {}}), "output_format: Extra inputs"),
    "forced tool, Opus 5.5": (plain(OPUS, tools=[TOOL], tool_choice={"type": "any"}), "tool_choice"),
    "forced tool, Sonnet 5.5": (
        plain(SONNET, tools=[TOOL], tool_choice={"type": "tool", "name": "look"}),
        "tool_choice",
    ),
    "forced tool while thinking": (
        plain("claude-opus-4-7", tools=[TOOL], tool_choice={"type": "any"}, thinking={"type": "adaptive"}),
        "Thinking may not be enabled",
    ),
    "Opus 5.5 without thinking": (plain(OPUS, **thinks("disabled")), "thinking.type"),
    "Opus 5.5 with a budget": (plain(OPUS, **thinks("enabled", budget_tokens=1024)), "thinking.type"),
    "Sonnet 5.5 without thinking": (plain(SONNET, **thinks("disabled")), "thinking.type"),
    "Sonnet 5.5 between tools at max": (
        plain(SONNET, **thinks("between_tools"), **effort("max")),
        "only supported at effort 'high' or lower",
    ),
    "Haiku 5.5 with a budget": (plain(**thinks("enabled", budget_tokens=1024)), "thinking.type"),
    "Haiku 5.5 between tools": (plain(**thinks("between_tools")), "thinking.type"),
    "Haiku 5.5 quiet at xhigh": (
        plain(**thinks("disabled"), **effort("xhigh")),
        "only supported at effort 'high' or lower",
    ),
    "Opus 4.7 with a budget": (plain(OLD_OPUS, **thinks("enabled", budget_tokens=1024)), "thinking.type"),
    "Sonnet 4.6 at xhigh": (plain(OLD_SONNET, **effort("xhigh")), "output_config.effort"),
    "Opus 4.5 at max": (plain("claude-opus-4-5", **effort("max")), "output_config.effort"),
    "Haiku 4.5 with an effort": (plain(OLD_HAIKU, **effort("low")), "does not support the effort parameter"),
    "Haiku 4.5 adaptive": (plain(OLD_HAIKU, **thinks("adaptive")), "thinking.type"),
    "a small budget": (plain(OLD_HAIKU, **thinks("enabled", budget_tokens=1023)), "greater than or equal"),
    "a budget above max_tokens": (
        plain(OLD_HAIKU, max_tokens=1_500, **thinks("enabled", budget_tokens=1_500)),
        "max_tokens must be greater than thinking.budget_tokens",
    ),
    "an effort that does not exist": (plain(**effort("extreme")), "output_config.effort"),
    "max_tokens above the model's": (plain(OLD_HAIKU, max_tokens=64_001), "64001 > 64000"),
    "negative max_tokens": (plain(max_tokens=-1), "max_tokens"),
    "a prompt over the context": (
        asked("x" * 680_000, model=OLD_HAIKU, role=None),
        "prompt is too long: 200012 tokens > 200000 maximum",
    ),
    "five breakpoints": (plain(messages=[user(*[marked()] * 5)]), "A maximum of 4 blocks"),
    "a breakpoint on the whole as the fifth": (
        plain(messages=[user(*[marked()] * 4)], cache_control={"type": "ephemeral"}),
        "A maximum of 4 blocks",
    ),
    "1h after 5m": (plain(messages=[user(marked(), marked("1h"))]), "must not come after"),
    "a lifetime that does not exist": (plain(messages=[user(marked("2h"))]), "cache_control"),
    "an empty text block": (plain(messages=[user(text(""))]), "must be non-empty"),
    "a blank text block": (plain(messages=[user(text(" \n"))]), "non-whitespace"),
    "an empty system block": (plain(system=[text("")]), "must be non-empty"),
    "an empty turn": (plain(messages=[user()]), "non-empty content"),
    "no turn": (plain(messages=[]), "at least one message"),
    "a prefill": (
        plain(messages=[user(text("Say.")), {"role": "assistant", "content": "{"}]),
        "does not support prefill",
    ),
    "an assistant first": (plain(messages=[{"role": "assistant", "content": "{"}]), "first message"),
    "a document by the assistant": (
        plain(
            messages=[
                user(text("a")),
                {"role": "assistant", "content": [{"type": "document"}]},
                user(text("b")),
            ]
        ),
        "not permitted for the role 'assistant'",
    ),
    "a block of an unknown type": (plain(messages=[user({"type": "hologram"})]), "not permitted"),
    "citations on a user's text": (plain(messages=[user(text("a", citations=[]))]), "Extra inputs"),
    "us on Haiku 4.5": (plain(OLD_HAIKU, inference_geo="us"), "inference_geo"),
    "fast Haiku": (plain(speed="fast"), "fast mode"),
    "an open object": (shaped({"type": "object", "properties": {}}), "additionalProperties"),
    "a map": (
        shaped({"type": "object", "additionalProperties": TEXT, "properties": {}}),
        "additionalProperties",
    ),
    "a numeric bound": (shaped(obj(a={"type": "integer", "minimum": 1})), "'minimum' is not supported"),
    "a length bound": (shaped(obj(a={"type": "string", "maxLength": 9})), "'maxLength' is not supported"),
    "minItems of two": (shaped(obj(a={"type": "array", "items": TEXT, "minItems": 2})), "minItems"),
    "lookahead": (shaped(obj(a={"type": "string", "pattern": "(?=x)"})), "lookaround"),
    "an enum of objects": (shaped(obj(a={"enum": [{"b": 1}]})), "enum members"),
    "recursion": (
        shaped({**obj(a={"$ref": "#/$defs/N"}), "$defs": {"N": obj(next={"$ref": "#/$defs/N"})}}),
        "recursive",
    ),
    "recursion through another": (
        shaped(
            {
                **obj(a={"$ref": "#/$defs/A"}),
                "$defs": {"A": obj(b={"$ref": "#/$defs/B"}), "B": obj(a={"$ref": "#/$defs/A"})},
            }
        ),
        "recursive",
    ),
    "recursion at the root": (shaped(obj(a={"$ref": "#"})), "recursive"),
    "a foreign reference": (shaped(obj(a={"$ref": "https://example.com/s.json"})), "external"),
    "25 optional fields": (
        shaped({**obj(**{f"f{n}": TEXT for n in range(25)}), "required": []}),
        "too complex",
    ),
    "17 unions": (
        shaped(obj(**{f"f{n}": {"anyOf": [TEXT, {"type": "null"}]} for n in range(17)})),
        "too complex",
    ),
    "21 strict tools": (
        plain(tools=[{"name": f"t{n}", "strict": True, "input_schema": obj()} for n in range(21)]),
        "strict tools",
    ),
    "prewarming with a schema": (asked(max_tokens=0), "max_tokens of 0"),
}

BODY = b'{"model": "claude-haiku-5-5", "max_tokens": 5, %s}'

ACCEPTED = {
    "xhigh on Opus 4.7": plain(OLD_OPUS, **effort("xhigh")),
    "max on Sonnet 4.6": plain(OLD_SONNET, **effort("max")),
    "quiet Haiku at high": plain(**thinks("disabled"), **effort("high")),
    "Sonnet 5.5 between tools": plain(SONNET, **thinks("between_tools")),
    "Sonnet 4.6 with a budget": plain(OLD_SONNET, max_tokens=2_000, **thinks("enabled", budget_tokens=1024)),
    "a forced tool where it is allowed": plain(tools=[TOOL], tool_choice={"type": "any"}),
    "a free tool": plain(OPUS, tools=[TOOL], tool_choice={"type": "auto"}),
    "a prefill on Haiku 4.5": plain(
        OLD_HAIKU, messages=[user(text("Say.")), {"role": "assistant", "content": "{"}]
    ),
    "four breakpoints, 1h first": plain(messages=[user(marked("1h"), marked(), marked(), marked())]),
    "us on Opus 5.5": plain(OPUS, inference_geo="us"),
    "fast Opus": plain(OPUS, speed="fast"),
    "24 optional fields": shaped({**obj(**{f"f{n}": TEXT for n in range(24)}), "required": []}),
    "16 unions": shaped(obj(**{f"f{n}": {"anyOf": [TEXT, {"type": "null"}]} for n in range(16)})),
    "a definition used twice": shaped(
        {**obj(a={"$ref": "#/$defs/N"}, b={"$ref": "#/$defs/N"}), "$defs": {"N": obj(c=TEXT)}}
    ),
    "minItems of one": shaped(obj(a={"type": "array", "items": TEXT, "minItems": 1})),
    "max_tokens of the model": plain(OLD_HAIKU, max_tokens=64_000),
}


def whole(fields: Fields) -> Fields:
    """Return a request; most examples say only what is special about them."""
    return fields if "messages" in fields else {**plain(), **fields}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses(client: anthropic.Anthropic, api: MessagesApi, name: str) -> None:
    fields, reason = REFUSED[name]
    with pytest.raises(anthropic.BadRequestError) as caught:
        client.messages.create(**whole(fields))
    assert caught.value.type == "invalid_request_error"
    assert reason in str(caught.value.api_message)
    assert api.bill_usd == 0
    assert api.log[0].status == 400


@pytest.mark.parametrize("name", ACCEPTED)
def test_it_takes(client: anthropic.Anthropic, name: str) -> None:
    client.messages.create(**{**whole(ACCEPTED[name]), "timeout": 10.0})


@pytest.mark.parametrize("model", ["claude-opus-6", "gpt-9", "claude-opus-4-1", "claude-haiku-4-5-foo"])
def test_an_unknown_or_retired_model_is_not_found(client: anthropic.Anthropic, model: str) -> None:
    with pytest.raises(anthropic.NotFoundError) as caught:
        client.messages.create(**plain(model))
    assert caught.value.type == "not_found_error"


def test_a_token_count_is_refused_like_a_message(client: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.BadRequestError, match="additionalProperties"):
        client.messages.count_tokens(
            model=HAIKU,
            messages=[{"role": "user", "content": "Look."}],
            output_config={"format": {"type": "json_schema", "schema": {"type": "object"}}},
        )
    with pytest.raises(anthropic.BadRequestError, match="max_tokens: Extra inputs"):
        client.messages.count_tokens(
            model=HAIKU, messages=[{"role": "user", "content": "Look."}], extra_body={"max_tokens": 5}
        )


def test_a_body_over_32_mb_is_too_large(client: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.ContentTooLargeError):
        client.messages.create(**asked("x" * (32 * 1024 * 1024)))
    client.messages.create(**asked())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"a": NaN}',
        b'{"a": "\xff"}',
        BODY % b'"messages": [{"role": "user", "content": "\\udcff"}]',
        b'{"model": "claude-haiku-5-5", "max_tokens": 5}',
        b'{"model": "claude-haiku-5-5", "max_tokens": true, "messages": [{"role": "user", "content": "a"}]}',
        BODY % b'"messages": ["a"]',
        BODY % b'"messages": [{"role": "user", "content": 5}]',
        BODY % b'"messages": [], "thinking": "adaptive"',
        BODY % b'"messages": [], "tools": {"a": 1}',
    ],
)
def test_a_body_that_is_no_request_is_a_bad_request(api: MessagesApi, body: bytes) -> None:
    status, answer = post(api, "/v1/messages", body)
    assert status == 400
    assert answer["error"]["type"] == "invalid_request_error"


def test_what_does_not_exist_is_not_found(api: MessagesApi) -> None:
    status, answer = post(api, "/v1/complete", b"{}")
    assert status == 404
    assert answer["error"]["type"] == "not_found_error"


def test_the_version_must_be_said(api: MessagesApi) -> None:
    status, answer = post(api, "/v1/messages", b"{}", version=None)
    assert status == 400
    assert answer["error"]["message"] == "anthropic-version: header is required"


def post(api: MessagesApi, path: str, body: bytes, version: str | None = "2026-10-21") -> tuple[int, Fields]:
    """Send what no SDK would."""
    connection = HTTPConnection(api.url.removeprefix("http://"))
    headers = {"x-api-key": api.key, **({"anthropic-version": version} if version else {})}
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()
