"""How amounts read: money and shares."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from chargehand.core.counting import count
from chargehand.core.money import usd, usd_exact
from chargehand.core.targets import Target
from chargehand.core.usage import Bill, Call, Charge, RequestSpending

# Tells what `--cache` had from what this run paid for.
FROM_EARLIER = "from an earlier run"
# So many lenses stand in a breakdown by lens; the JSON report has all.
LENSES_SHOWN = 30


def known(amount: Decimal, calls: Iterable[Charge]) -> Decimal | None:
    """Return the sum of the priced ones of `calls`, which is `amount`; None if there are only others."""
    costs = [call.cost_usd for call in calls if not call.is_reused]
    return None if costs and all(cost is None for cost in costs) else amount


def total(bill: Bill) -> str:
    """Return what the review cost; a lower bound if a price is unknown."""
    return f"at least {usd(bill.total_usd)}" if bill.unpriced else usd(bill.total_usd)


def expected(bill: Bill) -> str:
    """Return what could be spent, by which setting, and what was expected; empty if neither is known."""
    return ", ".join(filter(None, (bill.limit.shown if bill.limit else "", estimated(bill))))


def estimated(bill: Bill) -> str:
    """Return what the review was expected to cost, as in `estimated $0.0324`; empty without an estimate."""
    return "" if bill.estimate_usd is None else f"estimated {usd(bill.estimate_usd)}"


def share(part: Decimal | int, whole: Decimal | int) -> str:
    """Return `part` in per cent of `whole`."""
    return f"{_percent(Decimal(part) / Decimal(whole))} %" if whole else "–"


def saving(bill: Bill, instead: Decimal | None) -> str:
    """Return how much less, or more, this review cost than `instead`; empty if that is not known."""
    return difference(bill.total_usd, instead) if instead and not bill.unpriced else ""


def difference(total_usd: Decimal, instead: Decimal) -> str:
    """Return how much less, or more, a sum is than `instead`, which is not 0."""
    percent = _percent(1 - total_usd / instead)
    # Rounding must not turn a small bill into no bill.
    percent = min(percent, 99) if total_usd else percent
    return f"{percent} % less" if percent >= 0 else f"{-percent:,} % more"


def is_compared(bill: Bill) -> bool:
    """Tell whether the bill knows what the work would have cost otherwise, or would but for a price."""
    instead = bill.counterfactuals
    return bool(bill.unpriced) or (instead.single_pass_usd or instead.all_orchestrator_usd) is not None


def target(bill: Bill) -> str:
    """Return what the review should cost and whether it did, empty if nobody was asked."""
    if bill.target is None:
        return ""
    return f"target {usd_exact(bill.target.usd)} for a {kind(bill.target)}: {target_met(bill.target)}"


def cost_and_target(bill: Bill) -> str:
    """Return what the review cost, and whether it met its target, for formats that say no more of it."""
    return ", ".join(filter(None, (total(bill), target(bill))))


def target_met(target: Target) -> str:
    """Return whether the target was met, in a word."""
    return {True: "pass", False: "miss", None: "unknown"}[target.is_met]


def kind(target: Target) -> str:
    """Return the kind of a change, with its size."""
    return f"{target.kind} change ({count(target.lines, 'changed line')})"


def unmade(bill: Bill) -> str:
    """Return how many calls earlier runs saved, empty if none."""
    saved = bill.reused_calls
    return f"{count(saved, 'answer')} from earlier runs" if saved else ""


def assumed(calls: Iterable[Call]) -> str:
    """Return how much of the bill nobody confirmed, empty if nothing: calls whose end is unknown."""
    unsure = [call for call in calls if call.is_assumed]
    if not unsure:
        return ""
    amount = usd(sum((call.cost_usd or Decimal(0) for call in unsure), Decimal(0)))
    return f"{amount} is assumed: {count(len(unsure), 'call')} of unknown end at the worst case"


def so_far(pr: RequestSpending) -> str:
    """Return what all runs on one change have cost, as in `$0.4512 in 3 runs, of a budget of $0.50`."""
    amount = f"at least {usd(pr.spent_usd)}" if pr.unpriced else usd(pr.spent_usd)
    budget = "" if pr.budget_usd is None else f", of a budget of {usd_exact(pr.budget_usd)}"
    return f"{amount} in {count(pr.runs, 'run')}{budget}"


def _percent(ratio: Decimal) -> int:
    return int((ratio * 100).quantize(Decimal(1), ROUND_HALF_UP))
