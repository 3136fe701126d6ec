from decimal import Decimal

import pytest

from chargehand.errors import InputError
from chargehand.estimate import estimate
from chargehand.llm.fleets import FLEETS, Fleet
from chargehand.llm.prices import PriceOverride, Prices
from chargehand.plan import Reviewed, Skipped
from chargehand.smallest_cap import fit_to_cap, rounded_up, smallest_cap
from chargehand.spend import Role
from tests.unit.crew import diff_of
from tests.unit.test_estimate import DIFF, PLANNED, SMALL, AsAssumed, ask, crew, told

BIT = Decimal("0.000001")


def figure(fleet: Fleet = FLEETS["5"]) -> Decimal:
    smallest = smallest_cap(told(fleet=fleet))
    assert smallest is not None
    return smallest


@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_the_smallest_cap_is_enough_for_the_first_task_and_nothing_less_is(fleet: Fleet) -> None:
    enough = ask(AsAssumed(), fleet, SMALL, cap=figure(fleet))
    too_little = ask(AsAssumed(), fleet, SMALL, cap=figure(fleet) - BIT)
    assert isinstance(enough.outcomes[0], Reviewed)
    assert isinstance(too_little.outcomes[0], Skipped)


def test_a_smaller_cap_is_refused_with_the_figure_that_would_do() -> None:
    with pytest.raises(InputError) as caught:
        fit_to_cap(SMALL, told(), Decimal("0.001"))
    assert "the cap of $0.001 is too small" in str(caught.value)
    assert rounded_up(figure()) in str(caught.value)
    assert Decimal(rounded_up(figure()).removeprefix("$")) >= figure()


def test_no_cap_and_one_with_room_change_nothing() -> None:
    for planning in (SMALL, PLANNED):
        for cap in (None, Decimal(10)):
            assert fit_to_cap(planning, told(planning=planning), cap) == planning
    assert fit_to_cap(SMALL, told(), figure()) == SMALL


def test_a_plan_call_that_could_leave_too_little_for_a_task_is_not_made() -> None:
    estimated = told(planning=PLANNED)
    (plan,) = (call.cost_usd for call in estimated.high.calls if call.role is Role.PLAN)
    assert plan is not None
    most = max(call.cost_usd or 0 for call in estimated.high.calls if call.role is Role.WORKER)
    assert fit_to_cap(PLANNED, estimated, plan + most) == PLANNED
    without = fit_to_cap(PLANNED, estimated, plan + most - BIT)
    asked = ask(AsAssumed(), FLEETS["5"], without, cap=plan + most - BIT)
    assert {call.role for call in asked.calls} == {Role.WORKER}
    assert "leaves no room for a plan call" in asked.notices[0]


def test_a_cap_cannot_be_kept_where_no_price_is_known() -> None:
    local = FLEETS["5"].model_copy(update={"worker": "qwen-local"})
    with pytest.raises(InputError, match="prices of the models are not known"):
        fit_to_cap(SMALL, told(fleet=local), Decimal(1))
    free = Prices({"qwen-local": PriceOverride(input=Decimal(0), output=Decimal(0))})
    assert smallest_cap(estimate(DIFF, crew(local), SMALL, free)) == 0


def test_a_first_task_without_a_price_leaves_the_figure_to_the_next() -> None:
    first, second = crew().lenses
    mixed = crew().model_copy(update={"lenses": (first.model_copy(update={"model": "qwen-local"}), second)})
    assert smallest_cap(estimate(DIFF, mixed, SMALL, Prices())) is not None


def test_a_review_without_tasks_needs_no_money() -> None:
    nothing = told(diff_of())
    assert smallest_cap(nothing) is None
    assert fit_to_cap(SMALL, nothing, Decimal(0)) == SMALL
