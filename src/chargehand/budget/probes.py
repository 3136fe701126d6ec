"""What trying the workers on planted defects would cost beside a review: known before, but for chance."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import comb

from chargehand.core.probe import MOST_PROBES, PROBED_LENSES
from chargehand.core.usage import Charge, Role
from chargehand.core.value import Value
from chargehand.cost.prices import Prices


class ProbesForecast(Value):
    """How many probes are expected, and what they cost: as expected, and if there are as many as may be.

    None: a price is not known. Each task is taken to have a place for a defect.
    """

    rate: Decimal
    number: float
    expected_usd: Decimal | None
    most_usd: Decimal | None


def probes_forecast(
    expected: Sequence[Charge], longest: Sequence[Charge], rate: Decimal, prices: Prices
) -> ProbesForecast:
    """Return what probes cost if each task of a review is probed with a chance of `rate`."""
    usual, long = (tuple(_alone(calls, prices)) for calls in (expected, longest))
    number = _expected_number(len(usual), float(rate))
    share = Decimal(f"{number:.6f}") / max(len(usual), 1)
    known = [[each for each in amounts if each is not None] for amounts in (usual, long)]
    is_known = len(known[0]) == len(usual)
    return ProbesForecast(
        rate=rate,
        number=number,
        expected_usd=share * sum(known[0], Decimal(0)) if is_known else None,
        most_usd=sum(sorted(known[1])[-MOST_PROBES:], Decimal(0)) if is_known else None,
    )


def _alone(calls: Sequence[Charge], prices: Prices) -> Iterator[Decimal | None]:
    """Yield what each task that can be probed costs alone: its code is no other's, so no prompt is cached."""
    for call in calls:
        lenses = (call.lens or "").split("+")
        if call.role is Role.WORKER and call.usage and any(lens in PROBED_LENSES for lens in lenses):
            usage = call.usage.evolve(
                input_tokens=call.usage.prompt_tokens,
                cache_read_tokens=0,
                cache_write_5m_tokens=0,
                cache_write_1h_tokens=0,
                service_tier=None,
            )
            yield prices.cost(usage, call.model)


def _expected_number(tasks: int, rate: float) -> float:
    """Return how many of the tasks chance takes on average, if it takes `MOST_PROBES` of them at most."""
    few = range(min(MOST_PROBES, tasks + 1))
    chances = [comb(tasks, taken) * rate**taken * (1 - rate) ** (tasks - taken) for taken in few]
    return sum(taken * each for taken, each in zip(few, chances, strict=True)) + min(MOST_PROBES, tasks) * (
        1 - sum(chances)
    )
