from contextlib import suppress
from decimal import Decimal

import pytest

from chargehand.core.errors import Failure, NoAnswer, OverBudget, ProviderStopped, RunEnding
from chargehand.core.prompt import Prompt, Reply
from chargehand.core.tokens import estimate_prompt_tokens
from chargehand.core.usage import Call, Usage
from chargehand.cost.ledger import Ledger
from chargehand.cost.prices import PriceOverride, Prices
from chargehand.llm.attempts.metered import Metered, worst_case_usd
from tests.unit.llm.asking import PROMPT, USAGE, Clock, Script, no_answer, prompt, reply

WORST = Prices().worst_case(estimate_prompt_tokens(PROMPT), 1000, PROMPT.model, cache_write=True)

FREE = Decimal(0)


def book(end: Reply | BaseException, ledger: Ledger | None = None) -> Call:
    """Return how one attempt that ends like this is booked."""
    ledger = ledger or Ledger()
    metered = Metered(Script([end]), ledger, Prices(), Clock())
    with suppress(NoAnswer, KeyboardInterrupt):
        metered.ask(PROMPT)
    assert ledger.committed_usd == ledger.spent_usd
    (call,) = ledger.calls
    return call


def test_an_answered_call_is_booked_at_its_reported_usage() -> None:
    call = book(reply())
    assert call == Call(
        role=PROMPT.role,
        task="security-1",
        lens="security",
        model=PROMPT.model,
        attempt=1,
        outcome="answered",
        usage=USAGE,
        cost_usd=Prices().cost(USAGE, PROMPT.model),
        seconds=1.5,
        request_id="req_1",
    )
    assert call.cost_usd == Decimal("0.00015")


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (reply("nonsense"), "invalid"),
        (reply(stop_reason="max_tokens"), "truncated"),
        (reply(""), "empty"),
        (reply(stop_reason="odd"), "unknown_stop"),
        (reply(stop_reason="refusal"), "refused"),
    ],
)
def test_a_reply_that_is_no_answer_is_paid_for(end: Reply, outcome: str) -> None:
    call = book(end)
    assert (call.outcome, call.cost_usd, call.usage) == (outcome, Decimal("0.00015"), USAGE)


def test_a_refusal_before_any_output_is_free_and_keeps_its_usage() -> None:
    call = book(reply("", stop_reason="refusal", is_charged=False))
    assert (call.outcome, call.cost_usd, call.is_assumed) == ("refused", FREE, False)
    assert call.usage == USAGE


def test_a_reply_without_usage_is_assumed_at_its_worst() -> None:
    call = book(reply(usage=None))
    assert (call.outcome, call.cost_usd, call.is_assumed) == ("answered", WORST, True)


@pytest.mark.parametrize("failure", [Failure.RATE_LIMITED, Failure.OVERLOADED, Failure.REJECTED])
def test_an_attempt_that_was_turned_away_is_free(failure: Failure) -> None:
    call = book(no_answer(failure))
    assert (call.outcome, call.cost_usd, call.is_assumed) == (failure.value, FREE, False)


def test_an_attempt_whose_end_is_unknown_is_assumed_at_its_worst() -> None:
    call = book(NoAnswer(Failure.TIMEOUT, "silence", may_be_charged=True))
    assert (call.outcome, call.cost_usd, call.is_assumed) == ("timeout", WORST, True)


def test_an_interrupted_attempt_is_assumed_at_its_worst() -> None:
    call = book(KeyboardInterrupt())
    assert (call.outcome, call.cost_usd, call.is_assumed) == ("connection", WORST, True)


def test_a_run_that_the_provider_stops_is_not_charged() -> None:
    ledger = Ledger()
    with pytest.raises(ProviderStopped):
        Metered(Script([ProviderStopped("no key")]), ledger, Prices()).ask(PROMPT)
    assert ledger.committed_usd == 0
    assert ledger.calls == ()


def test_an_attempt_that_is_not_sent_because_the_run_ends_leaves_no_trace() -> None:
    ledger = Ledger()
    with pytest.raises(RunEnding):
        Metered(Script([RunEnding()]), ledger, Prices()).ask(PROMPT)
    assert ledger.committed_usd == 0
    assert ledger.calls == ()


def test_nothing_is_sent_that_does_not_fit_under_the_cap() -> None:
    assert WORST is not None
    script = Script([reply()])
    with pytest.raises(OverBudget):
        Metered(script, Ledger(WORST - Decimal("0.0000001")), Prices()).ask(PROMPT)
    assert script.asked == []
    Metered(script, Ledger(WORST), Prices()).ask(PROMPT)


def test_max_tokens_beyond_the_models_limit_are_not_reserved() -> None:
    ledger = Ledger()
    asked = prompt(model="claude-haiku-4-5", max_tokens=1_000_000)
    with pytest.raises(NoAnswer):
        Metered(Script([NoAnswer(Failure.TIMEOUT, "", may_be_charged=True)]), ledger, Prices()).ask(asked)
    assert ledger.spent_usd < Decimal("0.36")  # 64,000 tokens at 5 dollars a million, and a tenth


def test_a_local_model_at_no_price_costs_nothing_under_any_cap() -> None:
    prices = Prices({"llama": PriceOverride(input=Decimal(0), output=Decimal(0))})
    ledger = Ledger(Decimal(0))
    Metered(Script([reply(usage=None)]), ledger, prices).ask(prompt(model="llama"))
    assert ledger.calls[0].cost_usd == 0


def test_a_model_without_a_price_is_booked_without_a_cost() -> None:
    ledger = Ledger()
    Metered(Script([reply(model="llama")]), ledger, Prices()).ask(prompt(model="llama"))
    assert (ledger.calls[0].cost_usd, ledger.calls[0].usage) == (None, USAGE)


def test_reports_measure_the_estimates() -> None:
    ledger = Ledger()
    usage = Usage(input_tokens=estimate_prompt_tokens(PROMPT), output_tokens=1)
    Metered(Script([reply(usage=usage)]), ledger, Prices()).ask(PROMPT)
    assert ledger.token_ratio == 1


def test_an_attempt_is_sent_if_the_providers_count_shows_that_it_fits() -> None:
    asked = prompt(material="1234567890" * 4000)
    counted: list[Prompt] = []

    def count(each: Prompt) -> int:
        counted.append(each)
        return 14_000

    estimated = worst_case_usd(asked, Prices())
    assert estimated is not None
    script = Script([reply(), reply()])
    with pytest.raises(OverBudget):
        Metered(script, Ledger(estimated / 2), Prices()).ask(asked)
    Metered(script, Ledger(estimated / 2), Prices(), count=count).ask(asked)
    Metered(script, Ledger(estimated), Prices(), count=count).ask(asked)
    assert counted == [asked]
    assert len(script.asked) == 2
