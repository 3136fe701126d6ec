"""What `estimate --json` and `spend --json` print against the JSON Schemas that ship with the package."""

import json
from decimal import Decimal
from typing import get_args

import pytest

from chargehand.budget.estimate import Estimate, Estimates, estimate
from chargehand.budget.probes import probes_forecast
from chargehand.cli.estimate_table import estimate_json
from chargehand.core.change import Change, Source
from chargehand.core.diff import Diff
from chargehand.core.fleets import FLEETS, Fleet
from chargehand.core.plan import Depth
from chargehand.core.review import Mode
from chargehand.core.usage import Role
from chargehand.cost.assumptions import ASSUMED
from chargehand.cost.prices import Prices
from chargehand.reports.spend.document import document
from chargehand.reports.spend.quality import Targets
from chargehand.reports.spend.reading import Duplicate, Reading, Unread
from chargehand.reports.spend.totals import add_up
from tests.contract.our_schemas import SCHEMAS, objections
from tests.unit.budget.test_estimate import DIFF, PLANNED, crew
from tests.unit.reports.samples import LOCAL, call
from tests.unit.reports.spend.stored import run, spending

MIXED = FLEETS["4"].evolve(name="mine", worker="qwen-local")
READING = Reading(
    runs=(
        run("a", repository="owner/name", estimate="0.02"),
        run("b", mode="scripted"),
        run("c", made=(call(Role.WORKER, "x-1", LOCAL, None),)),
        run("d", single="0.001", prices="genai-prices 0.1.0"),
    ),
    duplicates=(Duplicate(name="copy.json", of="a.json"),),
    overlapping=(Duplicate(name="again.json", of="a.json"),),
    unread=(Unread(name="x.json", reason="it is not JSON"),),
)


def estimated(*, is_batch: bool) -> str:
    told = tuple(_at_each_depth(fleet, is_batch=is_batch) for fleet in (FLEETS["5"], MIXED))
    change = Change(source="range", base="b" * 40, head="f" * 40, diff=b"")
    first = told[0]
    probes = probes_forecast(first.expected.calls, first.high.calls, Decimal("0.05"), Prices())
    return estimate_json(
        Estimates(change=change, diff=DIFF, estimates=told, probes=probes, notices=("Two commits.",))
    )


def _at_each_depth(fleet: Fleet, *, is_batch: bool) -> Estimate:
    found = {
        depth: estimate(DIFF, crew(fleet), PLANNED.evolve(depth=depth), Prices(), is_batch=is_batch)
        for depth in get_args(Depth)
    }
    return found["standard"].evolve(by_depth={depth: each.expected_usd for depth, each in found.items()})


SAMPLES = {
    "an estimate": ("estimate", estimated(is_batch=False)),
    "an estimate of a batch": ("estimate", estimated(is_batch=True)),
    "nothing to review": (
        "estimate",
        estimate_json(Estimates(change=Change(source="stdin", diff=b""), diff=Diff(), estimates=())),
    ),
    "many runs": ("spend", document(add_up(READING, Targets(), None))),
    "many runs, repriced": ("spend", document(add_up(READING, Targets(), Prices()))),
    "no run": ("spend", document(spending())),
    "no live run": ("spend", document(spending(run("a", mode="replayed")))),
}


@pytest.mark.parametrize(("name", "text"), SAMPLES.values(), ids=SAMPLES)
def test_what_is_printed_keeps_its_schema(name: str, text: str) -> None:
    assert objections(name, json.loads(text)) == []


@pytest.mark.parametrize("cost", [0.5, 1, "1e-7", "", "-1", "1,5", ".5", "NaN", "$1"])
def test_money_is_a_decimal_in_a_string(cost: object) -> None:
    spent, expected = json.loads(SAMPLES["many runs"][1]), json.loads(SAMPLES["an estimate"][1])
    spent["total"]["cost_usd"] = cost
    expected["estimates"][0]["high"]["total_usd"] = cost
    assert objections("spend", spent)
    assert objections("estimate", expected)


def test_the_words_of_the_schemas_are_the_words_of_the_code() -> None:
    change = SCHEMAS["estimate"]["properties"]["change"]["properties"]
    unspent = SCHEMAS["spend"]["properties"]["not_spent"]["items"]["properties"]
    by_role = SCHEMAS["estimate"]["$defs"]["course"]["properties"]["by_role"]
    assert sorted(change["source"]["enum"]) == sorted(get_args(Source))
    assert sorted(unspent["mode"]["enum"]) == sorted({*get_args(Mode)} - {"live", "batch"})
    assert by_role["propertyNames"]["enum"] == [role.value for role in Role if role is not Role.PROBE]
    assumed = SCHEMAS["estimate"]["properties"]["assumptions"]["properties"]
    assert assumed.keys() == ASSUMED.model_dump().keys()
