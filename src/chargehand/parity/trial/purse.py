"""Holds the money of a whole comparison: no review gets more than is left, and no two get the same dollar."""

from decimal import Decimal
from threading import Condition


class Purse:
    """What may still be spent: reviews draw from it, and give back what they did not need."""

    def __init__(self, left_usd: Decimal) -> None:
        self._left = left_usd
        self._out = 0
        self._changed = Condition()

    @property
    def left_usd(self) -> Decimal:
        """What nobody holds."""
        with self._changed:
            return self._left

    def draw(self, wanted_usd: Decimal | None) -> Decimal:
        """Return what a review may spend: what it wants, all if None, and less if nobody will give any back.

        It waits as long as others hold some of what is wanted.
        """
        with self._changed:
            while self._out and (wanted_usd is None or self._left < wanted_usd):
                self._changed.wait()
            drawn = self._left if wanted_usd is None else min(wanted_usd, self._left)
            self._left -= drawn
            self._out += 1
            return drawn

    def give_back(self, drawn_usd: Decimal, spent_usd: Decimal) -> None:
        """Take back what is left of what was drawn."""
        with self._changed:
            self._left += drawn_usd - spent_usd
            self._out -= 1
            self._changed.notify_all()
