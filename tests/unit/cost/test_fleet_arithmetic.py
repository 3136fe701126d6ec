from decimal import Decimal

import pytest

from chargehand.core.fleets import FLEETS, Fleet
from chargehand.cost.fleet_arithmetic import Mix, Workload, compare
from chargehand.cost.prices import PriceOverride, Prices


def test_fleet_4_costs_what_the_readme_says() -> None:
    sums = compare(FLEETS["4"], Prices())
    assert sums.all_orchestrator_usd == 25
    assert sums.mixes == (
        Mix(
            worker="claude-haiku-4-5-20251001",
            workers=4,
            cost_usd=Decimal(9),
            saved_percent=Decimal(64),
            saved_a_month_usd=Decimal(480),
        ),
        Mix(
            worker="claude-sonnet-4-6",
            workers=4,
            cost_usd=Decimal(17),
            saved_percent=Decimal(32),
            saved_a_month_usd=Decimal(240),
        ),
    )


def test_fleet_5_is_summed_at_base_prices_though_its_agents_read_more_than_the_price_step() -> None:
    sums = compare(FLEETS["5"], Prices())
    assert sums.all_orchestrator_usd == 20
    assert [(mix.cost_usd, mix.saved_percent) for mix in sums.mixes] == [
        (Decimal("4.4"), Decimal(78)),
        (Decimal(12), Decimal(40)),
    ]
    assert "at its base" in sums.note


def test_any_fleet_and_workload_can_be_compared() -> None:
    own = Fleet(name="own", orchestrator="big", worker="small", escalation="small")
    prices = Prices(
        {
            "big": PriceOverride(input=Decimal(10), output=Decimal(10)),
            "small": PriceOverride(input=Decimal(0), output=Decimal(0)),
        }
    )
    work = Workload(agents=2, input_tokens=1_000_000, output_tokens=0, runs_a_month=1)
    (mix,) = compare(own, prices, work).mixes
    assert mix == Mix(
        worker="small",
        workers=1,
        cost_usd=Decimal(10),
        saved_percent=Decimal(50),
        saved_a_month_usd=Decimal(10),
    )


@pytest.mark.parametrize("unknown", ["orchestrator", "worker"])
def test_without_a_price_there_is_no_sum(unknown: str) -> None:
    fleet = FLEETS["5"].evolve(**{unknown: "llama"})
    sums = compare(fleet, Prices())
    assert (sums.all_orchestrator_usd is None) == (unknown == "orchestrator")
    assert (sums.mixes[0].cost_usd, sums.mixes[0].saved_percent) == (None, None)


def test_an_agent_alone_and_free_models_save_nothing() -> None:
    alone = compare(FLEETS["5"], Prices(), Workload(agents=1)).mixes[0]
    assert alone.workers == alone.saved_percent == 0
    free = PriceOverride(input=Decimal(0), output=Decimal(0))
    fleet = Fleet(name="free", orchestrator="a", worker="b", escalation="b")
    assert compare(fleet, Prices({"a": free, "b": free})).mixes[0].saved_percent == 0
