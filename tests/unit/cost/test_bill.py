from collections.abc import Sequence
from decimal import Decimal

import pytest

from chargehand.core.shape import read
from chargehand.core.usage import Bill, Call, Role, Usage
from chargehand.cost.bill import make_bill
from chargehand.cost.counterfactuals import SinglePass
from chargehand.cost.ledger import Ledger
from chargehand.cost.prices import Prices
from tests.unit.llm.asking import ORCHESTRATOR, SONNET, WORKER, call

PRICES = Prices()
MTOK = Decimal(1_000_000)


def worker(model: str = WORKER, **usage: object) -> Call:
    return call(model=model, usage=read(Usage, usage))


def orchestrator(role: Role, **usage: object) -> Call:
    return call(role=role, task=role.value, lens=None, model=ORCHESTRATOR, usage=read(Usage, usage))


def bill(
    calls: Sequence[Call], model: str = ORCHESTRATOR, prompt_tokens: int = 10_000, ratio: str | None = "0.8"
) -> Bill:
    pass_ = SinglePass(prompt_tokens=prompt_tokens, token_ratio=None if ratio is None else Decimal(ratio))
    return make_bill(calls, PRICES, model, pass_)


def all_orchestrator(calls: Sequence[Call], model: str = ORCHESTRATOR) -> Decimal | None:
    return bill(calls, model).counterfactuals.all_orchestrator_usd


def single_pass(
    calls: Sequence[Call], model: str = ORCHESTRATOR, ratio: str | None = "0.8"
) -> Decimal | None:
    return bill(calls, model, ratio=ratio).counterfactuals.single_pass_usd


def test_every_call_is_added_up_in_every_way() -> None:
    calls = (
        call(role=Role.PLAN, lens=None, model=ORCHESTRATOR, cost_usd=Decimal("0.01")),
        call(role=Role.WORKER, lens="security", cost_usd=Decimal("0.001")),
        call(role=Role.WORKER, lens="tests", cost_usd=Decimal("0.002"), outcome="invalid"),
        call(role=Role.ESCALATION, lens="tests", model=SONNET, cost_usd=Decimal("0.004")),
        call(role=Role.JUDGE, lens=None, model=ORCHESTRATOR, cost_usd=Decimal("0.03")),
    )
    met = bill(calls)
    assert met.total_usd == Decimal("0.047")
    assert met.orchestrator_usd == Decimal("0.04")
    assert met.workers_usd == Decimal("0.007")
    assert list(met.by_role.items()) == [
        ("escalation", Decimal("0.004")),
        ("judge", Decimal("0.03")),
        ("plan", Decimal("0.01")),
        ("worker", Decimal("0.003")),
    ]
    assert list(met.by_model) == [WORKER, ORCHESTRATOR, SONNET]
    assert list(met.by_lens.items()) == [("security", Decimal("0.001")), ("tests", Decimal("0.006"))]
    assert (met.calls, met.unpriced) == (5, ())
    assert met.prices_from == PRICES.version


def test_usage_is_added_up_field_by_field() -> None:
    usage = Usage(
        input_tokens=1,
        cache_write_5m_tokens=2,
        cache_write_1h_tokens=3,
        cache_read_tokens=4,
        output_tokens=5,
        thinking_tokens=6,
        service_tier="standard",
    )
    met = bill((call(usage=usage), call(usage=usage), call(usage=None))).usage
    assert met == Usage(
        input_tokens=2,
        cache_write_5m_tokens=4,
        cache_write_1h_tokens=6,
        cache_read_tokens=8,
        output_tokens=10,
        thinking_tokens=12,
    )


def test_a_model_without_a_price_is_named_and_the_total_is_what_is_known() -> None:
    met = bill((call(), call(model="llama", cost_usd=None), call(model="gemma", cost_usd=None)))
    assert met.unpriced == ("gemma", "llama")
    assert met.total_usd == Decimal("0.00015")


def test_no_calls_make_an_empty_bill() -> None:
    met = bill(())
    assert met.total_usd == met.calls == 0
    assert met.by_role == met.by_model == met.by_lens == {}
    assert met.counterfactuals.all_orchestrator_usd == met.counterfactuals.single_pass_usd == 0


def test_an_orchestrator_without_a_price_has_no_counterfactuals() -> None:
    counterfactuals = bill((call(),), "llama").counterfactuals
    assert counterfactuals.all_orchestrator_usd is None
    assert counterfactuals.single_pass_usd is None


def test_all_orchestrator_reprices_every_answered_call_as_it_was_cached() -> None:
    calls = (
        orchestrator(Role.JUDGE, input_tokens=1000, output_tokens=300, thinking_tokens=200),
        worker(input_tokens=100, cache_write_5m_tokens=2000, output_tokens=50),
        worker(input_tokens=100, cache_read_tokens=2000, output_tokens=50),
    )
    by_hand = (1000 * 4 + 300 * 20 + 200 * 4 + 2000 * 5 + 2000 * Decimal("0.2") + 100 * 20) / MTOK
    assert all_orchestrator(calls) == by_hand


@pytest.mark.parametrize("outcome", ["invalid", "truncated", "timeout", "rate_limited", "refused"])
def test_all_orchestrator_leaves_out_what_a_stronger_model_might_not_have_failed_at(outcome: str) -> None:
    answered = call(role=Role.ESCALATION, model=SONNET)
    assert all_orchestrator((call(outcome=outcome), answered)) == all_orchestrator((answered,))


@pytest.mark.parametrize(
    ("model", "by", "tokens"),
    [
        ("claude-haiku-4-5-20251001", "claude-opus-4-7", 1300),
        ("claude-haiku-5-5", "claude-opus-4-6", 769),
        ("claude-haiku-5-5", "claude-opus-4-7", 1000),
    ],
)
def test_tokens_are_those_of_the_orchestrators_tokenizer(model: str, by: str, tokens: int) -> None:
    assert all_orchestrator((worker(model, input_tokens=1000),), by) == tokens * 5 / MTOK


def test_a_workers_thinking_only_counts_where_the_orchestrator_always_thinks() -> None:
    calls = (worker(SONNET, output_tokens=500, thinking_tokens=400),)
    assert all_orchestrator(calls, "claude-opus-5-5") == 500 * 20 / MTOK
    assert all_orchestrator(calls, "claude-opus-4-7") == 100 * 25 / MTOK


def test_a_single_pass_reads_the_diff_once_and_writes_the_findings_that_stand() -> None:
    calls = (worker(input_tokens=9, output_tokens=108), worker(input_tokens=9, output_tokens=8))
    assert single_pass(calls) == (8000 * 4 + (8 + 160) * 20) / MTOK
    with_findings = SinglePass(prompt_tokens=0, token_ratio=Decimal("0.8"), findings_tokens=100)
    instead = make_bill(calls, PRICES, ORCHESTRATOR, with_findings).counterfactuals
    assert instead.single_pass_usd == (8 + 80 + 160) * 20 / MTOK


def test_a_single_pass_thinks_as_much_as_one_call_of_the_run_did() -> None:
    calls = (
        orchestrator(Role.PLAN, output_tokens=90, thinking_tokens=80),
        orchestrator(Role.JUDGE, output_tokens=500, thinking_tokens=400),
        worker(output_tokens=8),
    )
    assert single_pass(calls) == (8000 * 4 + 408 * 20) / MTOK


def test_a_single_pass_by_a_model_that_need_not_think_does_not() -> None:
    own = call(role=Role.JUDGE, model="claude-opus-4-7", usage=Usage(output_tokens=500, thinking_tokens=400))
    assert single_pass((own, worker(output_tokens=8)), "claude-opus-4-7") == (8000 * 5 + 8 * 25) / MTOK


def test_work_that_was_not_all_done_is_compared_with_nothing() -> None:
    instead = make_bill((worker(output_tokens=8),), PRICES, ORCHESTRATOR, None).counterfactuals
    assert (instead.single_pass_usd, instead.all_orchestrator_usd) == (None, None)


def test_estimates_that_were_never_measured_are_taken_for_too_high() -> None:
    assert single_pass((worker(output_tokens=8),), ratio=None) == (7500 * 4 + (8 + 160) * 20) / MTOK


def test_a_single_pass_is_billed_as_the_run_was() -> None:
    base = single_pass((worker(output_tokens=8),))
    assert base is not None
    assert single_pass((worker(output_tokens=8, service_tier="batch"),)) == base / 2
    us, other = worker(output_tokens=8, inference_geo="us"), worker(output_tokens=8)
    assert single_pass((us,)) == base * Decimal("1.1")
    assert single_pass((us, other)) == base


def test_calls_that_were_not_made_are_counted_apart_and_are_in_no_other_figure() -> None:
    made = (worker(input_tokens=100, output_tokens=10), orchestrator(Role.JUDGE, input_tokens=50))
    ledger = Ledger()
    ledger.record_reuse(Role.WORKER, "style-cached-1", "style", SONNET)
    ledger.record_reuse(Role.JUDGE, "judge", None, ORCHESTRATOR)
    saved = ledger.calls
    assert bill((*made, *saved)) == bill(made).evolve(reused_calls=2)


def test_where_no_call_was_made_nothing_is_compared() -> None:
    ledger = Ledger()
    ledger.record_reuse(Role.WORKER, "style-cached-1", "style", WORKER)
    met = bill(ledger.calls)
    assert (met.calls, met.reused_calls) == (0, 1)
    assert met.total_usd == 0
    assert met.counterfactuals.single_pass_usd == met.counterfactuals.all_orchestrator_usd == 0
