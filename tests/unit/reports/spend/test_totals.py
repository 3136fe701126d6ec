from decimal import Decimal

from chargehand.core.usage import Call, Role
from chargehand.reports.spend.quality import Targets
from chargehand.reports.spend.reading import Reading
from chargehand.reports.spend.totals import Part, Unspent, add_up
from tests.unit.reports.samples import HAIKU, LOCAL, OPUS, call
from tests.unit.reports.spend.stored import run, spending


def costs(parts: tuple[Part, ...]) -> dict[str | None, str]:
    return {part.name: str(part.cost_usd) for part in parts}


def test_everything_is_the_sum_of_all_calls_to_the_last_digit() -> None:
    told = spending(run("a"), run("b", made=(call(Role.WORKER, "tests-1", HAIKU, "0.00000000001"),)))
    assert told.total == Part(name=None, runs=2, calls=3, cost_usd=Decimal("0.01000000001"), unpriced_calls=0)


def test_the_orchestrators_share_is_of_what_was_paid() -> None:
    told = spending(run("a"))
    assert (told.orchestrator_usd, told.orchestrator_share) == (Decimal("0.0090"), Decimal("0.9"))
    assert spending(run("a", made=())).orchestrator_share is None


def test_days_and_months_are_those_of_utc_in_order() -> None:
    told = spending(
        run("a", at="2026-10-31T23:30:00-02:00"),
        run("b", at="2026-11-01T02:00:00Z"),
        run("c", at="2026-12-24T02:00:00Z"),
    )
    assert costs(told.by_day) == {"2026-11-01": "0.0200", "2026-12-24": "0.0100"}
    assert [(each.part.name, each.part.runs) for each in told.by_month] == [("2026-11", 2), ("2026-12", 1)]


def test_the_dearest_repository_comes_first_and_one_without_a_name_counts_too() -> None:
    dear = (call(Role.JUDGE, "judge", OPUS, "0.5"),)
    told = spending(run("a", repository="x/cheap"), run("b", made=dear, repository="x/dear"), run("c"))
    assert costs(told.by_repository) == {"x/dear": "0.5", None: "0.0100", "x/cheap": "0.0100"}


def test_models_lenses_and_roles_add_up_to_the_total() -> None:
    told = spending(run("a"), run("b"))
    assert costs(told.by_model) == {OPUS: "0.0180", HAIKU: "0.0020"}
    assert costs(told.by_lens) == {None: "0.0180", "security": "0.0020"}
    assert costs(told.by_role) == {"judge": "0.0180", "worker": "0.0020"}
    assert [part.runs for part in told.by_model] == [2, 2]


def test_what_has_no_price_is_unknown_and_not_nothing() -> None:
    unpriced = call(Role.WORKER, "tests-1", LOCAL, None)
    told = spending(run("a", made=(unpriced, call(Role.WORKER, "tests-2", HAIKU, "0.1"))))
    assert costs(told.by_model) == {HAIKU: "0.1", LOCAL: "None"}
    assert [(part.cost_usd, part.unpriced_calls) for part in told.by_lens] == [(Decimal("0.1"), 1)]
    assert told.total.unpriced_calls == 1


def test_savings_are_over_the_runs_that_know_what_they_would_have_cost() -> None:
    told = spending(
        run("a", single="0.04", strong="0.10"),
        run("b", single=None, strong="0.10"),
        run("c", made=(call(Role.WORKER, "tests-1", LOCAL, None),), single="9", strong="9"),
    )
    single, strong = told.single_pass, told.all_orchestrator
    assert (single.runs, single.cost_usd, single.saved_usd) == (1, Decimal("0.01"), Decimal("0.03"))
    assert single.saved_share == Decimal("0.75")
    assert (strong.runs, strong.saved_usd) == (2, Decimal("0.18"))
    assert told.by_month[0].all_orchestrator == strong


def test_what_cost_more_than_the_alternative_is_a_saving_below_nothing() -> None:
    assert spending(run("a", single="0.008")).single_pass.saved_share == Decimal("-0.25")
    assert spending(run("a", single="0")).single_pass.saved_share is None


def test_runs_in_which_no_model_was_paid_are_apart() -> None:
    reading = Reading(
        runs=(
            run("a"),
            run("b", mode="scripted"),
            run("c", mode="scripted"),
            run("d", made=(), mode="offline"),
        )
    )
    told = add_up(reading, Targets())
    assert told.total.runs == 1
    assert told.total.cost_usd == Decimal("0.01")
    assert told.unspent == (
        Unspent(mode="scripted", runs=2, list_usd=Decimal("0.02")),
        Unspent(mode="offline", runs=1, list_usd=Decimal(0)),
    )


def test_without_a_live_run_there_is_no_period_and_no_sum() -> None:
    told = spending(run("a", mode="replayed"))
    assert (told.period, told.runs) == (None, ())
    assert told.total.cost_usd == 0


def test_answers_from_a_cache_are_counted_and_cost_nothing() -> None:
    told = spending(run("a").evolve(reused_calls=3), run("b"))
    assert (told.reused_calls, told.total.calls) == (3, 4)


def test_a_run_is_counted_once_for_a_model_that_it_called_often() -> None:
    made: tuple[Call, ...] = tuple(call(Role.WORKER, f"tests-{n}", HAIKU, "0.1") for n in range(3))
    assert [(part.runs, part.calls) for part in spending(run("a", made=made)).by_model] == [(1, 3)]


def test_a_batch_was_paid_for_and_counts() -> None:
    paid = spending(run("a", mode="batch"), run("b", mode="replayed"))
    assert [each.mode for each in paid.runs] == ["batch"]
    assert paid.total.cost_usd == Decimal("0.01")
