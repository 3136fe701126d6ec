"""How well money was spent: against the targets and the estimates, from the cache, and on failures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from statistics import median

from pydantic import Field

from chargehand.core.targets import COMPLEX_USD, SIMPLE_LINES, SIMPLE_USD, ChangeKind, kind_of
from chargehand.core.usage import ANSWERED, Call
from chargehand.core.value import Value
from chargehand.reports.spend.runs import Run


class Targets(Value):
    """What a run may cost. A run over at most `simple_lines` changed lines is simple, any other complex."""

    simple_usd: Decimal = Field(default=SIMPLE_USD, ge=0)
    complex_usd: Decimal = Field(default=COMPLEX_USD, ge=0)
    simple_lines: int = Field(default=SIMPLE_LINES, ge=0)


class TargetResult(Value):
    """How the runs of one kind did.

    `unknown` counts those within the target of which a price is not known, or that left work undone. Neither
    are in the median.
    """

    kind: ChangeKind
    target_usd: Decimal
    runs: int
    within: int
    unknown: int
    median_usd: Decimal | None
    highest_usd: Decimal | None


class Estimates(Value):
    """How estimates and bills compare over the `runs` that have both.

    An error is the estimate less the bill, in units of the bill: above 0 the estimate was too high. The
    median is of errors without their sign.
    """

    runs: int
    without: int
    estimated_usd: Decimal
    billed_usd: Decimal
    median_error: Decimal | None
    lowest_error: Decimal | None
    highest_error: Decimal | None


class Caching(Value):
    """How much of the prompts was read from the provider's cache."""

    prompt_tokens: int
    read_tokens: int
    written_tokens: int

    @property
    def hit_rate(self) -> Decimal | None:
        """The part of all prompt tokens that was read from the cache; None if there were none."""
        return Decimal(self.read_tokens) / self.prompt_tokens if self.prompt_tokens else None


class FailureKind(Value):
    """Paid calls that ended in one way without an answer."""

    outcome: str
    calls: int
    cost_usd: Decimal


class Failures(Value):
    """Calls without an answer that cost money; those charged on assumption are apart and not in the kinds."""

    kinds: tuple[FailureKind, ...]
    assumed_calls: int
    assumed_usd: Decimal

    @property
    def calls(self) -> int:
        """How many failed calls were billed."""
        return sum(kind.calls for kind in self.kinds)

    @property
    def cost_usd(self) -> Decimal:
        """What they cost."""
        return sum((kind.cost_usd for kind in self.kinds), Decimal(0))


def against_targets(runs: Iterable[Run], targets: Targets) -> tuple[TargetResult, ...]:
    """Return how simple and complex runs did; a run in which nothing was to be asked is neither."""
    asked = [run for run in runs if run.calls or run.reused_calls]
    by_kind: dict[ChangeKind, list[Run]] = {"simple": [], "complex": []}
    for run in asked:
        by_kind[kind_of(run.lines, targets.simple_lines)].append(run)
    return (
        _result("simple", by_kind["simple"], targets.simple_usd),
        _result("complex", by_kind["complex"], targets.complex_usd),
    )


def _result(kind: ChangeKind, runs: Sequence[Run], target: Decimal) -> TargetResult:
    costs = sorted(run.cost_usd for run in runs if run.is_priced and run.is_whole)
    return TargetResult(
        kind=kind,
        target_usd=target,
        runs=len(runs),
        within=sum(cost <= target for cost in costs),
        unknown=sum(not (run.is_priced and run.is_whole) and run.cost_usd <= target for run in runs),
        median_usd=median(costs) if costs else None,
        highest_usd=costs[-1] if costs else None,
    )


def estimates(runs: Sequence[Run]) -> Estimates:
    """Return how far the estimates were off."""
    both = [
        (run.estimate_usd, run.cost_usd) for run in runs if run.estimate_usd is not None and run.is_priced
    ]
    errors = sorted((estimate - cost) / cost for estimate, cost in both if cost)
    return Estimates(
        runs=len(both),
        without=len(runs) - len(both),
        estimated_usd=sum((estimate for estimate, _ in both), Decimal(0)),
        billed_usd=sum((cost for _, cost in both), Decimal(0)),
        median_error=median(map(abs, errors)) if errors else None,
        lowest_error=errors[0] if errors else None,
        highest_error=errors[-1] if errors else None,
    )


def caching(calls: Iterable[Call]) -> Caching:
    """Return how much was read from the cache."""
    usages = [call.usage for call in calls if call.usage]
    return Caching(
        prompt_tokens=sum(usage.prompt_tokens for usage in usages),
        read_tokens=sum(usage.cache_read_tokens for usage in usages),
        written_tokens=sum(usage.cache_write_5m_tokens + usage.cache_write_1h_tokens for usage in usages),
    )


def failures(calls: Iterable[Call]) -> Failures:
    """Return what was paid for nothing, dearest first."""
    costs: Counter[str] = Counter()
    billed: dict[str, Decimal] = {}
    assumed = []
    for call in calls:
        if not call.cost_usd:
            continue
        if call.is_assumed:
            assumed.append(call.cost_usd)
        elif call.outcome != ANSWERED:
            costs[call.outcome] += 1
            billed[call.outcome] = billed.get(call.outcome, Decimal(0)) + call.cost_usd
    kinds = (FailureKind(outcome=name, calls=costs[name], cost_usd=cost) for name, cost in billed.items())
    return Failures(
        kinds=tuple(sorted(kinds, key=lambda kind: (-kind.cost_usd, kind.outcome))),
        assumed_calls=len(assumed),
        assumed_usd=sum(assumed, Decimal(0)),
    )
