"""Who is paid for an answer that a gateway had another model give, and what that means for the cap."""

from collections.abc import Callable
from concurrent.futures import wait
from decimal import Decimal
from threading import Event

from chargehand.core.errors import Failure
from chargehand.core.prompt import Prompt, Reply
from chargehand.core.usage import Usage
from chargehand.cost.ledger import Ledger
from chargehand.cost.prices import PriceOverride, Prices
from chargehand.cost.served import Billed, billed
from chargehand.llm.attempts.metered import Metered
from tests.unit.cost.waiting import waiting_for
from tests.unit.llm.asking import (
    ORCHESTRATOR,
    PROMPT,
    USAGE,
    WORKER,
    Script,
    at_worst,
    no_answer,
    prompt,
    reply,
    result,
)

CENT = Decimal("0.01")
PRICES = Prices()


class Answering:
    """A model made from a function."""

    def __init__(self, answer: Callable[[Prompt], Reply]) -> None:
        self.ask = answer


def test_a_dearer_model_is_billed_at_its_price_and_named() -> None:
    dear = PRICES.cost(USAGE, ORCHESTRATOR)
    assert billed(USAGE, WORKER, ORCHESTRATOR, PRICES) == Billed(dear, ORCHESTRATOR)


def test_the_word_of_a_server_makes_no_bill_smaller() -> None:
    for served in (WORKER, f"{ORCHESTRATOR}-20260922", "who-knows"):
        assert billed(USAGE, ORCHESTRATOR, served, PRICES) == Billed(PRICES.cost(USAGE, ORCHESTRATOR))


def test_an_alias_has_the_price_that_the_configuration_gives_it() -> None:
    prices = Prices({"our-reader": PriceOverride(input=Decimal(1), output=Decimal(1))})
    assert billed(USAGE, "our-reader", ORCHESTRATOR, prices) == Billed(Decimal("0.0011"))
    assert billed(USAGE, "nobody-priced", WORKER, PRICES) == Billed(PRICES.cost(USAGE, WORKER), WORKER)


def test_after_a_substitution_the_dearer_price_is_reserved() -> None:
    ledger = Ledger(Decimal(1))
    metered = Metered(Script([reply(model=ORCHESTRATOR)]), ledger, PRICES)
    before = metered.worst_case_usd(PROMPT, Decimal(1))
    metered.ask(PROMPT)
    after = metered.worst_case_usd(PROMPT, Decimal(1))
    assert before is not None
    assert after is not None
    assert after > 30 * before
    assert [(each.model, each.served_by) for each in ledger.calls] == [(WORKER, ORCHESTRATOR)]


def test_the_first_call_of_a_model_goes_alone_where_another_may_answer() -> None:
    ledger = Ledger(Decimal(1), may_substitute=True)
    first, other = ledger.reserve(PROMPT, at_worst(CENT)), prompt(model=ORCHESTRATOR)
    ledger.release(ledger.reserve(other, at_worst(CENT)))
    with waiting_for(ledger) as threads:
        later = threads.submit(ledger.reserve, PROMPT, at_worst(CENT))
        assert not wait([later], timeout=0.05).done
        ledger.settle(first, result(cost_usd=CENT))
        later.result(timeout=30)
    assert ledger.committed_usd == 2 * CENT


def test_further_calls_begin_when_the_first_reply_does_and_reserve_what_its_model_costs() -> None:
    ledger, going_on, flying = Ledger(Decimal(1), may_substitute=True), Event(), []

    def answer(asked: Prompt) -> Reply:
        if asked.on_begin:
            asked.on_begin(ORCHESTRATOR)
            assert going_on.wait(30)
        else:
            flying.append(ledger.committed_usd)
            going_on.set()
        return reply(model=ORCHESTRATOR)

    metered = Metered(Answering(answer), ledger, PRICES)
    cheap = metered.worst_case_usd(PROMPT, Decimal(1))
    with waiting_for(ledger) as threads:
        for each in [threads.submit(metered.ask, PROMPT) for _ in range(2)]:
            each.result(timeout=30)
    assert cheap is not None
    assert flying > [60 * cheap]


def test_a_reply_that_names_no_model_is_alone_until_it_ends() -> None:
    ledger = Ledger(Decimal(1), may_substitute=True)

    def answer(asked: Prompt) -> Reply:
        assert asked.on_begin
        asked.on_begin(None)
        assert ledger.is_unheard(WORKER)
        return reply()

    Metered(Answering(answer), ledger, PRICES).ask(PROMPT)
    assert not ledger.is_unheard(WORKER)


def test_a_server_that_rejects_a_stream_is_asked_without() -> None:
    model = Script([no_answer(Failure.REJECTED), reply()])
    ledger = Ledger(Decimal(1), may_substitute=True)
    Metered(model, ledger, PRICES).ask(PROMPT)
    assert [bool(asked.on_begin) for asked in model.asked] == [True, False]
    assert len(ledger.calls) == 1


def test_what_was_assumed_and_is_in_flight_is_raised_once_a_dearer_model_is_known() -> None:
    worst = [CENT]
    ledger = Ledger(Decimal(1))
    lost, flying = (ledger.reserve(PROMPT, lambda _tokens: worst[0]) for _ in range(2))
    ledger.settle_at_worst(lost, result(usage=None))
    worst[0] = 5 * CENT
    ledger.raise_worst(WORKER)
    assert (ledger.spent_usd, ledger.committed_usd, ledger.excess_usd) == (5 * CENT, 10 * CENT, 4 * CENT)
    ledger.settle_at_worst(flying, result(usage=None))
    assert (ledger.spent_usd, ledger.excess_usd) == (10 * CENT, 8 * CENT)


def test_usage_of_nothing_is_not_believed_of_an_answer() -> None:
    for usage in (Usage(), Usage(output_tokens=9), Usage(input_tokens=900)):
        ledger = Ledger()
        Metered(Script([reply(usage=usage)]), ledger, PRICES).ask(PROMPT)
        (call,) = ledger.calls
        assert (call.is_assumed, call.usage) == (True, None)
        assert call.cost_usd
