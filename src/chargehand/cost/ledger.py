"""Whether a call may be sent under the spend cap, and what the calls so far have cost."""

import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from threading import Condition

from chargehand.core.errors import OverBudget, RunEnding
from chargehand.core.money import usd_exact, usd_rounded_up
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Call
from chargehand.cost.calibration import Calibration
from chargehand.cost.call_log import CallLog
from chargehand.cost.queue import Turn, Turns
from chargehand.cost.reservation import Bid, Reservation, WorstCase, abandoned, bid_for

# How many tokens the provider counts; None where it does not say.
Count = Callable[[Prompt], int | None]

_ZERO = Decimal(0)


class Ledger:
    """The book of a run: what is spent, what is put aside for calls in flight, and every call.

    Thread-safe. What is spent and put aside together never passes `cap_usd`, as long as no call costs
    more than was put aside for it. Each reservation ends in exactly one of `settle`, `keep`, `release`,
    or in `abandon`, after which none of these does anything. `on_call` hears of every call when it is
    booked, in the thread that books it.
    """

    def __init__(
        self,
        cap_usd: Decimal | None = None,
        on_call: Callable[[Call], None] = lambda _call: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cap_usd = cap_usd
        self._on_call = on_call
        self._clock = clock
        self._changed = Condition()
        self._turns = Turns()
        self._numbers = 0
        self._open: dict[int, Reservation] = {}
        self._is_abandoned = False
        self._spent_usd = _ZERO
        self._book = CallLog()
        self._calibration = Calibration()

    @property
    def spent_usd(self) -> Decimal:
        """What finished calls cost, attempts of unknown end at their worst case."""
        with self._changed:
            return self._spent_usd

    @property
    def committed_usd(self) -> Decimal:
        """What is spent plus what is put aside for calls in flight."""
        with self._changed:
            return self._spent_usd + self._reserved_usd()

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call booked, by role, task and attempt: the same order for any number of threads."""
        with self._changed:
            return self._book.calls

    @property
    def token_ratio(self) -> Decimal | None:
        """Prompt tokens as reported over prompt tokens as estimated, None before the first report."""
        with self._changed:
            return self._book.token_ratio

    @property
    def excess_usd(self) -> Decimal:
        """What calls cost beyond what was put aside for them: 0, unless an estimate was too low."""
        with self._changed:
            return self._book.excess_usd

    @property
    def has_cap(self) -> bool:
        """Tell whether money may run out."""
        return self._cap_usd is not None

    def line_up(self, tasks: Sequence[str]) -> None:
        """Let these tasks have their first attempts in this order, and any further one before later tasks.

        Each must `step_out` when it has ended, and none may begin while an earlier one cannot.
        """
        with self._changed:
            self._turns.line_up(tasks)

    def step_out(self, task: str) -> None:
        """Take note that `task` has ended, so that those behind it need not wait for it."""
        with self._changed:
            self._turns.step_out(task)
            self._changed.notify_all()

    def reserve(self, prompt: Prompt, worst_case: WorstCase, count: Count | None = None) -> Reservation:
        """Put the worst case of one attempt aside, or raise OverBudget: then it must not be sent.

        The prompt's tokens are estimated; where that does not fit, what was reported of a prompt that begins
        alike bounds them, and where that does not fit either, the provider's `count`, which is asked at most
        once and without the lock. Where calls in flight hold the money, this waits for them to end; first
        come, first served, but for tasks that are lined up. Raises RunEnding once the ledger is abandoned.
        """
        bid = bid_for(prompt, worst_case)
        with self._changed:
            bid = bid._replace(turn=self._turns.join(prompt.task))
        try:
            while (held := self._wait_for_money(bid, may_count=count is not None)) is None:
                self._count(bid, count)
            return held
        finally:
            with self._changed:
                self._turns.leave(bid.turn, prompt.task)
                self._changed.notify_all()

    def try_reserve(self, prompt: Prompt, worst_case: WorstCase) -> Reservation | None:
        """Put the worst case aside if it fits now; else return None: then it must not be sent."""
        bid = bid_for(prompt, worst_case)
        with self._changed:
            self._check_open()
            return self._opened(bid) if self._turns.is_empty else None

    def quote(
        self, prompt: Prompt, worst_case: WorstCase, room_usd: Decimal, count: Count | None = None
    ) -> Decimal | None:
        """Return the worst case of an attempt; its prompt is counted if that may bring it to `room_usd`."""
        bid = bid_for(prompt, worst_case)
        with self._changed:
            least_usd = worst_case(bid.measured.least_tokens)
            is_open = least_usd is not None and least_usd <= room_usd < (bid.worst_usd or _ZERO)
            is_open = is_open and self._calibration.wants_count(bid.measured)
        if count and is_open:
            self._count(bid, count)
        with self._changed:
            return self._least_usd(bid)

    def settle(self, reservation: Reservation, call: Call) -> None:
        """CallLog `call` at its own cost in place of the reservation."""
        with self._changed:
            if self._is_abandoned:
                return
            self._close(reservation, call.cost_usd or _ZERO)
            self._book.compare(reservation, call)
            if call.usage:
                self._calibration.report(reservation.measured, call.usage.prompt_tokens)
            booked = self._book.enter(call)
        self._on_call(booked)

    def keep(self, reservation: Reservation, call: Call) -> None:
        """CallLog `call`, whose end is unknown, at the worst case, marked as assumed."""
        with self._changed:
            if self._is_abandoned:
                return
            booked = self._book_worst(reservation, call)
        self._on_call(booked)

    def release(self, reservation: Reservation) -> None:
        """Give the money back: the attempt was never sent, or certainly not billed."""
        with self._changed:
            if not self._is_abandoned:
                self._close(reservation, _ZERO)

    def note(self, call: Call) -> None:
        """CallLog a call that was not made and takes no money: an earlier run has its answer."""
        with self._changed:
            if self._is_abandoned:
                return
            booked = self._book.enter(call)
        self._on_call(booked)

    def abandon(self) -> None:
        """CallLog every attempt that nobody waits for any more at its worst case, and let none begin.

        From now on the book stays as it is: whatever a thread in flight still does with its reservation
        changes nothing, and who wants to reserve, or waits for it, gets RunEnding.
        """
        with self._changed:
            now = self._clock()
            left = [self._book_worst(each, abandoned(each, now)) for each in list(self._open.values())]
            self._is_abandoned = True
            self._changed.notify_all()
        for booked in left:
            self._on_call(booked)

    def _wait_for_money(self, bid: Bid, *, may_count: bool) -> Reservation | None:
        """Return what is put aside; None where only a count can show that it fits."""
        with self._changed:
            self._check_open()
            while not self._turns.is_next(bid.turn) or (held := self._opened(bid)) is None:
                if self._turns.is_next(bid.turn) and not self._may_fit_later(bid):
                    if may_count and self._is_worth_a_count(bid):
                        return None
                    raise self._over_budget(bid)
                self._changed.wait()
                self._check_open()
            return held

    def _count(self, bid: Bid, count: Count | None) -> None:
        """Have the provider count the prompt, without the lock."""
        counted = count(bid.measured.prompt) if count else None
        with self._changed:
            self._calibration.count(bid.measured, counted)

    def _check_open(self) -> None:
        if self._is_abandoned:
            raise RunEnding

    def _opened(self, bid: Bid) -> Reservation | None:
        """Put the worst case aside if it fits now, by the estimate or by what is known."""
        worst_usd = bid.worst_usd
        if not self._fits(worst_usd, bid.turn):
            worst_usd = self._least_usd(bid)
            if not self._fits(worst_usd, bid.turn):
                return None
        self._numbers += 1
        held = Reservation(
            number=self._numbers, measured=bid.measured, worst_usd=worst_usd, since=self._clock()
        )
        self._open[held.number] = held
        return held

    def _fits(self, worst_usd: Decimal | None, turn: Turn) -> bool:
        if self._cap_usd is None:
            return True
        if worst_usd is None:
            return False
        taken = self._spent_usd + self._reserved_usd() + self._turns.claimed_before(turn)
        return taken + worst_usd <= self._cap_usd

    def _may_fit_later(self, bid: Bid) -> bool:
        """Tell whether calls in flight may give back what is missing, or report that less would do."""
        if self._would_fit_alone(self._least_usd(bid)):
            return True
        likes = (held.measured.beginning for held in self._open.values())
        return bid.measured.beginning in likes and self._could_be_small_enough(bid)

    def _is_worth_a_count(self, bid: Bid) -> bool:
        return self._calibration.wants_count(bid.measured) and self._could_be_small_enough(bid)

    def _could_be_small_enough(self, bid: Bid) -> bool:
        return self._would_fit_alone(bid.worst_case(bid.measured.least_tokens))

    def _would_fit_alone(self, worst_usd: Decimal | None) -> bool:
        cap = self._cap_usd
        return cap is None or (worst_usd is not None and self._spent_usd + worst_usd <= cap)

    def _least_usd(self, bid: Bid) -> Decimal | None:
        return bid.worst_case(self._calibration.most_tokens(bid.measured))

    def _over_budget(self, bid: Bid) -> OverBudget:
        model, worst_usd, cap = bid.measured.prompt.model, self._least_usd(bid), usd_exact(self._cap_usd)
        if worst_usd is None:
            return OverBudget(
                f"A call to {model} was not sent: its price is not known, so the cap of {cap} "
                "cannot be kept. Give the model a price in the configuration, or lift the cap."
            )
        return OverBudget(
            f"A call to {model} was not sent: at worst it costs {usd_rounded_up(worst_usd)}, and of the cap "
            f"of {cap} {usd_rounded_up(self._spent_usd)} is spent. "
            f"Raise the cap to {usd_rounded_up(self._spent_usd + worst_usd)} or more."
        )

    def _reserved_usd(self) -> Decimal:
        return sum((each.worst_usd or _ZERO for each in self._open.values()), _ZERO)

    def _close(self, reservation: Reservation, cost_usd: Decimal) -> None:
        held = self._open.pop(reservation.number)
        self._turns.claim(held.prompt.task, held.worst_usd or _ZERO)
        self._spent_usd += cost_usd
        self._changed.notify_all()

    def _book_worst(self, reservation: Reservation, call: Call) -> Call:
        cost = reservation.worst_usd
        self._close(reservation, cost or _ZERO)
        return self._book.enter(call.model_copy(update={"cost_usd": cost, "is_assumed": True}))
