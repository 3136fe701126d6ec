"""Whether a fleet is as good as the baseline: within the margin, not, or too few samples to tell."""

from collections.abc import Sequence
from enum import Enum
from math import ceil, log
from statistics import NormalDist

from chargehand.core.value import Value
from chargehand.parity.score.bootstrap import CONFIDENCE, Interval

# If nothing was seen in n cases, it may still happen in so many of 100: the "rule of three", of both sides.
_UNSEEN = -log((1 - CONFIDENCE) / 2)
_MOST = 100_000
# In so many of 100 samples, one of the size that is told shall tell; how much room that takes.
_TELLING = 0.8
_SPARE = 1 + NormalDist().inv_cdf(_TELLING) / NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


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


def with_unseen(share: Interval, seen: float) -> Interval:
    """Return a share that is all or nothing of so many cases, with what could be unseen."""
    unseen = 1 - ((1 - CONFIDENCE) / 2) ** (1 / max(seen, 1))
    if share.value == 1:
        return share._replace(low=min(share.low, 1 - unseen))
    return share._replace(high=max(share.high, unseen)) if share.value == 0 else share


def _needed(difference: Interval, margin: float, changes: int, least: float) -> int | None:
    """Return of how many changes the whole interval would be on one side of the margin, in 4 of 5 samples.

    Its half width shrinks with the root of their number, that of what was never seen with the number itself.
    An interval that just fits would fit in every other sample only, since its middle varies, too.
    """
    room = abs(difference.value + margin)
    half = (
        difference.value - difference.low
        if difference.value > -margin
        else difference.high - difference.value
    )
    if not room:
        return None
    needed = max(changes * (_SPARE * half / room) ** 2, changes * least / room, changes + 1)
    return ceil(needed) if needed <= _MOST else None


def needed_by(differences: Sequence[Difference], margin: float) -> int | None:
    """Return of how many changes several figures together would tell; None if no number is likely to.

    One that is below tells alone, and all have to tell that a fleet is as good.
    """
    open_ = [each for each in differences if each.parity is Parity.TOO_FEW]
    below = [each.needed for each in open_ if each.value < -margin]
    if known := [each for each in below if each is not None]:
        return min(known)
    numbers = [each.needed for each in open_]
    known = [each for each in numbers if each is not None]
    return max(known, default=None) if len(known) == len(numbers) else None


def worst(parities: list[Parity]) -> Parity:
    """Return what several figures mean together: as good only if each is."""
    order = (Parity.BELOW, Parity.TOO_FEW, Parity.WITHIN)
    return min(parities, key=order.index, default=Parity.TOO_FEW)
