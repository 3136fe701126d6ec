"""How sure a figure is: an interval by the paired bootstrap over changes.

Written here, since it is a few lines: the library that has it, scipy, brings numpy along for nothing else.
`benchmarks/intervals.py` shows how often these intervals hold the truth.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from math import sqrt
from operator import itemgetter
from random import Random
from statistics import NormalDist
from typing import NamedTuple

RESAMPLES = 1_000
CONFIDENCE = 0.95

# The counts of every change, one row a change; the same columns of all rows are added up.
Rows = Sequence[Sequence[int]]
# What is computed of the sums; None if they do not tell it, as of no finding at all.
Figure = Callable[[Sequence[int]], float | None]
_NORMAL = NormalDist()


class Interval(NamedTuple):
    """A figure, and the bounds that hold the truth in 95 of 100 samples."""

    value: float
    low: float
    high: float


def intervals(rows: Rows, figures: Sequence[Figure], resamples: int = RESAMPLES) -> list[Interval | None]:
    """Return each figure of the rows with its interval, None for one that the rows do not tell.

    Changes are drawn, each with all that was said of it by both fleets, so that what they have in common
    does not widen the interval of their difference. Few changes make the bounds wider, as Student's t does.
    """
    return intervals_of(rows, figures, _draws(rows, resamples))


def intervals_of(
    rows: Rows, figures: Sequence[Figure], draws: Iterable[Sequence[int]]
) -> list[Interval | None]:
    """Return the intervals by the sums of as many rows as there are, drawn with replacement, many times."""
    sums = list(draws)
    return [_interval(figure, rows, sums) for figure in figures]


def _draws(rows: Rows, resamples: int) -> Iterator[list[int]]:
    columns = [list(column) for column in zip(*rows, strict=True)]
    random = Random(1)  # noqa: S311 - the same rows give the same bounds
    for _ in range(resamples):
        picked = itemgetter(0, *random.choices(range(len(rows)), k=len(rows)))  # of one it returns no list
        yield [sum(picked(column)[1:]) if any(column) else 0 for column in columns]


def _interval(figure: Figure, rows: Rows, sums: Iterable[Sequence[int]]) -> Interval | None:
    whole = [sum(column) for column in zip(*rows, strict=True)]
    value = figure(whole)
    drawn = sorted(each for each in map(figure, sums) if each is not None)
    if value is None or not drawn:
        return None
    low, high = (_at(drawn, end) for end in _ends(figure, value, rows, whole, drawn))
    return Interval(value, min(low, value), max(high, value))


def _at(drawn: Sequence[float], end: float) -> float:
    """Return what lies so many standard deviations from the middle: of n draws, the i-th has i / (n + 1)."""
    place = round(_NORMAL.cdf(end) * (len(drawn) + 1)) - 1
    return drawn[min(max(place, 0), len(drawn) - 1)]


@cache
def _width(size: int) -> float:
    """Return how many standard deviations of the draws the bounds lie apart from the figure.

    Those of a plain percentile bootstrap are too narrow by sqrt((n - 1) / n), and know no t.
    """
    z = _NORMAL.inv_cdf((1 + CONFIDENCE) / 2)
    freedom = max(size - 1, 1)
    # Student's t by its expansion in 1/n, right to a hundredth from four changes on.
    t = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return t * sqrt(size / freedom)


def _ends(
    figure: Figure, value: float, rows: Rows, whole: Sequence[int], drawn: Sequence[float]
) -> tuple[float, float]:
    """Return the bounds as the BCa bootstrap has them: corrected for bias, and for skewness (Efron 1987)."""
    z = _width(len(rows))
    below = sum((each < value) + (each == value) / 2 for each in drawn) / len(drawn)
    bias = _NORMAL.inv_cdf(min(max(below, 1 / len(drawn)), 1 - 1 / len(drawn)))
    without = [figure([total - part for total, part in zip(whole, row, strict=True)]) for row in rows]
    known = [each for each in without if each is not None]
    mean = sum(known) / len(known) if known else 0.0
    spread = sum((mean - each) ** 2 for each in known)
    skew = sum((mean - each) ** 3 for each in known) / (6 * spread**1.5) if spread else 0.0
    low, high = (bias + (bias + end) / max(1 - skew * (bias + end), 0.1) for end in (-z, z))
    return low, high
