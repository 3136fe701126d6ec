"""What is reserved for one attempt before it is sent: its worst case."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from chargehand.core.prompt import Prompt
from chargehand.core.value import Value
from chargehand.cost.calibration import Measured, measure
from chargehand.cost.queue import QueuePosition

# What a prompt of so many tokens costs at worst; None if no price is known.
WorstCase = Callable[[int], Decimal | None]

_FIRST = QueuePosition(-1, 0)


class ReservationRequest(NamedTuple):
    """What an attempt wants reserved: `worst_usd` by the estimate, less if the prompt proves smaller."""

    measured: Measured
    worst_case: WorstCase
    worst_usd: Decimal | None
    position: QueuePosition = _FIRST


class Reservation(Value):
    """The worst case of one attempt, reserved before it is sent; None if no price is known.

    `since` is the ledger's time.
    """

    number: int
    measured: Measured
    worst_usd: Decimal | None
    since: float

    @property
    def prompt(self) -> Prompt:
        """What the money is for."""
        return self.measured.prompt


def request_for(prompt: Prompt, worst_case: WorstCase) -> ReservationRequest:
    """Return what one attempt at `prompt` wants reserved."""
    measured = measure(prompt)
    return ReservationRequest(measured, worst_case, worst_case(measured.tokens))
