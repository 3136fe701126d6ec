"""The arithmetic under a cap: what is spent, what is reserved for calls in flight, and what would fit."""

from collections.abc import Mapping
from decimal import Decimal

from chargehand.core.errors import OverBudget
from chargehand.core.usage import Role
from chargehand.cost.calibration import Calibration
from chargehand.cost.cap import Cap
from chargehand.cost.reservation import Reservation, ReservationRequest

_ZERO = Decimal(0)


class Funds:
    """What a ledger has to give, by its `calibration` of how many tokens prompts have.

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

    def hold(self, held: Mapping[Role, Decimal]) -> None:
        """Set so much aside for the calls of these roles."""
        self.cap = self.cap.evolve(held=held)

    def reserve(self, request: ReservationRequest, worst_usd: Decimal | None, since: float) -> Reservation:
        """Reserve so much; `since` is when, by the ledger's clock."""
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

    def close(self, reservation: Reservation, cost_usd: Decimal) -> Reservation:
        """Book what an attempt did cost in place of its reservation, and return that as it last was."""
        closed = self.open.pop(reservation.number)
        self.spent_usd += cost_usd
        return closed

    def left_usd(self, request: ReservationRequest) -> Decimal:
        """Return what is left for the role of the request, calls in flight aside; there must be a cap."""
        return self.cap.left_usd(request.measured.prompt.role, self.spent_usd)

    def least_usd(self, request: ReservationRequest) -> Decimal | None:
        """Return the worst case by what is known of prompts that begin alike; None: no price is known."""
        return request.worst_case(self.calibration.most_tokens(request.measured))

    def fits(self, worst_usd: Decimal | None, request: ReservationRequest, claimed_usd: Decimal) -> bool:
        """Tell whether so much fits now, beside what is in flight and what others `claimed` before."""
        if self.cap.usd is None:
            return True
        if worst_usd is None:
            return False
        return self.reserved_usd + claimed_usd + worst_usd <= self.left_usd(request)

    def may_fit_later(self, request: ReservationRequest) -> bool:
        """Tell whether calls in flight may give back what is missing, or report that less would do."""
        if self._would_fit_alone(self.least_usd(request), request):
            return True
        likes = (each.measured.beginning for each in self.open.values())
        return request.measured.beginning in likes and self.could_be_small_enough(request)

    def is_worth_a_count(self, request: ReservationRequest) -> bool:
        """Tell whether the provider's count of the prompt may make it fit."""
        return self.calibration.wants_count(request.measured) and self.could_be_small_enough(request)

    def could_be_small_enough(self, request: ReservationRequest) -> bool:
        """Tell whether it would fit if the prompt were as small as it can be, and the answer as short."""
        return self._would_fit_alone(request.shortest_usd(request.measured.least_tokens), request)

    def refusal(self, request: ReservationRequest) -> OverBudget:
        """Return why a call is not sent."""
        shortest_usd = request.shortest_usd(self.calibration.most_tokens(request.measured))
        return self.cap.refusal(request.measured.prompt.model, shortest_usd, self.left_usd(request))

    def _would_fit_alone(self, worst_usd: Decimal | None, request: ReservationRequest) -> bool:
        return self.cap.usd is None or (worst_usd is not None and worst_usd <= self.left_usd(request))
