"""Whether a call may be sent under the spend cap, and what the calls so far have cost."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from threading import Condition

from chargehand.core.errors import RunEnding
from chargehand.core.prompt import Prompt
from chargehand.core.usage import ABANDONED, REUSED, Call, Role
from chargehand.cost.calibration import Calibration
from chargehand.cost.call_log import AttemptResult, CallLog
from chargehand.cost.cap import Cap
from chargehand.cost.first_answers import FirstAnswers
from chargehand.cost.funds import Funds
from chargehand.cost.queue import ReservationQueue
from chargehand.cost.reservation import Reservation, ReservationRequest, WorstCase, claim_of, request_for

# How many tokens the provider counts; None if it does not say.
Count = Callable[[Prompt], int | None]

_ZERO = Decimal(0)
_FROM_EARLIER_RUN = AttemptResult(REUSED, seconds=0.0, cost_usd=_ZERO)


class Ledger:
    """What a run has spent, what is reserved for calls in flight, and every call.

    Thread-safe. What is spent and reserved together never passes `cap_usd`, which messages call by its name
    in `cap`, as long as no call costs more than was reserved for it. Each reservation ends in exactly one of
    `settle`, `settle_at_worst`, `release`, or in `abandon`, after which none of these does anything.
    `on_call` gets every call when it is recorded.

    Where a gateway `may_substitute`, only an answer tells which model is paid. Then, under a cap, the first
    call of each model goes alone until its answer says so, and the others reserve what they may cost.
    """

    def __init__(
        self,
        cap_usd: Decimal | None = None,
        on_call: Callable[[Call], None] = lambda _call: None,
        clock: Callable[[], float] = time.monotonic,
        *,
        may_substitute: bool = False,
        cap: str = "",
        is_ample: bool = False,
    ) -> None:
        self._calibration = Calibration()
        self._funds = Funds(Cap(usd=cap_usd, name=cap), self._calibration)
        self._first_answers = FirstAnswers(may_substitute=may_substitute)
        self._is_ample = is_ample
        self._on_call = on_call
        self._clock = clock
        self._changed = Condition()
        self._queue = ReservationQueue()
        self._is_abandoned = False
        self._log = CallLog()

    @property
    def spent_usd(self) -> Decimal:
        """What finished calls cost, attempts of unknown end at their worst case."""
        with self._changed:
            return self._funds.spent_usd

    @property
    def committed_usd(self) -> Decimal:
        """What is spent plus what is reserved for calls in flight."""
        with self._changed:
            return self._funds.committed_usd

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call, by role, task and attempt: the same order for any number of threads."""
        with self._changed:
            return self._log.calls

    @property
    def token_ratio(self) -> Decimal | None:
        """Prompt tokens as reported over prompt tokens as estimated, None before the first report."""
        with self._changed:
            return self._log.token_ratio

    @property
    def excess_usd(self) -> Decimal:
        """What calls cost beyond what was reserved for them."""
        with self._changed:
            return self._log.excess_usd

    @property
    def above_cap_usd(self) -> Decimal:
        """By how much what is spent passed the cap, 0 if it did not or there is none."""
        with self._changed:
            return self._funds.above_cap_usd

    @property
    def has_cap(self) -> bool:
        """Tell whether there is a bound."""
        return self._funds.cap.usd is not None

    @property
    def may_run_out(self) -> bool:
        """Tell whether money may run out; not if the cap `is_ample` for whatever the run may do."""
        return self.has_cap and not self._is_ample

    def is_unheard(self, model: str) -> bool:
        """Tell whether another model may answer in place of `model`, and no answer has said so or not."""
        with self._changed:
            return self._first_answers.awaits(model)

    def hear(self, model: str) -> None:
        """Take note that an answer of `model` has said who gives it, however it may end."""
        with self._changed:
            self._first_answers.heard.add(model)
            self._changed.notify_all()

    def hold(self, held: Mapping[Role, Decimal]) -> None:
        """Set so much aside for the calls of these roles, which come last; nothing if that is not left."""
        with self._changed:
            self._funds.hold(held)
            self._changed.notify_all()

    def set_order(self, tasks: Sequence[str]) -> None:
        """Let these tasks reserve in this order, at every attempt; each must `finish` when it has ended."""
        with self._changed:
            self._queue.set_order(tasks)

    def finish(self, task: str) -> None:
        """Take note that `task` has ended, so that those behind it need not wait for it."""
        with self._changed:
            self._queue.finish(task)
            self._changed.notify_all()

    def keep(self, prompt: Prompt, worst_case: WorstCase) -> None:
        """Keep the worst case of a task's first attempt from later tasks, if it has yet to reserve."""
        asked = request_for(prompt, worst_case)
        with self._changed:
            self._queue.keep(prompt.task, claim_of(asked, asked.worst_usd))

    def let_pass(self, task: str, before: Collection[str]) -> bool:
        """Let `task` go `before` those that come later if all that is kept up to it fits; tell whether."""
        with self._changed:
            if fits := self._funds.reaches(self._queue.claimed_up_to(task), Role.WORKER):
                self._queue.let_pass(before)
                self._changed.notify_all()
            return fits

    def reserve(self, prompt: Prompt, worst_case: WorstCase, count: Count | None = None) -> Reservation:
        """Reserve the worst case of one attempt, or raise OverBudget: then it must not be sent.

        The prompt's tokens are estimated; if that does not fit, what was reported of a prompt that begins
        alike bounds them, and if that does not fit either, the provider's `count`, which is asked at most
        once and without the lock. If it never fits as a whole, the answer is given fewer tokens, down to the
        prompt's least. If calls in flight hold the money, this waits for them: first come, first served, but
        for tasks in `set_order`. Raises RunEnding once the ledger is abandoned.
        """
        request = request_for(prompt, worst_case)
        with self._changed:
            request = request._replace(position=self._queue.join(prompt.task))
        try:
            while (reserved := self._wait_for_money(request, may_count=count is not None)) is None:
                self._count(request, count)
            return reserved
        finally:
            with self._changed:
                self._queue.leave(request.position, prompt.task)
                self._changed.notify_all()

    def try_reserve(self, prompt: Prompt, worst_case: WorstCase) -> Reservation | None:
        """Reserve the worst case if it fits now; else return None: then it must not be sent."""
        request = request_for(prompt, worst_case)
        with self._changed:
            self._check_open()
            return self._opened(request) if self._queue.is_empty else None

    def worst_case_usd(
        self, prompt: Prompt, worst_case: WorstCase, room_usd: Decimal, count: Count | None = None
    ) -> Decimal | None:
        """Return the worst case of an attempt; the prompt is counted if that may bring it to `room_usd`."""
        request = request_for(prompt, worst_case)
        with self._changed:
            may_count = count is not None and self._funds.may_count_to(request, room_usd)
        if may_count:
            self._count(request, count)
        with self._changed:
            return self._funds.least_usd(request)

    def settle(self, reservation: Reservation, result: AttemptResult) -> None:
        """Record how the attempt ended, at its own cost in place of the reservation."""
        with self._changed:
            if self._is_abandoned:
                return
            self._close(reservation, result.cost_usd or _ZERO)
            self._log.compare(reservation, result)
            if result.usage:
                self._first_answers.heard.add(reservation.prompt.model)
            if result.usage and not result.served_by:
                self._calibration.report(reservation.measured, result.usage.prompt_tokens)
            call = self._add(reservation, result)
        self._on_call(call)

    def settle_at_worst(self, reservation: Reservation, result: AttemptResult) -> None:
        """Record an attempt whose cost is not known: at its worst case, marked as assumed."""
        with self._changed:
            if self._is_abandoned:
                return
            call = self._settled_at_worst(reservation, result)
        self._on_call(call)

    def release(self, reservation: Reservation) -> None:
        """Give the money back: the attempt was never sent, or certainly not billed."""
        with self._changed:
            if not self._is_abandoned:
                self._close(reservation, _ZERO)

    def raise_worst(self, model: str) -> None:
        """Reserve anew for all calls of `model` in flight, to come and assumed: more is known of it."""
        with self._changed:
            if self._is_abandoned:
                return
            self._queue.raise_claims(model)
            self._funds.raise_open(model)
            self._funds.spent_usd += self._log.raise_assumed(model)

    def record_reuse(self, role: Role, task: str, lens: str | None, model: str) -> None:
        """Record a call that was not made and takes no money: an earlier run has its answer."""
        with self._changed:
            if self._is_abandoned:
                return
            call = self._log.add(role, task, lens, model, _FROM_EARLIER_RUN)
        self._on_call(call)

    def abandon(self) -> None:
        """Record every attempt in flight at its worst case, and let none begin: nothing changes any more.

        What a thread in flight still does has no effect. Whoever reserves, or waits for it, gets RunEnding.
        """
        with self._changed:
            now = self._clock()
            left = [
                self._settled_at_worst(each, AttemptResult(ABANDONED, seconds=now - each.since))
                for each in list(self._funds.open.values())
            ]
            self._is_abandoned = True
            self._changed.notify_all()
        for call in left:
            self._on_call(call)

    def _wait_for_money(self, request: ReservationRequest, *, may_count: bool) -> Reservation | None:
        with self._changed:
            self._check_open()
            while not self._is_turn(request) or (reserved := self._opened(request)) is None:
                if self._queue.is_next(request.position) and not (
                    self._awaits_first_answer(request) or self._funds.may_fit_later(request)
                ):
                    if may_count and self._funds.is_worth_a_count(request):
                        return None
                    if not self._funds.open and not self._queue.claimed_before(request.position):
                        return self._funds.shrunk(request, self._clock())
                    if not self._funds.could_be_small_enough(request):
                        raise self._funds.refusal(request)
                self._changed.wait()
                self._check_open()
            return reserved

    def _count(self, request: ReservationRequest, count: Count | None) -> None:
        counted = count(request.measured.prompt) if count else None
        with self._changed:
            self._calibration.count(request.measured, counted)

    def _check_open(self) -> None:
        if self._is_abandoned:
            raise RunEnding

    def _opened(self, request: ReservationRequest) -> Reservation | None:
        return self._funds.opened(request, self._queue.claimed_before(request.position), self._clock())

    def _is_turn(self, request: ReservationRequest) -> bool:
        return self._queue.is_next(request.position) and not self._awaits_first_answer(request)

    def _awaits_first_answer(self, request: ReservationRequest) -> bool:
        model, in_flight = request.measured.prompt.model, self._funds.open.values()
        return self.has_cap and self._first_answers.holds_up(model, in_flight)

    def _close(self, reservation: Reservation, cost_usd: Decimal) -> None:
        closed = self._funds.close(reservation, cost_usd)
        self._queue.claim(closed.prompt.task, claim_of(closed, closed.worst_usd))
        self._changed.notify_all()

    def _settled_at_worst(self, reservation: Reservation, result: AttemptResult) -> Call:
        cost_usd = self._funds.open[reservation.number].worst_usd
        self._close(reservation, cost_usd or _ZERO)
        assumed = result._replace(cost_usd=cost_usd, is_assumed=True)
        self._log.compare(reservation, assumed._replace(usage=None))
        call = self._add(reservation, assumed)
        self._log.assume(reservation)
        return call

    def _add(self, reservation: Reservation, result: AttemptResult) -> Call:
        asked = reservation.prompt
        return self._log.add(asked.role, asked.task, asked.lens, asked.model, result)
