"""What a spend cap has to leave room for, by what a review would send."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from chargehand.budget.forecast import ForecastRequest
from chargehand.budget.smallest_cap import CapNeeds, PricedPrompt
from chargehand.core.usage import Charge, Role
from chargehand.cost.prices import Prices

# A cap of twice what is expected, or of so much more, carries a review of up to three claims a lens.
TIMES_EXPECTED, BEYOND_EXPECTED_USD = 2, Decimal("0.04")
# How much longer than usual the prompts of judges may be for which money is set aside.
TIMES_THE_USUAL = Decimal("1.5")


def cap_needs(
    planned: Sequence[ForecastRequest],
    judged: Sequence[ForecastRequest],
    expected: Sequence[Charge],
    prices: Prices,
) -> CapNeeds:
    """Return it for the requests before any claim is made, those of the judges, and the calls as expected."""
    tasks = [request for request in planned if request.role is Role.WORKER]
    least = [usd for request in tasks if (usd := _worst_usd(request, prices)) is not None]
    full = [_worst_usd(request, prices, request.max_tokens) for request in (*planned, *judged)]
    shares = dict(_shares(judged, prices))
    return CapNeeds(
        tasks=len(tasks),
        first_task=_first_prompt(tasks, prices),
        dearest_task_usd=max(least, default=None),
        plan=_first_prompt([each for each in planned if each.role is Role.PLAN], prices),
        shares=shares,
        workers_usd=_for_all_workers(expected, max(least, default=None), shares),
        whole_usd=_for_all(expected),
        most_usd=_sum(full),
    )


def _worst_usd(request: ForecastRequest, prices: Prices, max_tokens: int | None = None) -> Decimal | None:
    """Return what is reserved for the request, with the shortest answer that is of use if not for another."""
    allowed = request.least_tokens if max_tokens is None else max_tokens
    is_written = request.cache != "none"
    return prices.worst_case(request.most_tokens, allowed, request.model, cache_write=is_written)


def _first_prompt(requests: Sequence[ForecastRequest], prices: Prices) -> PricedPrompt | None:
    """Return the first prompt whose price is known, as short as it may be answered."""
    for request in requests:
        worst_usd = _worst_usd(request, prices)
        if request.prompt and (worst_usd is not None or request.role is Role.PLAN):
            shortest = request.prompt().evolve(
                cache_prefix=request.cache == "write", max_tokens=request.least_tokens
            )
            return PricedPrompt(prompt=shortest, worst_usd=worst_usd)
    return None


def _shares(judged: Sequence[ForecastRequest], prices: Prices) -> Iterator[tuple[Role, Decimal]]:
    """Yield what is set aside for each judge; nothing for one whose price is not known.

    Claims may well be longer than usual, but few reviews have only claims of the greatest length.
    """
    for role in dict.fromkeys(request.role for request in judged):
        own = (request for request in judged if request.role is role)
        likely = (
            each._replace(most_tokens=min(each.most_tokens, int(TIMES_THE_USUAL * each.tokens)))
            for each in own
        )
        share = _sum([_worst_usd(request, prices) for request in likely])
        if share is not None:
            yield role, share


def _for_all_workers(
    expected: Sequence[Charge], dearest_usd: Decimal | None, shares: Mapping[Role, Decimal]
) -> Decimal | None:
    """Return a cap with which all is read: the last task fits beside the others and the judges' share."""
    usual = _sum([call.cost_usd for call in expected if not call.role.is_judging])
    if usual is None or dearest_usd is None:
        return None
    return usual + dearest_usd + sum(shares.values(), Decimal(0))


def _for_all(expected: Sequence[Charge]) -> Decimal | None:
    usual = _sum([call.cost_usd for call in expected])
    return None if usual is None else max(TIMES_EXPECTED * usual, usual + BEYOND_EXPECTED_USD)


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [usd for usd in amounts if usd is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None
