from decimal import Decimal

from chargehand.core.usage import Role, Usage
from chargehand.reports.spend.quality import (
    FailureKind,
    Targets,
    against_targets,
    caching,
    estimates,
    failures,
)
from tests.unit.reports.samples import HAIKU, LOCAL, call
from tests.unit.reports.spend.stored import calls, run


def test_a_run_up_to_the_limit_of_lines_is_simple_and_any_other_complex() -> None:
    targets = Targets(simple_usd=Decimal("0.01"), complex_usd=Decimal("0.009"), simple_lines=100)
    runs = [run("a", lines=0), run("b", lines=100), run("c", lines=101)]
    simple, others = against_targets(runs, targets)
    assert (simple.runs, simple.within) == (2, 2)
    assert (others.runs, others.within, others.target_usd) == (1, 0, Decimal("0.009"))


def test_a_target_is_met_by_a_bill_that_is_equal_to_it() -> None:
    [simple, _] = against_targets([run("a")], Targets(simple_usd=Decimal("0.01")))
    assert simple.within == 1
    [simple, _] = against_targets([run("a")], Targets(simple_usd=Decimal("0.0099")))
    assert simple.within == 0


def test_median_and_highest_are_over_runs_with_a_known_bill() -> None:
    runs = [
        run(name, made=calls(name, judge=cost)) for name, cost in (("a", "0.1"), ("b", "0.3"), ("c", "0.2"))
    ]
    unpriced = run("d", made=(call(Role.WORKER, "tests-1", LOCAL, None),))
    [simple, _] = against_targets([*runs, unpriced], Targets())
    assert (simple.median_usd, simple.highest_usd) == (Decimal("0.201"), Decimal("0.301"))
    assert (simple.runs, simple.unknown) == (4, 1)


def test_a_run_that_was_cut_off_is_no_cheap_run() -> None:
    cut = run("b", made=calls("b", judge="0.0001")).evolve(is_whole=False)
    [simple, _] = against_targets([run("a"), cut], Targets(simple_usd=Decimal("0.01")))
    assert (simple.runs, simple.within, simple.unknown) == (2, 1, 1)
    assert simple.median_usd == Decimal("0.01")
    [dear, _] = against_targets([cut], Targets(simple_usd=Decimal("0.0001")))
    assert (dear.within, dear.unknown) == (0, 0)


def test_a_lower_bound_above_the_target_is_not_unknown() -> None:
    made = (call(Role.WORKER, "tests-1", LOCAL, None), call(Role.WORKER, "tests-2", HAIKU, "0.5"))
    [simple, _] = against_targets([run("a", made=made)], Targets())
    assert (simple.runs, simple.within, simple.unknown) == (1, 0, 0)


def test_a_run_that_asked_nobody_is_no_cheap_run() -> None:
    simple, others = against_targets([run("a", made=())], Targets())
    assert simple.runs == others.runs == 0
    assert (simple.median_usd, simple.highest_usd) == (None, None)
    reused = run("a", made=()).evolve(reused_calls=2)
    assert against_targets([reused], Targets())[0].within == 1


def test_an_error_is_the_estimate_less_the_bill_in_units_of_the_bill() -> None:
    told = estimates([run("a", estimate="0.012"), run("b", estimate="0.005"), run("c", estimate="0.011")])
    assert (told.lowest_error, told.highest_error) == (Decimal("-0.5"), Decimal("0.2"))
    assert told.median_error == Decimal("0.2")
    assert (told.estimated_usd, told.billed_usd) == (Decimal("0.028"), Decimal("0.03"))


def test_runs_without_an_estimate_or_a_known_bill_are_not_compared() -> None:
    unpriced = run("b", made=(call(Role.WORKER, "tests-1", LOCAL, None),), estimate="1")
    told = estimates([run("a"), unpriced])
    assert (told.runs, told.without, told.median_error) == (0, 2, None)


def test_an_estimate_of_what_cost_nothing_has_no_error() -> None:
    told = estimates([run("a", made=(), estimate="0.5")])
    assert (told.runs, told.median_error) == (1, None)


def test_the_hit_rate_is_of_all_prompt_tokens() -> None:
    usage = Usage(
        input_tokens=100, cache_write_5m_tokens=200, cache_write_1h_tokens=300, cache_read_tokens=400
    )
    made = [call(Role.WORKER, "tests-1", HAIKU, "0.1", usage=usage)]
    told = caching([*made, call(Role.WORKER, "tests-2", HAIKU, "0.1", usage=None)])
    assert (told.prompt_tokens, told.written_tokens, told.hit_rate) == (1000, 500, Decimal("0.4"))
    assert caching([]).hit_rate is None


def test_failures_paid_for_are_calls_without_an_answer_that_cost_money() -> None:
    told = failures(
        [
            call(Role.WORKER, "a-1", HAIKU, "0.1"),
            call(Role.WORKER, "a-2", HAIKU, "0.2", outcome="truncated"),
            call(Role.WORKER, "a-3", HAIKU, "0.3", outcome="invalid"),
            call(Role.WORKER, "a-4", HAIKU, "0.2", outcome="truncated"),
            call(Role.WORKER, "a-5", HAIKU, "0", outcome="overloaded"),
            call(Role.WORKER, "a-6", LOCAL, None, outcome="invalid"),
            call(Role.WORKER, "a-7", HAIKU, "0.7", outcome="timeout", is_assumed=True),
        ]
    )
    assert told.kinds == (
        FailureKind(outcome="truncated", calls=2, cost_usd=Decimal("0.4")),
        FailureKind(outcome="invalid", calls=1, cost_usd=Decimal("0.3")),
    )
    assert (told.calls, told.cost_usd) == (3, Decimal("0.7"))
    assert (told.assumed_calls, told.assumed_usd) == (1, Decimal("0.7"))
