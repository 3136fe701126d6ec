"""What a run cost, added up; docs/cost.md has the definitions."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from chargehand.core.usage import Bill, Charge, Counterfactuals, Role, Usage
from chargehand.cost.counterfactuals import SinglePass, all_orchestrator_usd, single_pass_usd
from chargehand.cost.prices import Prices


def make_bill(
    calls: Sequence[Charge],
    prices: Prices,
    orchestrator: str,
    single_pass: SinglePass | None,
    when: datetime | None = None,
    *,
    estimate_usd: Decimal | None = None,
) -> Bill:
    """Return the bill of `calls`; `when` is the time whose prices the counterfactuals take.

    There are none if nothing can be compared, since `single_pass` is None: not all of the work was done.
    """
    made = [call for call in calls if not call.is_reused]
    of_the_change = [call for call in calls if call.role is not Role.PROBE]
    return Bill(
        total_usd=_sum(made),
        orchestrator_usd=_sum(call for call in made if call.role.is_orchestrator),
        workers_usd=_sum(call for call in made if not call.role.is_orchestrator),
        by_role=_sums(made, lambda call: call.role.value),
        by_model=_sums(made, lambda call: call.paid_model),
        by_lens=_sums(made, lambda call: call.lens),
        calls=len(made),
        reused_calls=len(calls) - len(made),
        usage=_total_usage(call.usage for call in made if call.usage),
        counterfactuals=_instead(of_the_change, prices, orchestrator, single_pass, when),
        unpriced=tuple(sorted({call.model for call in calls if call.cost_usd is None})),
        prices_from=prices.version,
        estimate_usd=estimate_usd,
    )


def _instead(
    calls: Sequence[Charge],
    prices: Prices,
    orchestrator: str,
    single_pass: SinglePass | None,
    when: datetime | None,
) -> Counterfactuals:
    if single_pass is None:
        return Counterfactuals(single_pass_usd=None, all_orchestrator_usd=None)
    return Counterfactuals(
        single_pass_usd=single_pass_usd(calls, prices, orchestrator, single_pass, when),
        all_orchestrator_usd=all_orchestrator_usd(calls, prices, orchestrator, when),
    )


def _sum(calls: Iterable[Charge]) -> Decimal:
    return sum((call.cost_usd or Decimal(0) for call in calls), Decimal(0))


def _sums(calls: Sequence[Charge], key: Callable[[Charge], str | None]) -> dict[str, Decimal]:
    names = sorted({name for call in calls if (name := key(call)) is not None})
    return {name: _sum(call for call in calls if key(call) == name) for name in names}


def _total_usage(usages: Iterable[Usage]) -> Usage:
    counted = ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output", "thinking")
    listed = list(usages)
    fields = [f"{name}_tokens" for name in counted]
    return Usage(**{field: sum(getattr(each, field) for each in listed) for field in fields})
