"""Whether a fleet is as good as the baseline: within the margin, not, or too few samples to tell."""

from enum import Enum
from math import ceil, log

from chargehand.core.value import Value
from chargehand.parity.score.bootstrap import CONFIDENCE, Interval

# If nothing was seen in n cases, it may still happen in so many of 100: the "rule of three", of both sides.
_UNSEEN = -log((1 - CONFIDENCE) / 2)
_MOST = 100_000


class Parity(str, Enum):
    """What a comparison says."""

    WITHIN = "within"
    BELOW = "below"
    TOO_FEW = "too few"


class Difference(Value):
    """By how much one figure of a fleet is below or above the baseline's, and what that means.

    `needed` is how many changes would tell, if it is too few; None if no number of them is likely to.
    """

    value: float
    low: float
    high: float
    parity: Parity
    needed: int | None = None


def compare(difference: Interval, margin: float, changes: int, seen: float) -> Difference:
    """Return what a difference of two shares means, which was seen in so many `changes`.

    `seen` is how many defects, or findings, it is made of: however alike two fleets are, that few of them
    cannot tell more than so much. Better than the baseline is within the margin.
    """
    least = _UNSEEN / seen if seen else 1.0
    low = max(min(difference.low, difference.value - least), -1.0)
    high = min(max(difference.high, difference.value + least), 1.0)
    if low >= -margin:
        parity, needed = Parity.WITHIN, None
    elif high < -margin:
        parity, needed = Parity.BELOW, None
    else:
        parity = Parity.TOO_FEW
        needed = _needed(Interval(difference.value, difference.low, difference.high), margin, changes, least)
    return Difference(value=difference.value, low=low, high=high, parity=parity, needed=needed)


def _needed(difference: Interval, margin: float, changes: int, least: float) -> int | None:
    """Return about how many changes would put the whole interval on one side of the margin.

    Its half width shrinks with the root of their number, that of what was never seen with the number itself.
    """
    room = abs(difference.value + margin)
    half = (
        difference.value - difference.low
        if difference.value > -margin
        else difference.high - difference.value
    )
    if not room:
        return None
    needed = max(changes * (half / room) ** 2, changes * least / room, changes + 1)
    return ceil(needed) if needed <= _MOST else None


def worst(parities: list[Parity]) -> Parity:
    """Return what several figures mean together: as good only if each is."""
    order = (Parity.BELOW, Parity.TOO_FEW, Parity.WITHIN)
    return min(parities, key=order.index, default=Parity.TOO_FEW)
