"""Which calls a run made, in the order of a run, and how good the estimates of them were."""

from collections import Counter
from decimal import Decimal
from typing import NamedTuple

from chargehand.core.usage import Call, Role, Usage
from chargehand.cost.reservation import Reservation

_ZERO = Decimal(0)


class AttemptResult(NamedTuple):
    """How one attempt ended; with its prompt and its number it becomes a `Call`, whose fields these are."""

    outcome: str
    seconds: float
    usage: Usage | None = None
    cost_usd: Decimal | None = None
    request_id: str | None = None
    is_assumed: bool = False
    served_by: str | None = None


class CallLog:
    """Every call that was made, each numbered among the attempts at the same. The ledger's lock guards it.

    `excess_usd` is what calls cost beyond what was reserved for them: 0, unless a prompt was larger than
    its estimate, or a dearer model answered.
    """

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._assumed: list[tuple[int, Reservation]] = []
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

    def add(self, role: Role, task: str, lens: str | None, model: str, result: AttemptResult) -> Call:
        """Return the call that one attempt was, with its number, and keep it."""
        key = (role, task, model)
        self._attempts[key] += 1
        call = Call(
            role=role, task=task, lens=lens, model=model, attempt=self._attempts[key], **result._asdict()
        )
        self._calls.append(call)
        return call

    def assume(self, reservation: Reservation) -> None:
        """Take note that the last call is charged at the worst case of `reservation`."""
        self._assumed.append((len(self._calls) - 1, reservation))

    def raise_assumed(self, model: str) -> Decimal:
        """Charge assumed calls of `model` at what is their worst case by now, and return the difference."""
        raised_usd = _ZERO
        for place, reservation in self._assumed:
            call = self._calls[place]
            worst_usd = reservation.worst_case(reservation.measured.tokens)
            if call.model == model and call.cost_usd is not None and worst_usd is not None:
                raised_usd += max(worst_usd - call.cost_usd, _ZERO)
                self._calls[place] = call.evolve(cost_usd=max(worst_usd, call.cost_usd))
        self.excess_usd += raised_usd
        return raised_usd

    def compare(self, reservation: Reservation, result: AttemptResult) -> None:
        """Take note of what was reserved for an attempt, and of what it used."""
        if result.cost_usd is not None and reservation.worst_usd is not None:
            self.excess_usd += max(result.cost_usd - reservation.worst_usd, _ZERO)
        if result.usage and not result.served_by:
            self._estimated_tokens += reservation.measured.tokens
            self._reported_tokens += result.usage.prompt_tokens


def task_order(role: Role, task: str) -> tuple[int, str, int]:
    """Sort key: roles as in a run, then tasks by name and number (`security-2` before `security-10`)."""
    name, _, number = task.rpartition("-")
    known = (name, int(number)) if number.isdecimal() else (task, 0)
    return (list(Role).index(role), *known)
