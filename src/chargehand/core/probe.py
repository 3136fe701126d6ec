"""Whether a worker noticed a defect that was planted for it, apart from what it was asked of the change."""

from decimal import Decimal
from typing import Literal

from chargehand.core.plain_value import PlainValue

Kind = Literal[
    "comparison",
    "bound",
    "condition",
    "missing-await",
    "missing-check",
    "swapped-arguments",
    "unsafe-switch",
    "missing-escape",
]

# As many as a run makes, and the lenses that should see a planted defect.
MOST_PROBES = 3
PROBED_LENSES = ("correctness", "security")


class Probe(PlainValue):
    """One planted defect: the lens that should see it, the model that was asked, the kind of mistake.

    It says neither where the defect was nor what the worker wrote, so that nobody can take it for a finding.
    `noticed` is None if the worker gave no answer. `cost_usd` is None if no price is known.
    """

    lens: str
    model: str
    kind: Kind
    noticed: bool | None
    cost_usd: Decimal | None
