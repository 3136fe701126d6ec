"""What many runs add up to; docs/cost.md defines each figure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from chargehand.core.review import Mode
from chargehand.core.usage import Call
from chargehand.core.value import Value
from chargehand.reports.spend.acted import Acted, acted
from chargehand.reports.spend.quality import (
    Caching,
    Estimates,
    Failures,
    TargetResult,
    Targets,
    against_targets,
    caching,
    estimates,
    failures,
)
from chargehand.reports.spend.reading import Reading
from chargehand.reports.spend.repricing import PriceData, Repriced, reprice
from chargehand.reports.spend.runs import Run
from chargehand.reports.spend.vigilance import Vigilance, vigilance


class Comparison(Value):
    """What `runs` cost, and what they would have cost otherwise; runs that do not know it are not in it."""

    runs: int
    cost_usd: Decimal
    instead_usd: Decimal

    @property
    def saved_usd(self) -> Decimal:
        """How much less was paid; below 0 if it was more."""
        return self.instead_usd - self.cost_usd

    @property
    def saved_share(self) -> Decimal | None:
        """The saving as a part of what the alternative costs; None if that is nothing."""
        return self.saved_usd / self.instead_usd if self.instead_usd else None


class Part(Value):
    """The runs and calls of one day, model, lens or the like.

    `name` is None for what has none: a repository that is not known, or calls that belong to no lens.
    `cost_usd` is a lower bound if `unpriced_calls` is not 0, and None if no call has a price.
    """

    name: str | None
    runs: int
    calls: int
    cost_usd: Decimal | None
    unpriced_calls: int


class Month(Value):
    """A calendar month, in UTC, and what it would have cost otherwise."""

    part: Part
    single_pass: Comparison
    all_orchestrator: Comparison


class Unspent(Value):
    """Runs in which no model was paid; `list_usd` is what their calls would have cost at list prices."""

    mode: Mode
    runs: int
    list_usd: Decimal


class Spending(Value):
    """All figures about the live `runs` of a reading; `unspent` is about all others."""

    reading: Reading
    runs: tuple[Run, ...]
    targets: Targets
    total: Part
    reused_calls: int
    orchestrator_usd: Decimal
    single_pass: Comparison
    all_orchestrator: Comparison
    by_day: tuple[Part, ...]
    by_month: tuple[Month, ...]
    by_repository: tuple[Part, ...]
    by_model: tuple[Part, ...]
    by_lens: tuple[Part, ...]
    by_role: tuple[Part, ...]
    against_targets: tuple[TargetResult, ...]
    estimates: Estimates
    caching: Caching
    failures: Failures
    unspent: tuple[Unspent, ...]
    vigilance: tuple[Vigilance, ...]
    acted: tuple[Acted, ...]
    repriced: Repriced | None

    @property
    def orchestrator_share(self) -> Decimal | None:
        """The orchestrator's part of what is known to have been paid; None if that is nothing."""
        return self.orchestrator_usd / self.total.cost_usd if self.total.cost_usd else None

    @property
    def period(self) -> tuple[datetime, datetime] | None:
        """When the first and the last run began; None if there is none."""
        return (self.runs[0].started_at, self.runs[-1].started_at) if self.runs else None


def add_up(reading: Reading, targets: Targets, prices: PriceData | None = None) -> Spending:
    """Return what the runs of `reading` add up to, and by `prices`, if given, what they cost now."""
    runs = tuple(run for run in reading.runs if run.is_spent)
    calls = [call for run in runs for call in run.calls]
    return Spending(
        reading=reading,
        runs=runs,
        targets=targets,
        total=_part(None, runs, calls),
        reused_calls=sum(run.reused_calls for run in runs),
        orchestrator_usd=_cost(call for call in calls if call.role.is_orchestrator),
        single_pass=_instead(runs, lambda run: run.single_pass_usd),
        all_orchestrator=_instead(runs, lambda run: run.all_orchestrator_usd),
        by_day=_by_run(runs, lambda run: f"{run.started_at:%Y-%m-%d}"),
        by_month=_by_month(runs),
        by_repository=_dearest_first(_by_run(runs, lambda run: run.repository)),
        by_model=_dearest_first(_by_call(runs, lambda call: call.paid_model)),
        by_lens=_dearest_first(_by_call(runs, lambda call: call.lens)),
        by_role=_dearest_first(_by_call(runs, lambda call: call.role.value)),
        against_targets=against_targets(runs, targets),
        estimates=estimates(runs),
        caching=caching(calls),
        failures=failures(calls),
        unspent=_unspent(reading.runs),
        vigilance=vigilance(runs),
        acted=acted(runs),
        repriced=reprice(runs, prices) if prices else None,
    )


def _by_run(runs: Iterable[Run], key: Callable[[Run], str | None]) -> tuple[Part, ...]:
    groups: dict[str | None, list[Run]] = {}
    for run in runs:
        groups.setdefault(key(run), []).append(run)
    return tuple(_part(name, group, _calls(group)) for name, group in groups.items())


def _by_call(runs: Iterable[Run], key: Callable[[Call], str | None]) -> tuple[Part, ...]:
    calls: dict[str | None, list[Call]] = {}
    seen_in: dict[str | None, dict[int, Run]] = {}
    for nth, run in enumerate(runs):
        for call in run.calls:
            calls.setdefault(key(call), []).append(call)
            seen_in.setdefault(key(call), {})[nth] = run
    return tuple(_part(name, list(seen_in[name].values()), group) for name, group in calls.items())


def _by_month(runs: Sequence[Run]) -> tuple[Month, ...]:
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(f"{run.started_at:%Y-%m}", []).append(run)
    return tuple(
        Month(
            part=_part(name, group, _calls(group)),
            single_pass=_instead(group, lambda run: run.single_pass_usd),
            all_orchestrator=_instead(group, lambda run: run.all_orchestrator_usd),
        )
        for name, group in groups.items()
    )


def _part(name: str | None, runs: Sequence[Run], calls: Sequence[Call]) -> Part:
    unpriced = sum(call.cost_usd is None for call in calls)
    return Part(
        name=name,
        runs=len(runs),
        calls=len(calls),
        cost_usd=None if calls and unpriced == len(calls) else _cost(calls),
        unpriced_calls=unpriced,
    )


def _instead(runs: Iterable[Run], instead: Callable[[Run], Decimal | None]) -> Comparison:
    both = [(run.cost_usd, amount) for run in runs if run.is_priced and (amount := instead(run)) is not None]
    return Comparison(
        runs=len(both),
        cost_usd=sum((cost for cost, _ in both), Decimal(0)),
        instead_usd=sum((amount for _, amount in both), Decimal(0)),
    )


def _unspent(runs: Sequence[Run]) -> tuple[Unspent, ...]:
    modes = dict.fromkeys(run.mode for run in runs if not run.is_spent)
    groups = {mode: [run for run in runs if run.mode == mode] for mode in modes}
    return tuple(
        Unspent(mode=mode, runs=len(group), list_usd=_cost(_calls(group))) for mode, group in groups.items()
    )


def _dearest_first(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: (-(part.cost_usd or 0), -part.calls, part.name or "")))


def _calls(runs: Iterable[Run]) -> list[Call]:
    return [call for run in runs for call in run.calls]


def _cost(calls: Iterable[Call]) -> Decimal:
    return sum((call.cost_usd or Decimal(0) for call in calls), Decimal(0))
