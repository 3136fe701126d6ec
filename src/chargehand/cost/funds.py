"""The arithmetic under a cap: what is spent, what is reserved for calls in flight, and what would fit."""

from collections.abc import Mapping
from decimal import Decimal

from chargehand.core.errors import OverBudget
from chargehand.core.usage import Role
from chargehand.cost.calibration import Calibration
from chargehand.cost.cap import Cap
from chargehand.cost.reservation import Reservation, ReservationRequest, longest_answer

_ZERO = Decimal(0)


class Funds:
    """What a ledger has to give, by its `calibration` of how many tokens prompts have.

    `since` is when something is reserved, by the ledger's clock; `claimed_usd` is what others claimed before.
    Not thread-safe: the ledger calls it under its own lock.
    """

    def __init__(self, cap: Cap, calibration: Calibration) -> None:
        self.cap = cap
        self.calibration = calibration
        self.spent_usd = _ZERO
        self.open: dict[int, Reservation] = {}
        self._numbers = 0

    @property
    def reserved_usd(self) -> Decimal:
        """What is reserved for calls in flight."""
        return sum((each.worst_usd or _ZERO for each in self.open.values()), _ZERO)

    @property
    def committed_usd(self) -> Decimal:
        """What is spent plus what is reserved for calls in flight."""
        return self.spent_usd + self.reserved_usd

    @property
    def above_cap_usd(self) -> Decimal:
        """By how much what is spent passed the cap."""
        return _ZERO if self.cap.usd is None else max(self.spent_usd - self.cap.usd, _ZERO)

    def hold(self, held: Mapping[Role, Decimal]) -> None:
        """Set so much aside for the calls of these roles, in place of before; nothing if that is not left."""
        left_usd = (self.cap.usd or _ZERO) - self.spent_usd
        self.cap = self.cap.evolve(held=held if sum(held.values(), _ZERO) <= left_usd else {})

    def opened(self, request: ReservationRequest, claimed_usd: Decimal, since: float) -> Reservation | None:
        """Reserve the worst case if it fits now, by the estimate or by what is known; else return None."""
        worst_usd = request.worst_usd
        if not self._fits(worst_usd, request, claimed_usd):
            worst_usd = self.least_usd(request)
            if not self._fits(worst_usd, request, claimed_usd):
                return None
        return self._reserve(request, worst_usd, since)

    def shrunk(self, request: ReservationRequest, since: float) -> Reservation:
        """Reserve the longest answer that fits now, or raise OverBudget if that is too short to be of use."""
        tokens = self.calibration.most_tokens(request.measured)
        max_tokens = longest_answer(request, tokens, self._left_usd(request))
        if max_tokens is None:
            raise self.refusal(request)
        shorter = request.shortened(max_tokens)
        return self._reserve(shorter, shorter.worst_case(tokens), since)

    def close(self, reservation: Reservation, cost_usd: Decimal) -> Reservation:
        """Book what an attempt did cost in place of its reservation, and return that as it last was."""
        closed = self.open.pop(reservation.number)
        self.spent_usd += cost_usd
        return closed

    def raise_open(self, model: str) -> None:
        """Reserve for calls of `model` in flight what they cost at worst by now."""
        for number, each in self.open.items():
            if each.prompt.model == model:
                self.open[number] = each.evolve(worst_usd=each.worst_case(each.measured.tokens))

    def least_usd(self, request: ReservationRequest) -> Decimal | None:
        """Return the worst case by what is known of prompts that begin alike; None: no price is known."""
        return request.worst_case(self.calibration.most_tokens(request.measured))

    def reaches(self, claimed_usd: Decimal, role: Role) -> bool:
        """Tell whether so much more fits for a role beside what is in flight; there must be a cap."""
        return claimed_usd <= self.cap.left_usd(role, self.committed_usd)

    def may_fit_later(self, request: ReservationRequest) -> bool:
        """Tell whether calls in flight may give back what is missing, or report that less would do."""
        if self._would_fit_alone(self.least_usd(request), request):
            return True
        likes = (each.measured.beginning for each in self.open.values())
        return request.measured.beginning in likes and self.could_be_small_enough(request)

    def is_worth_a_count(self, request: ReservationRequest) -> bool:
        """Tell whether the provider's count of the prompt may make it fit."""
        return self.calibration.wants_count(request.measured) and self.could_be_small_enough(request)

    def may_count_to(self, request: ReservationRequest, room_usd: Decimal) -> bool:
        """Tell whether the provider's count, and no less, may show that the prompt costs so much at worst."""
        least_usd = request.worst_case(request.measured.least_tokens)
        is_open = least_usd is not None and least_usd <= room_usd < (request.worst_usd or _ZERO)
        return is_open and self.calibration.wants_count(request.measured)

    def could_be_small_enough(self, request: ReservationRequest) -> bool:
        """Tell whether it would fit if the prompt were as small as it can be, and the answer as short."""
        return self._would_fit_alone(request.shortest_usd(request.measured.least_tokens), request)

    def refusal(self, request: ReservationRequest) -> OverBudget:
        """Return why a call is not sent."""
        shortest_usd = request.shortest_usd(self.calibration.most_tokens(request.measured))
        return self.cap.refusal(request.measured.prompt.model, shortest_usd, self._left_usd(request))

    def _reserve(self, request: ReservationRequest, worst_usd: Decimal | None, since: float) -> Reservation:
        self._numbers += 1
        reserved = Reservation(
            number=self._numbers,
            measured=request.measured,
            worst_case=request.worst_case,
            worst_usd=worst_usd,
            since=since,
        )
        self.open[reserved.number] = reserved
        return reserved

    def _left_usd(self, request: ReservationRequest) -> Decimal:
        """Return what is left for the role of the request, calls in flight aside; there must be a cap."""
        return self.cap.left_usd(request.measured.prompt.role, self.spent_usd)

    def _fits(self, worst_usd: Decimal | None, request: ReservationRequest, claimed_usd: Decimal) -> bool:
        beside_usd = self.reserved_usd + claimed_usd
        return self._would_fit_alone(None if worst_usd is None else beside_usd + worst_usd, request)

    def _would_fit_alone(self, worst_usd: Decimal | None, request: ReservationRequest) -> bool:
        return self.cap.usd is None or (worst_usd is not None and worst_usd <= self._left_usd(request))
