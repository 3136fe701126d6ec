"""The faults of the Messages API for tests, as the real SDK sees them."""

import contextlib
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anthropic
import httpx2
import pytest

from tests.contract.asking import HAIKU, OPUS, SCHEMAS, SONNET, asked, client_of, text_of
from tests.messages_api import Fault, FaultKind, MessagesApi, Script, parse_fault, some_fail
from tests.messages_api.faults import CONNECTION_FAULTS

ERRORS: dict[FaultKind, tuple[type[anthropic.APIError], str | None]] = {
    FaultKind.RATE_LIMITED: (anthropic.RateLimitError, "rate_limit_error"),
    FaultKind.SPEND_LIMIT: (anthropic.EnforcedSpendLimitReachedError, "rate_limit_error"),
    FaultKind.USAGE_LIMIT: (anthropic.BadRequestError, "invalid_request_error"),
    FaultKind.INVALID: (anthropic.BadRequestError, "invalid_request_error"),
    FaultKind.UNAUTHORIZED: (anthropic.AuthenticationError, "authentication_error"),
    FaultKind.FORBIDDEN: (anthropic.PermissionDeniedError, "permission_error"),
    FaultKind.NOT_FOUND: (anthropic.NotFoundError, "not_found_error"),
    FaultKind.TOO_LARGE: (anthropic.ContentTooLargeError, "request_too_large"),
    FaultKind.SERVER_ERROR: (anthropic.InternalServerError, "api_error"),
    FaultKind.OVERLOADED: (anthropic.OverloadedError, "overloaded_error"),
    FaultKind.TIMEOUT: (anthropic.APITimeoutError, None),
    FaultKind.RESET_BEFORE: (anthropic.APIConnectionError, None),
    FaultKind.RESET_MID: (anthropic.APIConnectionError, None),
    FaultKind.STREAM_ERROR: (anthropic.OverloadedError, "overloaded_error"),
}
REPLY_FAULTS = [kind for kind in FaultKind if kind not in ERRORS]


@pytest.mark.parametrize("kind", ERRORS)
def test_the_sdk_raises_its_own_class(kind: FaultKind) -> None:
    expected, error_type = ERRORS[kind]
    timeout_s = 0.3 if kind is FaultKind.TIMEOUT else 10.0
    with MessagesApi(faults=[Fault(kind)]) as api, client_of(api, timeout=timeout_s) as client:
        with pytest.raises(anthropic.APIError) as caught:
            client.messages.create(**asked())
        assert type(caught.value) is expected
        if isinstance(caught.value, anthropic.APIStatusError):
            assert caught.value.type == error_type
    assert api.log[0].fault == kind.value
    assert (api.bill_usd > 0) is (kind in CONNECTION_FAULTS - {FaultKind.STREAM_ERROR})


def test_what_never_arrived_can_be_free_of_charge() -> None:
    fault = Fault(FaultKind.RESET_BEFORE, billed=False)
    with MessagesApi(faults=[fault]) as api, client_of(api) as client:
        with pytest.raises(anthropic.APIConnectionError):
            client.messages.create(**asked())
        assert api.bill_usd == 0


def test_a_rate_limit_may_say_when_to_come_back() -> None:
    faults = [Fault(FaultKind.RATE_LIMITED, nth=1, retry_after_s=0.2), Fault(FaultKind.RATE_LIMITED, nth=2)]
    with MessagesApi(faults=faults) as api, client_of(api) as client:
        seen = []
        for _ in range(2):
            with pytest.raises(anthropic.RateLimitError) as caught:
                client.messages.create(**asked())
            seen.append(caught.value.response.headers.get("retry-after"))
    assert seen == ["0.2", None]


def test_the_sdk_retries_what_it_should() -> None:
    faults = [Fault(FaultKind.RATE_LIMITED, when="once", retry_after_s=0.05)]
    with MessagesApi(faults=faults) as api, client_of(api, max_retries=2) as client:
        client.messages.create(**asked())
    assert [record.status for record in api.log] == [429, 200]


def test_a_timeout_lasts_no_longer_than_it_is_bounded() -> None:
    with MessagesApi(faults=[Fault(FaultKind.TIMEOUT, hang_s=0.2)]) as api, client_of(api) as client:
        start = time.monotonic()
        with pytest.raises(anthropic.APIConnectionError):
            client.messages.create(**asked())
        assert 0.2 <= time.monotonic() - start < 3


def test_a_client_that_gave_up_holds_no_slot() -> None:
    faults = [Fault(FaultKind.TIMEOUT, when="once")]
    with MessagesApi(faults=faults, max_concurrency=1) as api, client_of(api, timeout=0.2) as client:
        with pytest.raises(anthropic.APITimeoutError):
            client.messages.create(**asked())
        deadline = time.monotonic() + 5
        with client_of(api) as patient:
            while time.monotonic() < deadline:
                with contextlib.suppress(anthropic.RateLimitError):
                    patient.messages.create(**asked())
                    break
    assert api.log[-1].status == 200


@pytest.mark.parametrize("kind", [FaultKind.RESET_BEFORE, FaultKind.RESET_MID, FaultKind.STREAM_ERROR])
def test_a_stream_breaks_off(kind: FaultKind) -> None:
    reply = {"role": "judge", "reply": {"summary": "word " * 400}}
    with MessagesApi(script=Script.of([reply]), faults=[Fault(kind)]) as api, client_of(api) as client:
        # The SDK lets errors of its HTTP library through once a stream has begun.
        with pytest.raises((anthropic.APIError, httpx2.TransportError)):
            read_stream(client, **asked(role="judge", max_tokens=2_000))
        record = api.log[0]
    assert record.status == (200 if kind is FaultKind.STREAM_ERROR else None)
    assert record.cost_usd > 0


def test_an_error_in_a_stream_is_told_with_its_type() -> None:
    faulty = MessagesApi(faults=[Fault(FaultKind.STREAM_ERROR)])
    with faulty as api, client_of(api) as client, pytest.raises(anthropic.APIStatusError) as caught:
        read_stream(client, **asked())
    assert (caught.value.status_code, caught.value.type) == (200, "overloaded_error")


def read_stream(
    client: anthropic.Anthropic, **fields: Any
) -> None:  # Any: the keyword arguments of an SDK call
    with client.messages.stream(**fields) as stream:
        stream.until_done()


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


# What must hold for the stop reason, the types of the blocks, and the text.
SPOILT: dict[FaultKind, Callable[[str | None, list[str], str], bool]] = {
    FaultKind.TRUNCATED: lambda stop, _, text: stop == "max_tokens" and not is_json(text),
    FaultKind.REFUSED: lambda stop, blocks, _: stop == "refusal" and blocks == [],
    FaultKind.REFUSED_WITH_TEXT: lambda stop, _, text: stop == "refusal" and text != "",
    FaultKind.EMPTY: lambda stop, blocks, _: stop == "end_turn" and blocks == [],
    FaultKind.GARBAGE: lambda stop, _, text: stop == "end_turn" and not is_json(text),
    FaultKind.WRONG_SHAPE: lambda stop, _, text: (
        stop == "end_turn" and set(json.loads(text)) == {"verdict", "score"}
    ),
    FaultKind.NONSENSE: lambda stop, _, text: stop == "end_turn" and is_json(text) and "9999" in text,
    FaultKind.WRONG_PLACE: lambda stop, _, text: stop == "end_turn" and is_json(text) and "9999" in text,
    FaultKind.UNKNOWN_STOP: lambda stop, _, text: stop == "called_to_lunch" and is_json(text),
    FaultKind.UNKNOWN_BLOCK: lambda _, blocks, text: blocks == ["hologram", "text"] and is_json(text),
    FaultKind.USAGE_MISSING: lambda stop, _, text: stop == "end_turn" and is_json(text),
    FaultKind.USAGE_ZERO: lambda stop, _, text: stop == "end_turn" and is_json(text),
    FaultKind.SUBSTITUTED: lambda stop, _, text: stop == "end_turn" and is_json(text),
}


@pytest.mark.parametrize("role", SCHEMAS)
@pytest.mark.parametrize("kind", REPLY_FAULTS)
def test_a_spoilt_reply_comes_with_200_and_is_billed(kind: FaultKind, role: str) -> None:
    with MessagesApi(faults=[Fault(kind, role=role)]) as api, client_of(api) as client:
        message = client.messages.create(**asked(role=role))
    text = "".join(getattr(block, "text", None) or "" for block in message.content)
    assert SPOILT[kind](message.stop_reason, [block.type for block in message.content], text)
    assert (getattr(message, "usage", None) is None) is (kind is FaultKind.USAGE_MISSING)
    assert (api.bill_usd == 0) is (kind is FaultKind.REFUSED)


def test_a_truncated_reply_used_all_that_it_might() -> None:
    with MessagesApi(faults=[Fault(FaultKind.TRUNCATED)]) as api, client_of(api) as client:
        assert client.messages.create(**asked(max_tokens=900)).usage.output_tokens == 900


def test_a_refusal_tells_its_category() -> None:
    with MessagesApi(faults=[Fault(FaultKind.REFUSED)]) as api, client_of(api) as client:
        details = client.messages.create(**asked()).stop_details
    assert details is not None
    assert details.category == "cyber"


def test_nonsense_follows_the_schema() -> None:
    with MessagesApi(faults=[Fault(FaultKind.NONSENSE)]) as api, client_of(api) as client:
        claim = json.loads(text_of(client.messages.create(**asked())))["claims"][0]
    items: Any = SCHEMAS["worker"]["properties"]["claims"]  # Any: a JSON schema
    assert set(claim) == set(items["items"]["properties"])
    assert claim["file"] == 9999


def test_a_fault_strikes_whom_it_is_aimed_at() -> None:
    faults = [
        Fault(FaultKind.OVERLOADED, role="judge"),
        Fault(FaultKind.SERVER_ERROR, lens="security"),
        Fault(FaultKind.RATE_LIMITED, model=SONNET),
        Fault(FaultKind.FORBIDDEN, contains="src/secret.py"),
    ]
    with MessagesApi(faults=faults) as api, client_of(api) as client:
        asks: list[dict[str, Any]] = [  # Any: the keyword arguments of an SDK call
            asked(role="judge"),
            asked("Lens: security"),
            asked(model=SONNET),
            asked("[1] src/secret.py (modified)"),
            asked("Lens: tests"),
        ]
        for fields in asks[:-1]:
            with pytest.raises(anthropic.APIStatusError):
                client.messages.create(**fields)
        client.messages.create(**asks[-1])
    assert [record.status for record in api.log] == [529, 500, 429, 403, 200]


@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        (Fault(FaultKind.OVERLOADED), [529, 529, 529, 529]),
        (Fault(FaultKind.OVERLOADED, when="once"), [529, 200, 200, 200]),
        (Fault(FaultKind.OVERLOADED, when="each_once"), [529, 200, 529, 200]),
        (Fault(FaultKind.OVERLOADED, nth=3), [200, 200, 529, 200]),
        (Fault(FaultKind.OVERLOADED, p=0), [200, 200, 200, 200]),
    ],
)
def test_a_fault_strikes_when_it_is_due(fault: Fault, statuses: list[int]) -> None:
    with MessagesApi(faults=[fault]) as api, client_of(api) as client:
        for text in ("a", "a", "b", "b"):
            with contextlib.suppress(anthropic.OverloadedError):
                client.messages.create(**asked(text))
    assert [record.status for record in api.log] == statuses


def test_chance_is_the_same_in_any_order_of_threads() -> None:
    def struck(threads: int, seed: int) -> set[str]:
        kinds = [FaultKind.OVERLOADED, FaultKind.SERVER_ERROR, FaultKind.RATE_LIMITED]
        with MessagesApi(faults=some_fail(0.3, kinds, seed)) as api, client_of(api) as client:

            def ask(number: int) -> str:
                try:
                    client.messages.create(**asked(f"Number {number}"))
                except anthropic.APIStatusError as error:
                    return f"{number} {error.status_code}"
                return ""

            with ThreadPoolExecutor(threads) as pool:
                return {end for end in pool.map(ask, range(100)) if end}

    alone = struck(1, seed=7)
    assert alone == struck(8, seed=7)
    assert alone != struck(1, seed=8)
    assert 15 <= len(alone) <= 45
    assert {end.split()[1] for end in alone} == {"429", "500", "529"}


def test_a_fault_is_written_in_words() -> None:
    assert parse_fault("overloaded") == Fault(FaultKind.OVERLOADED)
    said = parse_fault("rate_limited:role=worker,p=0.3,retry_after_s=2,when=once,billed=false,nth=2")
    assert said == Fault(
        FaultKind.RATE_LIMITED, role="worker", p=0.3, retry_after_s=2.0, when="once", billed=False, nth=2
    )


@pytest.mark.parametrize(
    "text", ["exploded", "overloaded:often=true", "timeout:hang_s=long", "timeout:when=now"]
)
def test_a_fault_that_is_misspelt_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # each names another thing
        parse_fault(text)


def test_the_escalation_model_can_succeed_where_the_worker_fails() -> None:
    rules = [{"role": "worker", "model": HAIKU, "fault": "refused"}]
    with MessagesApi(script=Script.of(rules)) as api, client_of(api) as client:
        stops = [client.messages.create(**asked(model=model)).stop_reason for model in (HAIKU, OPUS)]
    assert stops == ["refusal", "end_turn"]
