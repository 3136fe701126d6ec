"""Which calls a run made, in the order in which they are told, and how good the estimates of them were."""

from collections import Counter
from decimal import Decimal

from chargehand.core.usage import Call, Role
from chargehand.cost.order import task_order
from chargehand.cost.reservation import Reservation

_ZERO = Decimal(0)


class CallLog:
    """Every call that was made. The ledger's lock guards it.

    `excess_usd` is what calls cost beyond what was put aside for them: 0, unless a prompt was larger than
    its estimate.
    """

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._attempts: Counter[tuple[Role, str, str]] = Counter()
        self._estimated_tokens = 0
        self._reported_tokens = 0
        self.excess_usd = _ZERO

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call, by role, task and attempt: the same order for any number of threads."""
        return tuple(sorted(self._calls, key=lambda call: task_order(call.role, call.task)))

    @property
    def token_ratio(self) -> Decimal | None:
        """Prompt tokens as reported over prompt tokens as estimated, None before the first report."""
        if not self._estimated_tokens:
            return None
        return Decimal(self._reported_tokens) / self._estimated_tokens

    def enter(self, call: Call) -> Call:
        """Write `call` down, and return it with the number of its attempt."""
        key = (call.role, call.task, call.model)
        self._attempts[key] += 1
        booked = call.model_copy(update={"attempt": self._attempts[key]})
        self._calls.append(booked)
        return booked

    def compare(self, reservation: Reservation, call: Call) -> None:
        """Take note of what was put aside for a call, and of what it was."""
        if call.cost_usd is not None and reservation.worst_usd is not None:
            self.excess_usd += max(call.cost_usd - reservation.worst_usd, _ZERO)
        if call.usage and call.usage.prompt_tokens:
            self._estimated_tokens += reservation.measured.tokens
            self._reported_tokens += call.usage.prompt_tokens
