"""How many probes are expected beside a review, and what they cost."""

from decimal import Decimal

import pytest

from chargehand.budget.probes import probes_forecast
from chargehand.core.usage import Call, Role
from chargehand.cost.prices import Prices
from tests.unit.reports.samples import LOCAL, call


def _calls(number: int, lens: str, model: str = "claude-haiku-5-5") -> list[Call]:
    return [call(Role.WORKER, f"{lens}-{nth}", model, None) for nth in range(number)]


@pytest.mark.parametrize(
    ("tasks", "rate", "number"), [(0, "0.5", 0), (2, "1", 2), (9, "1", 3), (9, "0", 0), (4, "0.5", 1.9375)]
)
def test_each_task_is_probed_by_chance_and_three_at_most(tasks: int, rate: str, number: float) -> None:
    calls = _calls(tasks, "correctness")
    assert probes_forecast(calls, calls, Decimal(rate), Prices()).number == pytest.approx(number)


def test_a_probe_costs_what_its_task_would_alone_and_lenses_that_cannot_see_one_cost_nothing() -> None:
    mine, others = _calls(2, "security"), _calls(5, "style")
    usage = mine[0].usage
    assert usage
    alone = Prices().cost(usage.evolve(input_tokens=3_000, cache_read_tokens=0), "claude-haiku-5-5")
    assert alone
    found = probes_forecast([*mine, *others], [*mine, *others], Decimal("0.5"), Prices())
    assert (found.expected_usd, found.most_usd) == (alone, 2 * alone)


def test_a_price_that_is_not_known_stays_unknown() -> None:
    calls = [*_calls(2, "security"), *_calls(1, "security", LOCAL)]
    found = probes_forecast(calls, calls, Decimal("0.5"), Prices())
    assert (found.expected_usd, found.most_usd) == (None, None)
