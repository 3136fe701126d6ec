"""How the figures of many runs read, in the table and on the page."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from chargehand.core.counting import count
from chargehand.core.money import usd
from chargehand.reports.spend.quality import TargetResult, Targets
from chargehand.reports.spend.totals import Comparison, Part, Unspent

ONE_PASS = "one plain pass of the strong model"  # noqa: S105 - no password
ALL_ORCHESTRATOR = "every call on the strong model"
NO_REPOSITORY = "not known"
NO_LENS = "no lens: plan, triage and judge"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MODES = {
    "scripted": "answered by replies written by hand",
    "replayed": "answered from a recording",
    "offline": "with the free checks only",
}


def percent(ratio: Decimal | None) -> str:
    """Return a share in per cent; what is not known is a dash."""
    return "–" if ratio is None else f"{(ratio * 100).quantize(Decimal(1), ROUND_HALF_UP)} %"


def error(ratio: Decimal | None) -> str:
    """Return an error of an estimate in per cent, with its sign."""
    return "–" if ratio is None else f"{(ratio * 100).quantize(Decimal(1), ROUND_HALF_UP):+} %"


def cost(part: Part) -> str:
    """Return what a part cost; a lower bound if some of its calls have no price."""
    is_bound = part.unpriced_calls and part.cost_usd is not None
    return f"at least {usd(part.cost_usd)}" if is_bound else usd(part.cost_usd)


def signed(amount: Decimal) -> str:
    """Return an amount that may be below 0."""
    return f"-{usd(-amount)}" if amount < 0 else usd(amount)


def saving(compared: Comparison) -> str:
    """Return how much less, or more, was paid than the alternative costs."""
    if compared.saved_share is None:
        return "–"
    word = "more" if compared.saved_share < 0 else "less"
    return f"{percent(abs(compared.saved_share))} {word}"


def kind(result: TargetResult, targets: Targets) -> str:
    """Return which runs a target is for."""
    if result.kind == "simple":
        return f"simple: up to {count(targets.simple_lines, 'changed line')}"
    return f"complex: over {count(targets.simple_lines, 'changed line')}"


def unspent(group: Unspent) -> str:
    """Return runs in which no model was paid."""
    prices = f"; {usd(group.list_usd)} at list prices" if group.list_usd else ""
    return f"{count(group.runs, 'run')} {MODES[group.mode]}{prices}"


def month(name: str) -> str:
    """Return `2026-11` as `Nov 2026`."""
    year, _, number = name.partition("-")
    return f"{_MONTHS[int(number) - 1]} {year}"


def day(when: date) -> str:
    """Return a day without its year, such as `3 Nov`."""
    return f"{when.day} {_MONTHS[when.month - 1]}"
