"""Message batches of the Messages API for tests."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

from tests.contract.asking import OPUS, Clock, asked, client_of
from tests.messages_api import Fault, FaultKind, MessagesApi

DAY_S = 24 * 3600
Items = list[Any]  # Any: what the SDK takes for the requests of a batch


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(clock: Clock) -> Iterator[MessagesApi]:
    faults = [
        Fault(FaultKind.OVERLOADED, contains="will fail"),
        Fault(FaultKind.TIMEOUT, contains="will expire"),
    ]
    with MessagesApi(clock=clock, batch_s=100, faults=faults) as running:
        yield running


def items(*texts: str, **more: Any) -> Items:
    return [{"custom_id": f"id-{n}", "params": asked(text, **more)} for n, text in enumerate(texts)]


def ends(client: anthropic.Anthropic, batch_id: str) -> dict[str, str]:
    """Return how each request of a batch ended."""
    return {each.custom_id: each.result.type for each in client.messages.batches.results(batch_id)}


def test_a_batch_ends_in_its_time_and_costs_half(
    client: anthropic.Anthropic, api: MessagesApi, clock: Clock
) -> None:
    single = client.messages.create(**asked(model=OPUS))
    full_usd = api.bill_usd
    batch = client.messages.batches.create(requests=items("Look.", "Look.", model=OPUS))
    clock.now_s += 99
    early = client.messages.batches.retrieve(batch.id)
    assert early.processing_status == "in_progress"
    assert early.request_counts.processing == 2
    clock.now_s += 1
    done = client.messages.batches.retrieve(batch.id)
    assert done.processing_status == "ended"
    assert done.request_counts.succeeded == 2
    messages = [
        each.result.message
        for each in client.messages.batches.results(batch.id)
        if each.result.type == "succeeded"
    ]
    assert [message.usage.service_tier for message in messages] == ["batch", "batch"]
    assert messages[0].usage.output_tokens == single.usage.output_tokens
    assert api.bill_usd == full_usd + 2 * (full_usd / 2)


def test_results_come_in_another_order(client: anthropic.Anthropic, clock: Clock) -> None:
    batch = client.messages.batches.create(requests=items("a", "b", "c"))
    clock.now_s += 100
    assert list(ends(client, batch.id)) == ["id-2", "id-1", "id-0"]


def test_there_are_no_results_before_the_end(client: anthropic.Anthropic) -> None:
    batch = client.messages.batches.create(requests=items("a"))
    with pytest.raises(anthropic.AnthropicError, match="results_url"):
        client.messages.batches.results(batch.id)


def test_each_request_fails_for_itself_and_only_success_is_billed(
    client: anthropic.Anthropic, api: MessagesApi, clock: Clock
) -> None:
    requests = items("fine", "will fail", "will expire")
    requests += [{"custom_id": f"bad-{n}", "params": asked(**bad)} for n, bad in enumerate(BAD)]
    batch = client.messages.batches.create(requests=requests)
    clock.now_s += 100
    found = ends(client, batch.id)
    assert found == {
        "id-0": "succeeded",
        "id-1": "errored",
        "id-2": "expired",
        **{f"bad-{n}": "errored" for n in range(len(BAD))},
    }
    counts = client.messages.batches.retrieve(batch.id).request_counts
    assert (counts.succeeded, counts.errored, counts.expired, counts.processing) == (1, 1 + len(BAD), 1, 0)
    assert [record.custom_id for record in api.calls if record.cost_usd] == ["id-0"]


BAD: Items = [
    {"stream": True},
    {"max_tokens": 0},
    {"model": "claude-opus-9"},
    {"temperature": 0},
    {"speed": "fast"},
]


def test_what_a_cancelled_batch_did_not_reach_is_cancelled(client: anthropic.Anthropic, clock: Clock) -> None:
    batch = client.messages.batches.create(requests=items(*"abcd"))
    clock.now_s += 50
    assert client.messages.batches.cancel(batch.id).processing_status == "canceling"
    assert client.messages.batches.retrieve(batch.id).processing_status == "ended"
    assert Counter(ends(client, batch.id).values()) == {"succeeded": 2, "canceled": 2}


def test_what_is_not_done_within_a_day_expires(clock: Clock) -> None:
    with MessagesApi(clock=clock, batch_s=4 * DAY_S) as api, client_of(api) as client:
        batch = client.messages.batches.create(requests=items(*"abcd"))
        clock.now_s += DAY_S
        assert Counter(ends(client, batch.id).values()) == {"succeeded": 1, "expired": 3}


def test_later_waves_read_what_earlier_ones_wrote(
    client: anthropic.Anthropic, api: MessagesApi, clock: Clock
) -> None:
    blocks = [
        {"type": "text", "text": "s" * 2_500, "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": "Look."},
    ]
    requests = items(*"abcdef", messages=[{"role": "user", "content": blocks}])
    batch = client.messages.batches.create(requests=requests)
    clock.now_s += 100
    client.messages.batches.retrieve(batch.id)
    read = [record.usage.read_tokens > 0 for record in api.calls if record.usage]
    assert read == [False] * 4 + [True] * 2


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [{"custom_id": "with blanks", "params": asked()}],
        [{"custom_id": "a" * 65, "params": asked()}],
        [{"custom_id": "a", "params": asked()}, {"custom_id": "a", "params": asked()}],
    ],
    ids=["none", "blank in id", "long id", "same id"],
)
def test_a_batch_that_is_malformed_is_refused(client: anthropic.Anthropic, requests: Items) -> None:
    with pytest.raises(anthropic.BadRequestError):
        client.messages.batches.create(requests=requests)


def test_an_unknown_batch_is_not_found(client: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError):
        client.messages.batches.retrieve("msgbatch_nowhere")
