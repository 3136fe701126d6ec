"""What is reserved for one attempt before it is sent: its worst case, and how short it may be."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from chargehand.core.prompt import Prompt
from chargehand.core.value import Value
from chargehand.cost.calibration import Measured, measure
from chargehand.cost.queue import Claim, QueuePosition

# What a prompt of so many tokens costs at worst, with the longest answer that it allows or one of as many
# tokens as are given beside; None if no price is known.
WorstCase = Callable[..., Decimal | None]

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

    @property
    def least_tokens(self) -> int:
        """The fewest tokens of an answer that is of use."""
        prompt = self.measured.prompt
        return prompt.max_tokens if prompt.least_tokens is None else prompt.least_tokens

    def shortest_usd(self, prompt_tokens: int) -> Decimal | None:
        """Return the worst case with the shortest answer that is of use."""
        is_fixed = self.least_tokens >= self.measured.prompt.max_tokens
        return self.worst_case(prompt_tokens, *(() if is_fixed else (self.least_tokens,)))

    def shortened(self, max_tokens: int) -> "ReservationRequest":
        """Return the same for an answer of at most so many tokens."""
        measured, worst_case = self.measured, self.worst_case

        def shorter(prompt_tokens: int, most: int | None = None, /) -> Decimal | None:
            return worst_case(prompt_tokens, max_tokens if most is None else most)

        asked = measured.prompt.evolve(max_tokens=max_tokens)
        return self._replace(measured=measured._replace(prompt=asked), worst_case=shorter)


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


def claim_of(asked: "ReservationRequest | Reservation", usd: Decimal | None) -> Claim:
    """Return a claim to so much for an attempt at what was asked; it rises with the worst case."""
    worst_case, tokens = asked.worst_case, asked.measured.tokens
    return Claim(asked.measured.prompt.model, usd or Decimal(0), lambda: worst_case(tokens))


def request_for(prompt: Prompt, worst_case: WorstCase) -> ReservationRequest:
    """Return what one attempt at `prompt` wants reserved."""
    return ReservationRequest(measure(prompt), worst_case)


def longest_answer(request: ReservationRequest, prompt_tokens: int, room_usd: Decimal) -> int | None:
    """Return how many tokens an answer may have so that the worst case fits; None if too few to be of use."""
    most, least = request.measured.prompt.max_tokens, request.least_tokens
    if least >= most:
        return None
    fixed_usd, full_usd = request.worst_case(prompt_tokens, 0), request.worst_case(prompt_tokens, most)
    if fixed_usd is None or full_usd is None:
        return None
    each_usd = (full_usd - fixed_usd) / most
    fitting = most if each_usd == 0 else int((room_usd - fixed_usd) / each_usd)
    longest = min(most, fitting)
    worst_usd = request.worst_case(prompt_tokens, longest) if longest >= least else None
    return longest if worst_usd is not None and worst_usd <= room_usd else None
