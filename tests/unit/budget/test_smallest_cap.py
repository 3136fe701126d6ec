from decimal import Decimal
from io import StringIO

import pytest

from chargehand.budget.estimate import estimate
from chargehand.budget.smallest_cap import fit_to_cap, smallest_cap
from chargehand.core.errors import InputError
from chargehand.core.fleets import FLEETS, Fleet
from chargehand.core.limit import Limit
from chargehand.core.money import usd_rounded_up
from chargehand.core.plan import Reviewed, Skipped
from chargehand.core.prompt import Prompt, Reply
from chargehand.core.tokens import estimate_prompt_tokens
from chargehand.core.usage import Role
from chargehand.cost.prices import PriceOverride, Prices
from chargehand.llm.attempts.metered import worst_case_usd
from chargehand.llm.chain import build_chain
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.reply_cache import ReplyCache
from chargehand.pipeline.session import Session
from chargehand.pipeline.stages import ask_models
from chargehand.pipeline.stopwatch import Stopwatch
from tests.unit.budget.test_estimate import DIFF, PLANNED, SMALL, AsAssumed, ask, crew, told
from tests.unit.crew import diff_of

BIT = Decimal("0.000001")


class Asking(AsAssumed):
    """Remembers what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.prompts: list[Prompt] = []

    def ask(self, prompt: Prompt) -> Reply:
        self.prompts.append(prompt)
        return super().ask(prompt)


def figure(fleet: Fleet = FLEETS["5"]) -> Decimal:
    smallest = told(fleet=fleet).cap_needs.smallest_cap_usd
    assert smallest is not None
    return smallest


def capped(usd: Decimal | None) -> Limit | None:
    return None if usd is None else Limit(usd=usd, source="max_spend")


def as_estimated(_prompt: Prompt, _room_usd: Decimal) -> Decimal | None:
    """Return that nothing is known beyond the estimate."""
    return None


def plan_usd() -> Decimal:
    """Return what is put aside for a plan call, by the estimate."""
    plan = told(planning=PLANNED).cap_needs.plan
    assert plan is not None
    assert plan.worst_usd is not None
    return plan.worst_usd


def before_plan() -> Decimal:
    """Return what a plan call has to leave: for a task, and for the judges."""
    needs = told(planning=PLANNED).cap_needs
    assert needs.dearest_task_usd is not None
    assert needs.shares
    return needs.dearest_task_usd + sum(needs.shares.values())


@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_the_smallest_cap_is_enough_for_the_first_task_and_nothing_less_is(fleet: Fleet) -> None:
    enough = ask(AsAssumed(), fleet, SMALL, cap=figure(fleet))
    too_little = ask(AsAssumed(), fleet, SMALL, cap=figure(fleet) - BIT)
    assert isinstance(enough.outcomes[0], Reviewed)
    assert isinstance(too_little.outcomes[0], Skipped)


def test_a_smaller_cap_is_refused_with_the_figure_that_would_do() -> None:
    with pytest.raises(InputError) as caught:
        fit_to_cap(SMALL, told().cap_needs, capped(Decimal("0.0005")), as_estimated)
    assert "the cap of $0.0005 (max_spend) is too small" in str(caught.value)
    assert usd_rounded_up(figure()) in str(caught.value)
    assert Decimal(usd_rounded_up(figure()).removeprefix("$")) >= figure()


def test_no_cap_and_one_with_room_change_nothing() -> None:
    for planning in (SMALL, PLANNED):
        for cap in (None, Decimal(10)):
            needs = told(planning=planning).cap_needs
            assert fit_to_cap(planning, needs, capped(cap), as_estimated) == planning
    assert fit_to_cap(SMALL, told().cap_needs, capped(figure()), as_estimated) == SMALL


def test_a_plan_call_that_could_leave_too_little_for_a_task_is_not_made() -> None:
    needs = told(planning=PLANNED).cap_needs
    enough = before_plan() + plan_usd()
    assert fit_to_cap(PLANNED, needs, capped(enough), as_estimated) == PLANNED
    without = fit_to_cap(PLANNED, needs, capped(enough - BIT), as_estimated)
    asked = ask(AsAssumed(), FLEETS["5"], without, cap=enough - BIT)
    assert {call.role for call in asked.calls} == {Role.WORKER}
    assert "leaves no room for a plan call" in asked.notices[0]


def test_a_cap_cannot_be_kept_where_no_price_is_known() -> None:
    local = FLEETS["5"].evolve(worker="qwen-local")
    with pytest.raises(InputError, match="prices of the models are not known"):
        fit_to_cap(SMALL, told(fleet=local).cap_needs, capped(Decimal(1)), as_estimated)
    free = Prices({"qwen-local": PriceOverride(input=Decimal(0), output=Decimal(0))})
    assert estimate(DIFF, crew(local), SMALL, free).cap_needs.smallest_cap_usd == 0


def test_a_first_task_without_a_price_leaves_the_figure_to_the_next() -> None:
    first, second = crew().lenses
    mixed = crew().evolve(lenses=(first.evolve(model="qwen-local"), second))
    needs = estimate(DIFF, mixed, SMALL, Prices()).cap_needs
    assert needs.first_task is not None
    assert (needs.tasks, needs.first_task.prompt.lens) == (2, second.name)
    assert needs.smallest_cap_usd == needs.dearest_task_usd == needs.first_task.worst_usd
    assert fit_to_cap(SMALL, needs, capped(needs.smallest_cap_usd), as_estimated) == SMALL


def test_a_plan_call_without_a_price_is_not_made_under_a_cap() -> None:
    local = FLEETS["5"].evolve(orchestrator="opus-local")
    planning = PLANNED.evolve(orchestrator="opus-local")
    needs = told(planning=planning, fleet=local).cap_needs
    assert fit_to_cap(planning, needs, capped(Decimal(10)), as_estimated).fallback_reason
    assert fit_to_cap(planning, needs, capped(None), as_estimated) == planning


def test_a_review_without_tasks_needs_no_money() -> None:
    nothing = told(diff_of())
    assert nothing.cap_needs.smallest_cap_usd is None
    assert fit_to_cap(SMALL, nothing.cap_needs, capped(Decimal(0)), as_estimated) == SMALL


def sixth(prompt: Prompt, _room_usd: Decimal) -> Decimal | None:
    """Return what a provider's count brings a call down to."""
    worst_usd = worst_case_usd(prompt, Prices())
    return worst_usd and worst_usd / 6


def test_a_cap_that_is_too_small_by_the_estimate_may_do_by_a_count() -> None:
    assert fit_to_cap(SMALL, told().cap_needs, capped(figure() / 6), sixth) == SMALL
    with pytest.raises(InputError) as caught:
        fit_to_cap(SMALL, told().cap_needs, capped(figure() / 6 - BIT), sixth)
    assert f"may cost {usd_rounded_up(figure() / 6)}" in str(caught.value)


def test_a_plan_call_may_have_room_by_a_count() -> None:
    cap = before_plan() + plan_usd() / 6
    needs = told(planning=PLANNED).cap_needs
    assert fit_to_cap(PLANNED, needs, capped(cap), sixth) == PLANNED
    assert fit_to_cap(PLANNED, needs, capped(cap - BIT), sixth).fallback_reason
    assert fit_to_cap(PLANNED, needs, capped(cap), as_estimated).fallback_reason


def test_nothing_is_counted_if_the_estimate_fits() -> None:
    def worst_case(prompt: Prompt, _room_usd: Decimal) -> Decimal | None:
        raise AssertionError(prompt)

    ample = before_plan() + plan_usd()
    assert fit_to_cap(PLANNED, told(planning=PLANNED).cap_needs, capped(ample), worst_case) == PLANNED
    assert fit_to_cap(SMALL, told().cap_needs, capped(figure()), worst_case) == SMALL
    assert smallest_cap(told().cap_needs, None, worst_case) == figure()


def test_if_nothing_more_is_known_the_estimate_stands() -> None:
    with pytest.raises(InputError) as caught:
        fit_to_cap(SMALL, told().cap_needs, capped(figure() / 6), as_estimated)
    assert usd_rounded_up(figure()) in str(caught.value)


def test_what_is_priced_for_the_cap_is_the_prompt_that_the_review_sends() -> None:
    model, many = Asking(), diff_of("a.py", lines=2_000)
    needs = told(many, PLANNED).cap_needs
    ask(model, FLEETS["5"], PLANNED, many)
    assert needs.plan
    assert needs.first_task
    plan, first = model.prompts[:2]
    sent = [plan, first.evolve(on_begin=None)]
    shortest = [prompt.evolve(max_tokens=prompt.least_tokens) for prompt in sent]
    assert [needs.plan.prompt, needs.first_task.prompt] == shortest
    assert first.cache_prefix
    for priced in (needs.plan, needs.first_task):
        assert priced.worst_usd == worst_case_usd(priced.prompt, Prices())


@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_a_cap_that_does_by_the_count_is_enough_for_the_first_task_and_nothing_less_is(fleet: Fleet) -> None:
    def count(prompt: Prompt) -> int:
        return estimate_prompt_tokens(prompt) // 2

    chain = build_chain(AsAssumed(), Prices(), figure(fleet) - BIT, count=count)
    smallest = smallest_cap(told(fleet=fleet).cap_needs, figure(fleet) - BIT, chain.worst_case_usd)
    assert smallest is not None
    assert smallest < figure(fleet) - BIT
    for cap, first in ((smallest, Reviewed), (smallest - BIT, Skipped)):
        chain = build_chain(AsAssumed(), Prices(), cap, count=count)
        brief = Brief(diff=DIFF, crew=crew(fleet), planning=SMALL)
        progress = Progress(StringIO(), verbosity=-1)
        asked = ask_models(brief, Session(chain, progress, Stopwatch(), ReplyCache()))
        assert isinstance(asked.outcomes[0], first)
