"""What a review should cost: by the size of the change, and known to be met only if all was done."""

from decimal import Decimal

import pytest

from chargehand.core.targets import target_of

CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("lines", "total", "is_known", "met"),
    [
        (100, CENT, True, ("simple", True)),
        (100, CENT + Decimal("0.0001"), False, ("simple", False)),
        (101, 5 * CENT, True, ("complex", True)),
        (101, CENT, False, ("complex", None)),
    ],
)
def test_a_target_follows_from_the_size(
    lines: int, total: Decimal, is_known: bool, met: tuple[str, bool | None]
) -> None:
    target = target_of(lines, total, is_known=is_known)
    assert (target.kind, target.is_met) == met
