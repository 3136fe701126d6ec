"""How many claims a review may have to judge, and how probable each number of them is."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

# Up to so many claims of a kind each number counts by itself, since it decides who is asked. More of them
# count as their mean, since what they cost grows evenly.
EACH_BY_ITSELF = 8
_NEGLIGIBLE = Decimal("0.000001")


class Claims(NamedTuple):
    """How many claims there are to judge: those that could fail the build, and the others."""

    grave: int
    mild: int

    def beside(self, others: "Claims") -> "Claims":
        """Return these and others together."""
        return Claims(self.grave + others.grave, self.mild + others.mild)


class Likely(NamedTuple):
    """So many claims, and how probable it is that a review has them: from 0 to 1."""

    chance: Decimal
    claims: Claims


def likely_claims(mean: Decimal, share: Fraction) -> Iterator[Likely]:
    """Yield how many claims there may be if `mean` are expected, of which `share` could fail the build.

    Claims come independently of each other (a Poisson distribution), and so do those of either kind. The
    chances add up to 1, but for what is rarer than one in a million.
    """
    grave = mean * share.numerator / share.denominator
    for grave_chance, number in _numbers(grave):
        for chance, others in _numbers(mean - grave):
            if grave_chance * chance > _NEGLIGIBLE:
                yield Likely(grave_chance * chance, Claims(number, others))


def likeliest_claims(mean: Decimal, share: Fraction) -> Claims:
    """Return the claims by their means, as whole numbers."""
    claims = _whole(mean)
    grave = int(claims * share + Fraction(1, 2))
    return Claims(grave, claims - grave)


def _numbers(mean: Decimal) -> Iterator[tuple[Decimal, int]]:
    """Yield how probable each number is, and the rest with its own mean."""
    chance, rest, left = (-mean).exp(), Decimal(1), mean
    for number in range(EACH_BY_ITSELF + 1):
        yield chance, number
        rest, left = rest - chance, left - number * chance
        chance = chance * mean / (number + 1)
    if rest > _NEGLIGIBLE:
        yield rest, _whole(left / rest)


def _whole(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))
