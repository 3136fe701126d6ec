"""What is put aside for one attempt, and what becomes of it if nobody waits for the attempt's end."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from chargehand.core.prompt import Prompt
from chargehand.core.usage import ABANDONED, Call
from chargehand.core.value import Value
from chargehand.cost.calibration import Measured, measure
from chargehand.cost.queue import Turn

# What a prompt of so many tokens costs at worst; None where no price is known.
WorstCase = Callable[[int], Decimal | None]

_FIRST = Turn(-1, 0)


class Bid(NamedTuple):
    """What somebody wants to put aside: `worst_usd` by the estimate, less where the prompt proves smaller."""

    measured: Measured
    worst_case: WorstCase
    worst_usd: Decimal | None
    turn: Turn = _FIRST


class Reservation(Value):
    """The worst case of one attempt, put aside before it is sent; None where no price is known.

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


def bid_for(prompt: Prompt, worst_case: WorstCase) -> Bid:
    """Return the bid of one attempt at `prompt`."""
    measured = measure(prompt)
    return Bid(measured, worst_case, worst_case(measured.tokens))


def abandoned(reservation: Reservation, now: float) -> Call:
    """Return the call of an attempt that is still in flight when its run ends."""
    prompt = reservation.prompt
    return Call(
        role=prompt.role,
        task=prompt.task,
        lens=prompt.lens,
        model=prompt.model,
        attempt=1,  # the book numbers them
        outcome=ABANDONED,
        usage=None,
        cost_usd=None,
        seconds=now - reservation.since,
        request_id=None,
    )
