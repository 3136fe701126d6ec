from decimal import Decimal
from io import StringIO

import pytest

from chargehand.budget.estimate import estimate
from chargehand.budget.smallest_cap import fit_to_cap, quote_by_prompt, smallest_cap
from chargehand.core.errors import InputError
from chargehand.core.fleets import FLEETS, Fleet
from chargehand.core.money import usd_rounded_up
from chargehand.core.plan import Reviewed, Skipped
from chargehand.core.prompt import Prompt, Reply
from chargehand.core.tokens import estimate_prompt_tokens
from chargehand.core.usage import Call, Role
from chargehand.cost.prices import PriceOverride, Prices
from chargehand.llm.chain import build_chain
from chargehand.pipeline.brief import Brief, Session
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.reply_cache import ReplyCache
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
    assert usd_rounded_up(figure()) in str(caught.value)
    assert Decimal(usd_rounded_up(figure()).removeprefix("$")) >= figure()


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


def sixth(call: Call, _room_usd: Decimal) -> Decimal | None:
    """Return what a provider's count brings a call down to."""
    return call.cost_usd and call.cost_usd / 6


def worst(role: Role) -> Decimal:
    """Return the dearest call of a role, as it is estimated."""
    return max(call.cost_usd or Decimal(0) for call in told(planning=PLANNED).high.calls if call.role is role)


def test_a_cap_that_is_too_small_by_the_estimate_may_do_by_a_quote() -> None:
    assert fit_to_cap(SMALL, told(), figure() / 6, sixth) == SMALL
    with pytest.raises(InputError) as caught:
        fit_to_cap(SMALL, told(), figure() / 6 - BIT, sixth)
    assert f"may cost {usd_rounded_up(figure() / 6)}" in str(caught.value)


def test_a_plan_call_may_have_room_by_a_quote() -> None:
    cap = worst(Role.WORKER) + worst(Role.PLAN) / 6
    assert fit_to_cap(PLANNED, told(planning=PLANNED), cap, sixth) == PLANNED
    assert fit_to_cap(PLANNED, told(planning=PLANNED), cap - BIT, sixth).unasked
    assert fit_to_cap(PLANNED, told(planning=PLANNED), cap).unasked


def test_nobody_is_asked_for_a_quote_where_the_estimate_fits() -> None:
    def quote(call: Call, _room_usd: Decimal) -> Decimal | None:
        raise AssertionError(call)

    ample = worst(Role.WORKER) + worst(Role.PLAN)
    assert fit_to_cap(PLANNED, told(planning=PLANNED), ample, quote) == PLANNED
    assert fit_to_cap(SMALL, told(), figure(), quote) == SMALL
    assert smallest_cap(told(), None, quote) == figure()


def test_where_nobody_quotes_the_estimate_stands() -> None:
    with pytest.raises(InputError) as caught:
        fit_to_cap(SMALL, told(), figure() / 6, lambda _call, _room_usd: None)
    assert usd_rounded_up(figure()) in str(caught.value)


def test_what_is_quoted_is_the_prompt_that_the_review_sends() -> None:
    model, quoted = Asking(), list[Prompt]()

    def quote(prompt: Prompt, _room_usd: Decimal) -> Decimal | None:
        quoted.append(prompt)
        return Decimal(0)

    many = diff_of("a.py", lines=2_000)
    estimated = told(many, PLANNED)
    by_prompt = quote_by_prompt(many, crew(), PLANNED, quote)
    for call in estimated.high.calls:
        if call.role in (Role.PLAN, Role.WORKER):
            by_prompt(call, Decimal(0))
    ask(model, FLEETS["5"], PLANNED, many)
    assert any(prompt.cache_prefix for prompt in quoted)
    assert {prompt.task: plain(prompt) for prompt in quoted} == {
        prompt.task: plain(prompt) for prompt in model.prompts
    }


def plain(prompt: Prompt) -> Prompt:
    """Return `prompt` without the caching, of which only the leader's is in a quote."""
    return prompt.model_copy(update={"cache_prefix": False, "on_begin": None})


@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_a_cap_that_does_by_the_count_is_enough_for_the_first_task_and_nothing_less_is(fleet: Fleet) -> None:
    def count(prompt: Prompt) -> int:
        return estimate_prompt_tokens(prompt) // 2

    chain = build_chain(AsAssumed(), Prices(), figure(fleet) - BIT, count=count)
    quote = quote_by_prompt(DIFF, crew(fleet), SMALL, chain.worst_case_usd)
    smallest = smallest_cap(told(fleet=fleet), figure(fleet) - BIT, quote)
    assert smallest is not None
    assert smallest < figure(fleet) - BIT
    for cap, first in ((smallest, Reviewed), (smallest - BIT, Skipped)):
        chain = build_chain(AsAssumed(), Prices(), cap, count=count)
        brief = Brief(diff=DIFF, crew=crew(fleet), planning=SMALL)
        progress = Progress(StringIO(), verbosity=-1)
        asked = ask_models(brief, Session(chain, progress, Stopwatch(), ReplyCache()))
        assert isinstance(asked.outcomes[0], first)
