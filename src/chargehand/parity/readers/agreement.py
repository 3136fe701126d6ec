"""How far readers agree: with themselves a second time, and with each other."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from chargehand.parity.readers.item import Rating, Ratings


class Agreement(NamedTuple):
    """In how many of `number` items two ratings are the same; `kappa` leaves out what chance would give.

    `kappa` is None if everything got one and the same rating: then chance would have given it, too.
    """

    number: int
    same: int
    kappa: float | None

    @property
    def words(self) -> str:
        """Say it for people."""
        kappa = "" if self.kappa is None else f" (Cohen's kappa {self.kappa:.2f})"
        return f"{self.same:,} of {self.number:,} findings{kappa}"


def agreement(one: Ratings, other: Ratings) -> Agreement:
    """Return how far two readers agree about what both rated."""
    pairs = [(one[each], other[each]) for each in one if each in other]
    same = sum(a == b for a, b in pairs)
    return Agreement(len(pairs), same, _kappa(pairs, same))


def _kappa(pairs: Sequence[tuple[Rating, Rating]], same: int) -> float | None:
    if not pairs:
        return None
    first, second = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    by_chance = sum(first[each] * second[each] for each in first) / len(pairs) ** 2
    return None if by_chance == 1 else (same / len(pairs) - by_chance) / (1 - by_chance)


def settled(readers: Sequence[Ratings]) -> dict[str, Rating]:
    """Return what most of the readers say; `unsure` where they are divided."""
    found: dict[str, Rating] = {}
    for item in dict.fromkeys(each for ratings in readers for each in ratings):
        said = Counter(ratings[item] for ratings in readers if item in ratings)
        right, wrong = said["right"], said["wrong"]
        found[item] = "unsure" if right == wrong else "right" if right > wrong else "wrong"
    return found
