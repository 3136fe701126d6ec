from decimal import Decimal

from chargehand.core.usage import Role
from chargehand.cost.prices import Prices
from chargehand.reports.spend.quality import Targets
from chargehand.reports.spend.reading import Duplicate, Reading, Unread
from chargehand.reports.spend.table import table
from chargehand.reports.spend.totals import add_up
from tests.unit.reports.samples import HAIKU, LOCAL, call
from tests.unit.reports.spend.stored import run, spending


def squeezed(text: str) -> list[str]:
    """Return the lines with single blanks."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_it_leads_with_what_was_spent_and_what_it_would_have_cost() -> None:
    assert squeezed(table(spending(run("a"), run("b", at="2026-12-01T10:00:00Z"))))[:7] == [
        "2 runs from 2026-11-22 to 2026-12-01, 4 calls",
        "",
        "$0.0200 spent",
        "$0.0180 of it the orchestrator's: 90 %",
        "$0.0800 for one plain pass of the strong model instead: 75 % less was paid",
        "$0.2000 for every call on the strong model instead: 90 % less was paid",
        "70 % of 12,000 prompt tokens read from the cache",
    ]


def test_every_part_has_a_row_with_its_share() -> None:
    lines = squeezed(table(spending(run("a", repository="owner/name"), run("b"))))
    for row in (
        "2026-11 2 4 $0.0200 $0.0800 75 % less $0.2000 90 % less",
        "2026-11-22 2 4 $0.0200 100 %",
        "not known 1 2 $0.0100 50 %",
        "owner/name 1 2 $0.0100 50 %",
        "claude-opus-5-5 2 2 $0.0180 90 %",
        "no lens: plan, triage and judge 2 2 $0.0180 90 %",
        "security 2 2 $0.0020 10 %",
        "judge 2 2 $0.0180 90 %",
        "simple: up to 100 changed lines $0.01 2 2 (100 %) $0.0100 $0.0100",
    ):
        assert row in lines


def test_numbers_stand_under_each_other() -> None:
    lines = table(
        spending(run("a"), run("b", made=(call(Role.WORKER, "x-1", HAIKU, "1234.5"),)))
    ).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("By model"))
    ends = {line.index(" %") for line in lines[start + 1 : start + 3]}
    assert len(ends) == 1


def test_a_lower_bound_is_called_one_and_the_unpriced_model_is_named() -> None:
    made = (call(Role.WORKER, "tests-1", LOCAL, None), call(Role.WORKER, "tests-2", HAIKU, "0.1"))
    lines = squeezed(table(spending(run("a", made=made))))
    assert "at least $0.1000 spent" in lines
    assert f"{LOCAL} 1 1 unknown –" in lines
    assert f"The price of 1 call is not known, so sums with them are lower bounds: {LOCAL}." in lines


def test_a_comparison_over_some_runs_says_so() -> None:
    text = table(spending(run("a", single=None), run("b", single="0.02")))
    assert "for one plain pass of the strong model instead, known of 1 of 2 runs: 50 % less was paid" in text


def test_what_cost_more_is_said_to_have() -> None:
    assert "instead: 25 % more was paid" in table(spending(run("a", single="0.008")))


def test_estimates_and_failures_are_told_where_there_are_any() -> None:
    made = (
        call(Role.WORKER, "a-1", HAIKU, "0.01", outcome="truncated"),
        call(Role.WORKER, "a-2", HAIKU, "0.03", outcome="timeout", is_assumed=True),
    )
    lines = squeezed(table(spending(run("a", made=made, estimate="0.03"), run("b"))))
    assert "Estimates: $0.0300 expected and $0.0400 billed over 1 run with an estimate (1 without)" in lines
    assert "half of them off by at most 25 %; from -25 % to -25 %" in lines
    assert "Paid without an answer: $0.0100 for 1 call" in lines
    assert "truncated 1 $0.0100" in lines
    assert "Charged at the worst case, since their end is not known: $0.0300 for 1 call" in lines
    quiet = table(spending(run("b")))
    assert not any(word in quiet for word in ("Estimates", "Paid without", "worst case", "By the prices"))


def test_other_prices_are_told_with_both_versions_and_the_difference() -> None:
    reading = Reading(runs=(run("a", prices="old prices 1"),))
    lines = squeezed(table(add_up(reading, Targets(), Prices())))
    assert f"By the prices of {Prices().version}, each call at the time of its run" in lines
    [told] = [
        line for line in lines if line.startswith("billed by old prices 1: 2 calls of 1 run cost $0.0100")
    ]
    assert told.endswith(("more", "less"))


def test_what_was_left_out_is_told_and_long_lists_are_cut() -> None:
    reading = Reading(
        runs=(run("a"), run("b", mode="scripted")),
        duplicates=(Duplicate(name="copy.json", of="a.json"),),
        overlapping=(Duplicate(name="again.json", of="a.json"),),
        unread=tuple(Unread(name=f"{n}.json", reason="it is not JSON") for n in range(12)),
    )
    lines = squeezed(table(add_up(reading, Targets())))
    assert "1 run answered by replies written by hand; $0.0100 at list prices" in lines
    assert "copy.json: as a.json" in lines
    assert "again.json: as in a.json" in lines
    assert lines[-12:] == [
        "12 files not read:",
        *(f"{n}.json: it is not JSON" for n in range(10)),
        "and 2 more",
    ]


def test_only_the_latest_days_are_listed() -> None:
    runs = [run(f"{n}", at=f"2026-{10 + n // 30}-{1 + n % 30:02}T10:00:00Z") for n in range(40)]
    lines = squeezed(table(spending(*runs)))
    assert "9 earlier days with runs: see --json or --html" in lines
    days = [line for line in lines if line.startswith("2026-1") and line.count(" %") == 1]
    assert (len(days), days[0][:10]) == (31, "2026-10-10")


def test_without_a_paid_run_it_says_so() -> None:
    text = table(spending(run("a", mode="replayed")))
    assert text.startswith("No run paid for a model.\n")


def test_a_name_in_a_report_can_give_no_command_to_a_ci_runner() -> None:
    made = (call(Role.WORKER, "x-1", "::error::owned ##[error]x", "0.1"),)
    text = table(spending(run("a", made=made, repository="##vso[task]")))
    assert not any(line.startswith("::") for line in text.splitlines())
    assert "##[" not in text
    assert "##vso[" not in text


def test_small_amounts_are_not_shown_as_nothing() -> None:
    made = (call(Role.WORKER, "x-1", HAIKU, str(Decimal("0.00001"))),)
    assert "under $0.0001  spent" in table(spending(run("a", made=made)))
