import json
from decimal import Decimal

import pytest

from chargehand.budget.estimate import Estimates, estimate
from chargehand.budget.probes import probes_forecast
from chargehand.cli.estimate_table import NOTHING, estimate_json, estimate_table
from chargehand.core.change import Change
from chargehand.core.fleets import FLEETS
from chargehand.core.money import usd, usd_rounded_up
from chargehand.cost.prices import Prices
from tests.unit.budget.test_estimate import DIFF, PLANNED, crew
from tests.unit.crew import diff_of

MIXED = FLEETS["4"].evolve(name="mine", worker="qwen-local")
FIVE, MINE = (estimate(DIFF, crew(fleet), PLANNED, Prices()) for fleet in (FLEETS["5"], MIXED))
CHANGE = Change(source="range", base="b" * 40, head="f" * 40, diff=b"", notices=("Two commits.",))
TOLD = Estimates(change=CHANGE, diff=DIFF, estimates=(FIVE, MINE), notices=("Two commits.",))


def block(name: str) -> list[str]:
    return next(part for part in estimate_table(TOLD).split("\n\n") if part.startswith(name)).splitlines()


def test_the_table_gives_calls_tokens_and_three_costs_for_each_role() -> None:
    head, columns, *rows = block("Fleet 5 (configured): ")
    assert head.endswith("claude-opus-5-5, workers claude-haiku-5-5")
    assert columns.split() == ["calls", "tokens", "in", "tokens", "out", "low", "expected", "high"]
    triage, judge = (call.chance for call in FIVE.expected.calls[-2:])
    assert [row.split()[:2] for row in rows[:5]] == [
        ["plan", "1"],
        ["worker", "2"],
        ["triage", f"0/{triage:.2f}/0"],
        ["judge", f"0/{judge:.2f}/1"],
        ["all", f"3/{3 + triage + judge:.2f}/4"],
    ]
    total = [f"${scenario.bill.total_usd:.4f}" for scenario in (FIVE.low, FIVE.expected, FIVE.high)]
    assert rows[4].split()[-3:] == total
    assert [row.split(":")[0].strip() for row in rows[5:7]] == ["instead", "instead"]
    assert "--exact" in rows[-1]


def test_the_table_names_the_cap_of_each_purpose() -> None:
    needs, said = FIVE.cap_needs, " ".join(map(str.strip, block("Fleet 5")))
    caps = (needs.whole_usd, needs.workers_usd, needs.smallest_cap_usd)
    for cap, purpose in zip(caps, ("a whole review", "all workers", "the least of use"), strict=True):
        assert cap
        assert f"{usd_rounded_up(cap)} for {purpose}" in said


def test_a_price_that_is_not_known_is_said_and_never_shown_as_nothing() -> None:
    rows = block("Fleet mine")
    worker = next(row.split() for row in rows if row.startswith("  worker"))
    assert worker[-3:] == ["unknown", "unknown", "unknown"]
    assert "  The price of qwen-local is not known, so sums with it are lower bounds." in rows
    assert not any("Caps (" in row for row in rows)


def test_what_probes_cost_stands_beside_the_configured_fleet_alone() -> None:
    probes = probes_forecast(FIVE.expected.calls, FIVE.high.calls, Decimal("0.05"), Prices())
    blocks = estimate_table(TOLD.evolve(probes=probes)).split("\n\n")
    said = [" ".join(map(str.strip, each.splitlines())) for each in blocks if "Probes beside it" in each]
    assert len(said) == 1
    assert f"(probe_rate 0.05): {probes.number:.2g} expected, for {usd(probes.expected_usd)}" in said[0]


def test_the_table_fits_into_eighty_columns_but_for_the_names_of_models() -> None:
    tiny = estimate(diff_of("a.py", lines=1), crew(), PLANNED, Prices())
    rows = estimate_table(TOLD.evolve(estimates=(FIVE, tiny, MINE))).splitlines()
    assert any("0/<0.01/1" in row and "<$0.0001" in row for row in rows)
    assert [row for row in rows if len(row) > 80 and not row.startswith("Fleet ")] == []


def test_json_spells_out_every_scenario_of_every_fleet() -> None:
    told = json.loads(estimate_json(TOLD))
    five, mine = told["estimates"]
    assert told["change"] == {
        "source": "range",
        "base": "b" * 40,
        "head": "f" * 40,
        "files": 2,
        "skipped_files": 0,
        "changed_lines": 200,
    }
    assert (five["fleet"], five["is_configured"], mine["fleet"], mine["is_configured"]) == (
        "5",
        True,
        "mine",
        False,
    )
    assert Decimal(five["expected"]["total_usd"]) == FIVE.expected_usd
    parts = five["expected"]["by_role"]
    assert sum(Decimal(part["cost_usd"]) for part in parts.values()) == FIVE.expected_usd
    assert sum(part["calls"] for part in parts.values()) == five["expected"]["calls"] == 5
    made = [part["expected_calls"] for part in parts.values()]
    assert made[:2] == [1, 2]
    assert all(0 < each < 1 for each in made[2:])
    assert sum(made) == pytest.approx(five["expected"]["expected_calls"])
    assert sum(part["tokens_in"] for part in parts.values()) == FIVE.expected.bill.usage.prompt_tokens
    assert five["high"]["counterfactuals"]["single_pass_usd"]
    assert Decimal(five["smallest_cap_usd"]) == FIVE.cap_needs.smallest_cap_usd
    assert (mine["expected"]["unpriced"], mine["smallest_cap_usd"]) == (["qwen-local"], None)
    assert told["assumptions"]["claim_tokens"] > 0
    assert told["notices"] == ["Two commits."]


def test_nothing_to_review_is_said() -> None:
    nothing = TOLD.evolve(estimates=(), diff=diff_of())
    assert estimate_table(nothing) == f"{NOTHING}\n"
    assert json.loads(estimate_json(nothing))["estimates"] == []
