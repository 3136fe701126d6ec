"""What a review of a change should cost at most, by how much is changed, and whether it did."""

from decimal import Decimal
from typing import Literal

from chargehand.core.plain_value import PlainValue

SIMPLE_LINES = 100
SIMPLE_USD, COMPLEX_USD = Decimal("0.01"), Decimal("0.05")

ChangeKind = Literal["simple", "complex"]


class Target(PlainValue):
    """The target of one review; `lines` are the added and removed ones of the files that were reviewed.

    `is_met` is None if the bill is within the target, but a price is not known or work was left undone.
    """

    kind: ChangeKind
    lines: int
    usd: Decimal
    is_met: bool | None


def kind_of(lines: int, simple_lines: int = SIMPLE_LINES) -> ChangeKind:
    """Return whether a change of so many lines is simple or complex."""
    return "simple" if lines <= simple_lines else "complex"


def target_of(lines: int, total_usd: Decimal, *, is_known: bool) -> Target:
    """Return the target of a change of so many lines, and whether its bill met it.

    `is_known`: that is what a review of it costs, since every price is known and all of the work was done.
    """
    kind = kind_of(lines)
    target_usd = SIMPLE_USD if kind == "simple" else COMPLEX_USD
    is_met = False if total_usd > target_usd else (True if is_known else None)
    return Target(kind=kind, lines=lines, usd=target_usd, is_met=is_met)
