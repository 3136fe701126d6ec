"""What is reserved for one attempt before it is sent: its worst case, or that it cannot be."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from chargehand.core.errors import OverBudget
from chargehand.core.money import usd_exact, usd_rounded_up
from chargehand.core.prompt import Prompt
from chargehand.core.value import Value
from chargehand.cost.calibration import Measured, measure
from chargehand.cost.queue import QueuePosition

# What a prompt of so many tokens costs at worst; None if no price is known.
WorstCase = Callable[[int], Decimal | None]

_FIRST = QueuePosition(-1, 0)


class ReservationRequest(NamedTuple):
    """What an attempt wants reserved: `worst_usd`, less if the prompt proves smaller."""

    measured: Measured
    worst_case: WorstCase
    position: QueuePosition = _FIRST

    @property
    def worst_usd(self) -> Decimal | None:
        """The worst case by the estimate, as far as the models are known that may answer."""
        return self.worst_case(self.measured.tokens)


class Reservation(Value):
    """The worst case of one attempt, reserved before it is sent; None if no price is known.

    `since` is the ledger's time.
    """

    number: int
    measured: Measured
    worst_case: WorstCase
    worst_usd: Decimal | None
    since: float

    @property
    def prompt(self) -> Prompt:
        """What the money is for."""
        return self.measured.prompt


def request_for(prompt: Prompt, worst_case: WorstCase) -> ReservationRequest:
    """Return what one attempt at `prompt` wants reserved."""
    return ReservationRequest(measure(prompt), worst_case)


def over_budget(
    model: str, worst_usd: Decimal | None, spent_usd: Decimal, cap_usd: Decimal | None
) -> OverBudget:
    """Return what says that an attempt was not sent, and which cap would do."""
    cap = usd_exact(cap_usd)
    if worst_usd is None:
        return OverBudget(
            f"A call to {model} was not sent: its price is not known, so the cap of {cap} "
            "cannot be kept. Give the model a price in the configuration, or remove the cap."
        )
    return OverBudget(
        f"A call to {model} was not sent: it may cost up to {usd_rounded_up(worst_usd)}, and "
        f"{usd_rounded_up(spent_usd)} of the cap of {cap} is already spent. "
        f"Raise the cap to {usd_rounded_up(spent_usd + worst_usd)} or more."
    )
