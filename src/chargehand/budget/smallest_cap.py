"""Whether a spend cap leaves room for a review of any use, and for a plan call beside it."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from chargehand.budget.estimate import Estimate
from chargehand.core.diff import Diff
from chargehand.core.errors import InputError
from chargehand.core.money import usd_exact, usd_rounded_up
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Call, Role
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planner import Planning, plan_prompt, static_plan
from chargehand.pipeline.worker import worker_prompt

# What an estimated call costs at worst, in the light of all that may bring it down to so many dollars.
Quote = Callable[[Call, Decimal], Decimal | None]


def as_estimated(call: Call, _room_usd: Decimal) -> Decimal | None:
    """Return what was estimated, since nobody knows better."""
    return call.cost_usd


def fit_to_cap(
    planning: Planning, estimate: Estimate, cap_usd: Decimal | None, quote: Quote = as_estimated
) -> Planning:
    """Return how to plan under the cap: without a call where that could leave too little for a task.

    Raises InputError where not even the smallest useful review fits, so that nothing is spent on less.
    """
    if cap_usd is None or not (tasks := _worst_calls(estimate, Role.WORKER)):
        return planning
    cap, smallest = usd_exact(cap_usd), smallest_cap(estimate, cap_usd, quote)
    if smallest is None:
        raise InputError(
            f"Nothing was reviewed: the prices of the models are not known, so the cap of {cap} cannot "
            "be kept. Give the models prices in the configuration, or lift the cap."
        )
    if cap_usd < smallest:
        raise InputError(
            f"Nothing was reviewed: the cap of {cap} is too small. The first task alone may cost "
            f"{usd_rounded_up(smallest)}: raise the cap to that, or run with --offline (free checks only)."
        )
    plan = _worst_calls(estimate, Role.PLAN)
    most = max(call.cost_usd for call in tasks if call.cost_usd is not None)
    if plan and not _fits(plan[0], cap_usd - most, quote):
        reason = f"the cap of {cap} leaves no room for a plan call beside a task"
        return planning.model_copy(update={"unasked": reason})
    return planning


def smallest_cap(
    estimate: Estimate, cap_usd: Decimal | None = None, quote: Quote = as_estimated
) -> Decimal | None:
    """Return the smallest cap in US dollars with which a review is of any use; None where no price is known.

    That is the worst case of the first task whose price is known: with less, no task is sure to be sent. It
    is estimated if that is no more than `cap_usd`, else quoted.
    """
    for call in _worst_calls(estimate, Role.WORKER):
        if call.cost_usd is not None:
            return call.cost_usd if cap_usd is None else _quoted(call, call.cost_usd, cap_usd, quote)
    return None


def quote_by_prompt(
    diff: Diff, crew: Crew, planning: Planning, quote: Callable[[Prompt, Decimal], Decimal | None]
) -> Quote:
    """Return how the calls of an estimate are quoted, where `quote` does so for prompts."""

    def quoted(call: Call, room_usd: Decimal) -> Decimal | None:
        return quote(_prompt(call, diff, crew, planning), room_usd)

    return quoted


def _fits(call: Call, room_usd: Decimal, quote: Quote) -> bool:
    return call.cost_usd is not None and _quoted(call, call.cost_usd, room_usd, quote) <= room_usd


def _quoted(call: Call, estimated_usd: Decimal, room_usd: Decimal, quote: Quote) -> Decimal:
    if estimated_usd <= room_usd:
        return estimated_usd
    quoted_usd = quote(call, room_usd)
    return estimated_usd if quoted_usd is None else quoted_usd


def _prompt(call: Call, diff: Diff, crew: Crew, planning: Planning) -> Prompt:
    """Return what an estimated call would send."""
    if call.role is Role.PLAN:
        return plan_prompt(diff, crew.lenses, planning)
    tasks = static_plan(diff, crew.lenses, planning).tasks
    (task,) = (each for each in tasks if each.id == call.task)
    is_leader = call.usage is not None and call.usage.cache_write_5m_tokens > 0
    return worker_prompt(task, diff, crew).model_copy(update={"cache_prefix": is_leader})


def _worst_calls(estimate: Estimate, role: Role) -> Sequence[Call]:
    return [call for call in estimate.high.calls if call.role is role]
