"""The Messages API for tests, asked by the real SDK: answers, events, tokens, bill and log."""

import json
import threading
import time
from decimal import Decimal
from http.client import HTTPConnection

import anthropic
import pytest
from genai_prices import Usage as Counted
from genai_prices import calc_price

from tests.contract.asking import HAIKU, OLD_HAIKU, OPUS, SCHEMAS, SONNET, asked, client_of, text_of, waiting
from tests.messages_api import MessagesApi, Script, load_replies
from tests.messages_api.billing import Usage, cost_usd
from tests.messages_api.models import MODELS


def test_without_a_rule_the_answer_is_the_least_valid_one(client: anthropic.Anthropic) -> None:
    answers = {role: json.loads(text_of(client.messages.create(**asked(role=role)))) for role in SCHEMAS}
    assert answers["plan"] == {"groups": []}
    assert answers["worker"] == {"claims": []}
    assert answers["judge"]["rulings"] == []
    assert answers["judge"]["summary"]


def test_a_streamed_message_is_the_plain_one(client: anthropic.Anthropic) -> None:
    plain = client.messages.create(**asked(model=OPUS, role="judge"))
    with client.messages.stream(**asked(model=OPUS, role="judge")) as stream:
        kinds = {event.type for event in stream}
        streamed = stream.get_final_message()
    assert {"message_start", "content_block_delta", "message_delta", "message_stop"} <= kinds
    assert text_of(streamed) == text_of(plain)
    assert [block.type for block in streamed.content] == ["thinking", "text"]
    assert streamed.usage.model_dump() == plain.usage.model_dump()
    assert streamed.stop_reason == plain.stop_reason == "end_turn"


def test_the_first_event_comes_before_the_answer() -> None:
    with MessagesApi(delay_s=1.0, first_event_s=0.05) as api, client_of(api) as client:
        start = time.monotonic()
        with client.messages.stream(**asked()) as stream:
            next(iter(stream))
            first_s = time.monotonic() - start
            stream.get_final_message()
        whole_s = time.monotonic() - start
    assert 0.05 <= first_s < 0.9
    assert whole_s >= 1.0


def test_a_delay_can_differ_by_role_and_is_not_longer_than_asked() -> None:
    with MessagesApi(delay_s={"judge": 0.5}) as api, client_of(api) as client:
        for role in ("worker", "judge"):
            client.messages.create(**asked(role=role))
    worker, judge = api.calls
    assert worker.seconds < 0.5
    assert 0.5 <= judge.seconds < 1.5


def test_a_key_is_taken_as_bearer_and_as_header(api: MessagesApi) -> None:
    with client_of(api, api_key=None, auth_token=api.key) as client:
        client.messages.create(**asked())
    with client_of(api) as client:
        client.messages.create(**asked(extra_headers={"x-api-key": api.key}))
    assert [record.status for record in api.log] == [200, 200]


def test_a_wrong_key_is_an_authentication_error(api: MessagesApi) -> None:
    with client_of(api, api_key="wrong") as client, pytest.raises(anthropic.AuthenticationError) as caught:
        client.messages.create(**asked())
    assert caught.value.type == "authentication_error"
    assert caught.value.request_id == "req_000001"


def test_a_missing_key_is_an_authentication_error(api: MessagesApi) -> None:
    connection = HTTPConnection(api.url.removeprefix("http://"))
    connection.request("POST", "/v1/messages", b"{}", {"anthropic-version": "2026-10-21"})
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    assert response.status == 401
    assert body["type"] == "error"
    assert body["error"] == {"type": "authentication_error", "message": "x-api-key header is required"}
    assert body["request_id"] == response.headers["request-id"] == "req_000001"


def test_answers_carry_the_request_id_and_the_rate_limits(client: anthropic.Anthropic) -> None:
    raw = client.messages.with_raw_response.create(**asked())
    assert raw.headers["request-id"] == raw.parse()._request_id == "req_000001"
    assert raw.headers["anthropic-ratelimit-requests-limit"] == "1000"
    assert raw.headers["anthropic-ratelimit-requests-remaining"] == "1000"
    assert raw.headers["anthropic-ratelimit-input-tokens-reset"].endswith("Z")


def test_one_connection_serves_many_requests(api: MessagesApi, client: anthropic.Anthropic) -> None:
    for _ in range(3):
        client.messages.create(**asked())
    assert len(api._http._open) == 1


def test_tokens_are_counted_by_length_and_by_generation(client: anthropic.Anthropic) -> None:
    def count(model: str, characters: int) -> int:
        messages = [{"role": "user", "content": "x" * characters}]
        return client.messages.count_tokens(model=model, messages=messages).input_tokens  # type: ignore[arg-type]  # a plain dict

    assert count(HAIKU, 2_500) - count(HAIKU, 0 + 25) == 990
    assert count(OLD_HAIKU, 3_400) - count(OLD_HAIKU, 34) == 990
    assert count(HAIKU, 26) - count(HAIKU, 25) == 1


def test_the_count_is_what_is_billed(client: anthropic.Anthropic) -> None:
    fields = asked(system="You review.")
    counted = client.messages.count_tokens(**{key: fields[key] for key in fields if key != "max_tokens"})
    assert client.messages.create(**fields).usage.input_tokens == counted.input_tokens


@pytest.mark.parametrize(
    ("model", "options", "tokens"),
    [
        (OPUS, {}, 500),
        (OPUS, {"effort": "low"}, 160),
        (SONNET, {"thinking": {"type": "between_tools"}}, 40),
        (HAIKU, {"thinking": {"type": "adaptive"}}, 500),
        (HAIKU, {}, 0),
        (OLD_HAIKU, {}, 0),
        (OLD_HAIKU, {"thinking": {"type": "enabled", "budget_tokens": 1024}}, 1024),
    ],
)
def test_thinking_is_output_that_is_billed(
    client: anthropic.Anthropic, model: str, options: dict[str, object], tokens: int
) -> None:
    fields = asked(model=model, max_tokens=2_000)
    if "effort" in options:
        fields["output_config"] = {**fields["output_config"], **options}
    else:
        fields.update(options)
    usage = client.messages.create(**fields).usage
    assert usage.output_tokens_details is not None
    assert usage.output_tokens_details.thinking_tokens == tokens
    assert usage.output_tokens > tokens


def test_thinking_counts_against_max_tokens(client: anthropic.Anthropic) -> None:
    message = client.messages.create(**asked(model=OPUS, max_tokens=300))
    assert message.stop_reason == "max_tokens"
    assert message.usage.output_tokens == 300
    assert text_of(message) == ""


def test_an_answer_that_is_too_long_is_cut(client: anthropic.Anthropic, api: MessagesApi) -> None:
    message = client.messages.create(**asked(role="judge", max_tokens=5))
    assert message.stop_reason == "max_tokens"
    assert message.usage.output_tokens == 5
    assert text_of(message) == '{"summary":"'


def test_a_full_context_ends_the_answer(client: anthropic.Anthropic) -> None:
    message = client.messages.create(**asked("x" * 679_700, model=OLD_HAIKU, role=None, max_tokens=500))
    assert message.stop_reason == "end_turn"
    message = client.messages.create(**asked("x" * 679_955, model=OLD_HAIKU, role=None, max_tokens=500))
    assert message.stop_reason == "model_context_window_exceeded"


def test_the_bill_is_the_sum_of_what_was_reported(client: anthropic.Anthropic, api: MessagesApi) -> None:
    usage = client.messages.create(**asked(model=OPUS)).usage
    expected = (usage.input_tokens * Decimal(4) + usage.output_tokens * Decimal(20)) / 1_000_000
    assert api.bill_usd == api.log[0].cost_usd == expected


@pytest.mark.parametrize("model", [name for name, spec in MODELS.items() if spec.lifecycle != "retired"])
def test_the_price_agrees_with_genai_prices(model: str) -> None:
    counted = Counted(
        input_tokens=20_450, cache_write_tokens=400, cache_read_tokens=20_000, output_tokens=700
    )
    try:
        other = calc_price(counted, model, provider_id="anthropic").total_price
    except LookupError:
        pytest.skip("this version of genai-prices does not know the model")
    usage = Usage(input_tokens=50, write_5m_tokens=400, read_tokens=20_000, output_tokens=700)
    assert cost_usd(MODELS[model], usage) == other


def test_haiku_costs_five_times_as_much_above_its_step() -> None:
    spec = MODELS[HAIKU]
    below = cost_usd(spec, Usage(input_tokens=40_000, read_tokens=60_000, output_tokens=1_000))
    above = cost_usd(spec, Usage(input_tokens=40_000, read_tokens=60_001, output_tokens=1_000))
    assert below == Decimal("0.0051")
    assert above == 5 * below + Decimal("0.00000005")


def test_multipliers_multiply() -> None:
    spec = MODELS[OPUS]
    plain = cost_usd(spec, Usage(input_tokens=1_000, write_1h_tokens=1_000, output_tokens=1_000))
    assert plain == Decimal("0.032")
    for changed, factor in (
        ({"service_tier": "batch"}, "0.5"),
        ({"inference_geo": "us"}, "1.1"),
        ({"speed": "fast"}, "2"),
    ):
        usage = Usage(input_tokens=1_000, write_1h_tokens=1_000, output_tokens=1_000, **changed)  # type: ignore[arg-type]  # three fields of text
        assert cost_usd(spec, usage) == plain * Decimal(factor)


def test_the_place_of_the_workspace_shows_in_usage_and_bill() -> None:
    with MessagesApi(workspace_geo="us") as api, client_of(api) as client:
        usage = client.messages.create(**asked()).usage
        old = client.messages.create(**asked(model=OLD_HAIKU)).usage
    assert usage.inference_geo == "us"
    assert old.inference_geo == "not_available"
    base = (usage.input_tokens * Decimal("0.1") + usage.output_tokens * Decimal("0.5")) / 1_000_000
    assert api.log[0].cost_usd == base * Decimal("1.1")


def test_the_log_tells_what_was_asked(client: anthropic.Anthropic, api: MessagesApi) -> None:
    client.messages.create(**asked("Lens: security\nLook."))
    record = api.log[0]
    assert (record.number, record.route, record.status) == (1, "/v1/messages", 200)
    assert (record.model, record.role, record.lens) == (HAIKU, "worker", "security")
    assert record.request["messages"][0]["content"] == "Lens: security\nLook."
    assert record.answered_at >= record.received_at
    assert json.loads(json.dumps(record.as_json()))["cost_usd"] == str(record.cost_usd)


def test_the_high_water_mark_counts_what_was_in_flight() -> None:
    with waiting(6) as api:
        assert api.peak_in_flight == 6


def test_no_more_requests_are_served_at_once_than_the_limit() -> None:
    with waiting(2, max_concurrency=2, limit_retry_after_s=0.5) as api, client_of(api) as client:
        with pytest.raises(anthropic.RateLimitError) as caught:
            client.messages.create(**asked())
        assert api.peak_in_flight == 2
    assert caught.value.response.headers["retry-after"] == "0.5"
    assert sorted(str(record.status) for record in api.log) == ["429", "None", "None"]


def test_a_slot_is_free_as_soon_as_the_client_has_its_answer() -> None:
    with MessagesApi(max_concurrency=1) as api, client_of(api) as client:
        for number in range(60):
            if number % 2:
                client.messages.create(**asked())
            else:
                with client.messages.stream(**asked()) as stream:
                    stream.get_final_message()
    assert {record.status for record in api.log} == {200}


def test_the_models_route_tells_what_a_model_accepts(client: anthropic.Anthropic) -> None:
    old = client.models.retrieve("claude-haiku-4-5")
    assert old.id == OLD_HAIKU
    assert old.max_input_tokens == 200_000
    assert old.capabilities is not None
    assert not old.capabilities.effort.supported
    assert not old.capabilities.thinking.types.adaptive.supported
    assert client.models.retrieve("claude-sonnet-4-5").lifecycle == "deprecated"
    assert OPUS in {model.id for model in client.models.list()}
    with pytest.raises(anthropic.NotFoundError):
        client.models.retrieve("claude-opus-9")


def test_the_server_ends_at_once_with_clients_still_waiting() -> None:
    before = threading.active_count()
    with waiting(3):
        start = time.monotonic()
    assert time.monotonic() - start < 5
    assert threading.active_count() == before


def test_a_fault_of_the_server_itself_is_not_passed_over() -> None:
    def broken_clock() -> float:
        raise ZeroDivisionError

    with pytest.raises(RuntimeError, match="itself at fault"):  # noqa: PT012, SIM117  # it is the exit that raises
        with MessagesApi(clock=broken_clock) as api, client_of(api) as client:
            with pytest.raises(anthropic.APIConnectionError):
                client.messages.create(**asked())


def test_replies_are_read_from_a_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("replies") / "replies.json"
    path.write_text('{"rules": [{"role": "judge", "reply": {"summary": "Fine."}}], "delay_s": 0.05}')
    with MessagesApi(**load_replies(path)) as api, client_of(api) as client:
        assert json.loads(text_of(client.messages.create(**asked(role="judge"))))["summary"] == "Fine."
    assert api.log[0].seconds >= 0.05


@pytest.mark.parametrize(
    "rule",
    [{"roll": "judge"}, {"usage": {"cost": 3}}, {"fault": "explodes"}, {"fault": "overloaded:when=never"}],
)
def test_a_rule_that_is_misspelt_is_refused(rule: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # each names another thing
        Script.of([rule])
