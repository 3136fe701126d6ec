"""Whether workers were awake: how many planted defects they noticed, by month and by lens."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from chargehand.core.value import Value
from chargehand.reports.spend.runs import Run, Tried


class Noticed(Value):
    """How many planted defects there were, under one lens or (None) all; `unanswered` are in no figure."""

    lens: str | None
    planted: int
    noticed: int
    unanswered: int = 0


class Vigilance(Value):
    """What workers noticed in a calendar month, in UTC, together and by lens; None: a price is not known."""

    month: str
    total: Noticed
    by_lens: tuple[Noticed, ...]
    cost_usd: Decimal | None


def vigilance(runs: Iterable[Run]) -> tuple[Vigilance, ...]:
    """Return each month in which something was planted."""
    months: dict[str, list[Tried]] = {}
    for run in runs:
        if run.probes:
            months.setdefault(f"{run.started_at:%Y-%m}", []).extend(run.probes)
    return tuple(_month(name, tried) for name, tried in months.items())


def _month(name: str, tried: Sequence[Tried]) -> Vigilance:
    lenses = sorted({each.lens for each in tried})
    costs = [each.cost_usd for each in tried]
    return Vigilance(
        month=name,
        total=_noticed(None, tried),
        by_lens=tuple(_noticed(lens, [each for each in tried if each.lens == lens]) for lens in lenses),
        cost_usd=None if None in costs else sum((each for each in costs if each is not None), Decimal(0)),
    )


def _noticed(lens: str | None, tried: Sequence[Tried]) -> Noticed:
    answered = [each for each in tried if each.noticed is not None]
    return Noticed(
        lens=lens,
        planted=len(answered),
        noticed=sum(bool(each.noticed) for each in answered),
        unanswered=len(tried) - len(answered),
    )
