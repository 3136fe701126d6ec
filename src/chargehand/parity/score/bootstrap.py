"""How sure a figure is: an interval by the paired bootstrap over changes.

Written here, since it is twenty lines: the library that has it, scipy, brings numpy along for nothing else.
`benchmarks/intervals.py` shows how often these intervals hold the truth.
"""

from collections.abc import Callable, Sequence
from functools import cache
from math import sqrt
from operator import itemgetter
from random import Random
from statistics import NormalDist
from typing import NamedTuple

RESAMPLES = 2_000
CONFIDENCE = 0.95

# The counts of every change, one row a change; the same columns of all rows are added up.
Rows = Sequence[Sequence[int]]
# A figure of these sums; None if they do not tell it, as of no finding at all.
Figure = Callable[[Sequence[int]], float | None]


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
    random = Random(1)  # noqa: S311 - the same rows give the same bounds
    columns = [list(column) for column in zip(*rows, strict=True)]
    whole = [sum(column) for column in columns]
    drawn: list[list[float]] = [[] for _ in figures]
    for _ in range(resamples):
        drawn_rows = random.choices(range(len(rows)), k=len(rows))
        picked = itemgetter(0, *drawn_rows)  # of one index it would return no list
        sums = [sum(picked(column)[1:]) if any_ else 0 for column, any_ in zip(columns, whole, strict=True)]
        for values, figure in zip(drawn, figures, strict=True):
            value = figure(sums)
            if value is not None:
                values.append(value)
    return [
        _interval(figure(whole), sorted(values), len(rows))
        for figure, values in zip(figures, drawn, strict=True)
    ]


def _interval(value: float | None, drawn: Sequence[float], size: int) -> Interval | None:
    if value is None or not drawn:
        return None
    tail = _tail(size)
    low, high = (drawn[round(share * (len(drawn) - 1))] for share in (tail, 1 - tail))
    return Interval(value, min(low, value), max(high, value))


@cache
def _tail(size: int) -> float:
    """Return which share of the draws to leave out at each end, for a sample of so many changes.

    The bounds of a plain percentile bootstrap are too narrow by sqrt((n - 1) / n), and know no t.
    """
    normal = NormalDist()
    z = normal.inv_cdf((1 + CONFIDENCE) / 2)
    freedom = max(size - 1, 1)
    # Student's t by its expansion in 1/n, right to a hundredth from four changes on.
    t = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return 1 - normal.cdf(t * sqrt(size / freedom))
