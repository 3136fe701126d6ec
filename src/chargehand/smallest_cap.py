"""Whether a spend cap leaves room for a review of any use, and for a plan call beside it."""

from collections.abc import Sequence
from decimal import ROUND_UP, Decimal

from chargehand.errors import InputError
from chargehand.estimate import Estimate
from chargehand.planner import Planning
from chargehand.spend import Call, Role


def fit_to_cap(planning: Planning, estimate: Estimate, cap_usd: Decimal | None) -> Planning:
    """Return how to plan under the cap: without a call where that could leave too little for a task.

    Raises InputError where not even the smallest useful review fits, so that nothing is spent on less.
    """
    if cap_usd is None or not (tasks := _worst_cases(estimate, Role.WORKER)):
        return planning
    smallest = smallest_cap(estimate)
    if smallest is None:
        raise InputError(
            f"Nothing was reviewed: the prices of the models are not known, so the cap of ${cap_usd} cannot "
            "be kept. Give the models prices in the configuration, or lift the cap."
        )
    if cap_usd < smallest:
        raise InputError(
            f"Nothing was reviewed: the cap of ${cap_usd} is too small. The first task alone may cost "
            f"{rounded_up(smallest)}: raise the cap to that, or run with --offline (free checks only)."
        )
    plan = _worst_cases(estimate, Role.PLAN)
    most = max(cost for cost in tasks if cost is not None)
    if plan and (plan[0] is None or cap_usd < plan[0] + most):
        reason = f"the cap of ${cap_usd} leaves no room for a plan call beside a task"
        return planning.model_copy(update={"unasked": reason})
    return planning


def smallest_cap(estimate: Estimate) -> Decimal | None:
    """Return the smallest cap in US dollars with which a review is of any use; None where no price is known.

    That is the worst case of the first task whose price is known: with less, no task is sure to be sent.
    """
    return next((cost for cost in _worst_cases(estimate, Role.WORKER) if cost is not None), None)


def rounded_up(amount: Decimal) -> str:
    """Return US dollars with four decimals that are no less than `amount`."""
    return f"${amount.quantize(Decimal('0.0001'), ROUND_UP)}"


def _worst_cases(estimate: Estimate, role: Role) -> Sequence[Decimal | None]:
    calls: Sequence[Call] = estimate.high.calls
    return [call.cost_usd for call in calls if call.role is role]
