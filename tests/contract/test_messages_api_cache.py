"""The prompt cache of the Messages API for tests: what is written, what is read, and when."""

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

from tests.contract.asking import OLD_HAIKU, OPUS, SONNET, Clock, Fields, asked, client_of, waiting
from tests.messages_api import MessagesApi

# In tokens of the new tokenizer: well above 512, the least that its models cache.
SHARED = "s" * 2_500
SHARED_TOKENS = 1_000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[anthropic.Anthropic]:
    with MessagesApi(clock=clock) as api, client_of(api) as made:
        yield made


def shared(question: str = "Lens: tests", text: str = SHARED, ttl: str = "5m", **more: Any) -> Fields:
    """Return a request whose first block is shared, up to a breakpoint."""
    control = {"type": "ephemeral", "ttl": ttl}
    blocks = [{"type": "text", "text": text, "cache_control": control}, {"type": "text", "text": question}]
    return asked(role=None, **{"messages": [{"role": "user", "content": blocks}], **more})


def figures(client: anthropic.Anthropic, fields: Fields) -> tuple[int, int, int]:
    """Return tokens read, written for 5 minutes and written for 1 hour."""
    usage = client.messages.create(**fields).usage
    assert usage.cache_creation is not None
    short, long = (
        usage.cache_creation.ephemeral_5m_input_tokens,
        usage.cache_creation.ephemeral_1h_input_tokens,
    )
    assert usage.cache_creation_input_tokens == short + long
    return usage.cache_read_input_tokens or 0, short, long


def test_the_first_request_writes_and_the_next_reads(client: anthropic.Anthropic) -> None:
    written = figures(client, shared())
    usage = client.messages.create(**shared("Lens: security")).usage
    assert written == (0, SHARED_TOKENS + 12, 0)
    assert usage.cache_read_input_tokens == SHARED_TOKENS + 12
    assert usage.input_tokens == 6  # only what follows the breakpoint
    assert usage.cache_creation_input_tokens == 0


def test_the_three_kinds_of_input_add_up_to_the_count(client: anthropic.Anthropic) -> None:
    fields = shared()
    counted = client.messages.count_tokens(
        **{name: fields[name] for name in ("model", "messages", "thinking")}
    ).input_tokens
    for _ in range(2):
        usage = client.messages.create(**fields).usage
        assert usage.input_tokens + sum(figures(client, fields)) == counted
    assert usage.cache_read_input_tokens


def test_one_byte_less_in_common_is_another_prefix(client: anthropic.Anthropic) -> None:
    figures(client, shared())
    assert figures(client, shared(text=SHARED[:-1] + "S"))[0] == 0


def test_nothing_after_the_breakpoint_matters(client: anthropic.Anthropic) -> None:
    figures(client, shared())
    assert figures(client, shared("Something else altogether", max_tokens=77))[0] > 0


@pytest.mark.parametrize(
    "changed",
    [
        {"model": OPUS, "thinking": {"type": "adaptive"}},
        {"thinking": {"type": "adaptive"}},
        {"output_config": {"effort": "high"}},
        {"output_config": asked(role="judge")["output_config"]},
        {"tools": [{"name": "look", "input_schema": {"type": "object", "properties": {}}}]},
        {"system": "You review."},
        {"extra_headers": {"anthropic-workspace-id": "wrkspc_other"}},
    ],
    ids=["model", "thinking", "effort", "schema", "tools", "system", "workspace"],
)
def test_what_is_part_of_the_key_breaks_the_cache(client: anthropic.Anthropic, changed: Fields) -> None:
    figures(client, shared())
    read, written, _ = figures(client, shared(**changed))
    assert read == 0
    assert written > 0


def test_saying_the_default_effort_is_saying_nothing(client: anthropic.Anthropic) -> None:
    figures(client, shared())
    assert figures(client, shared(output_config={"effort": "medium"}))[0] > 0


@pytest.mark.parametrize(
    ("model", "least", "chars_a_token"),
    [(SONNET, 512, 2.5), ("claude-opus-4-7", 2048, 2.5), (OLD_HAIKU, 4096, 3.4)],
)
def test_a_prefix_below_the_least_is_silently_not_cached(
    client: anthropic.Anthropic, model: str, least: int, chars_a_token: float
) -> None:
    for tokens, expected in ((least - 1, 0), (least, least)):
        text = "t" * int((tokens - 12) * chars_a_token)
        assert figures(client, shared(text=text, model=model)) == (0, expected, 0)
        assert figures(client, shared(text=text, model=model)) == (expected, 0, 0)


def test_five_minutes_count_from_the_start_and_from_each_read(
    client: anthropic.Anthropic, clock: Clock
) -> None:
    figures(client, shared())
    for _ in range(3):
        clock.now_s += 299
        assert figures(client, shared())[0] > 0
    clock.now_s += 300
    assert figures(client, shared())[0] == 0


def test_an_hour_lasts_an_hour_and_is_told_apart(client: anthropic.Anthropic, clock: Clock) -> None:
    assert figures(client, shared(ttl="1h")) == (0, 0, SHARED_TOKENS + 12)
    clock.now_s += 3_599
    assert figures(client, shared(ttl="1h"))[0] > 0


def test_each_breakpoint_writes_what_it_adds(client: anthropic.Anthropic) -> None:
    def fields(last: str) -> Fields:
        texts = [("a" * 2_500, "1h"), ("b" * 2_500, "5m"), (last, None)]
        blocks = [
            {
                "type": "text",
                "text": text,
                **({"cache_control": {"type": "ephemeral", "ttl": ttl}} if ttl else {}),
            }
            for text, ttl in texts
        ]
        return shared(messages=[{"role": "user", "content": blocks}])

    assert figures(client, fields("x")) == (0, 1_000, 1_012)
    assert figures(client, fields("y")) == (2_012, 0, 0)


def test_a_longer_conversation_reads_what_a_shorter_one_wrote(client: anthropic.Anthropic) -> None:
    figures(client, shared())
    blocks = [{"type": "text", "text": SHARED}, {"type": "text", "text": "t" * 500}]
    more = shared(messages=[{"role": "user", "content": blocks}], cache_control={"type": "ephemeral"})
    assert figures(client, more) == (SHARED_TOKENS + 12, 200, 0)


@pytest.mark.parametrize(("blocks_between", "is_found"), [(19, True), (20, False)])
def test_a_breakpoint_looks_back_twenty_blocks(
    client: anthropic.Anthropic, blocks_between: int, is_found: bool
) -> None:
    figures(client, shared())
    blocks = [{"type": "text", "text": text} for text in (SHARED, *("t" * 9,) * blocks_between)]
    more = shared(messages=[{"role": "user", "content": blocks}], cache_control={"type": "ephemeral"})
    assert (figures(client, more)[0] > 0) is is_found


def test_only_what_carried_a_breakpoint_is_found(client: anthropic.Anthropic) -> None:
    client.messages.create(**asked(SHARED, role=None, cache_control={"type": "ephemeral"}))
    blocks = [
        {"type": "text", "text": SHARED},
        {"type": "text", "text": "more", "cache_control": {"type": "ephemeral"}},
    ]
    assert figures(client, shared(messages=[{"role": "user", "content": blocks}]))[0] == SHARED_TOKENS + 12
    client.messages.create(**asked("u" * 2_500, role=None))
    assert figures(client, shared(text="u" * 2_500))[0] == 0


def test_a_marked_tool_is_shared_by_other_system_prompts(client: anthropic.Anthropic) -> None:
    tool = {
        "name": "look",
        "description": SHARED,
        "input_schema": {"type": "object", "properties": {}},
        "cache_control": {"type": "ephemeral"},
    }
    first = figures(client, shared("a", "b", tools=[tool], system="One."))
    second = figures(client, shared("a", "b", tools=[tool], system="Another one."))
    assert first[1] > SHARED_TOKENS
    assert second[0] > SHARED_TOKENS


def test_requests_that_start_together_all_write() -> None:
    with waiting(4, fields=shared()) as api:
        pass
    assert [record.usage.write_5m_tokens for record in api.calls if record.usage] == [SHARED_TOKENS + 12] * 4


def test_an_entry_can_be_read_once_the_response_has_begun() -> None:
    with (
        MessagesApi(delay_s=0.5, first_event_s=0.05) as api,
        client_of(api) as client,
        client.messages.stream(**shared()) as stream,
    ):
        next(iter(stream))
        assert figures(client, shared("Lens: other"))[0] > 0
        stream.get_final_message()


def test_prewarming_writes_and_says_nothing(client: anthropic.Anthropic) -> None:
    message = client.messages.create(**shared(max_tokens=0))
    assert (message.content, message.stop_reason, message.usage.output_tokens) == ([], "max_tokens", 0)
    assert figures(client, shared())[0] > 0
