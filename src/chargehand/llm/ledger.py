"""Whether a call may be sent under the spend cap, and what the calls so far have cost."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import ROUND_UP, Decimal
from threading import Condition

from chargehand.errors import OverBudget, RunEnding
from chargehand.llm.model import Prompt
from chargehand.llm.order import task_order
from chargehand.llm.turns import Turn, Turns
from chargehand.spend import ABANDONED, Call, Role
from chargehand.value import Value

_ZERO = Decimal(0)
_FIRST = Turn(-1, 0)


class Reservation(Value):
    """The worst case of one attempt, put aside before it is sent; None where no price is known.

    `prompt_tokens` is the estimate that it rests on; `since` is the ledger's time.
    """

    number: int
    prompt: Prompt
    worst_usd: Decimal | None
    prompt_tokens: int
    since: float


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
        self._calls: list[Call] = []
        self._attempts: Counter[tuple[Role, str, str]] = Counter()
        self._estimated_tokens = 0
        self._reported_tokens = 0

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
            return tuple(sorted(self._calls, key=lambda call: task_order(call.role, call.task)))

    @property
    def token_ratio(self) -> Decimal | None:
        """Prompt tokens as reported over prompt tokens as estimated, None before the first report."""
        with self._changed:
            if not self._estimated_tokens:
                return None
            return Decimal(self._reported_tokens) / self._estimated_tokens

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

    def reserve(self, worst_usd: Decimal | None, prompt: Prompt, prompt_tokens: int = 0) -> Reservation:
        """Put the worst case of one attempt aside, or raise OverBudget: then it must not be sent.

        Where calls in flight hold the money, this waits for them to end; first come, first served, but for
        tasks that are lined up. Raises RunEnding once the ledger is abandoned.
        """
        with self._changed:
            self._check_open()
            turn = self._turns.join(prompt.task)
            try:
                while not (self._turns.is_next(turn) and self._admits(worst_usd, prompt.model, turn)):
                    self._changed.wait()
                    self._check_open()
                return self._opened(worst_usd, prompt, prompt_tokens)
            finally:
                self._turns.leave(turn, prompt.task)
                self._changed.notify_all()

    def try_reserve(
        self, worst_usd: Decimal | None, prompt: Prompt, prompt_tokens: int = 0
    ) -> Reservation | None:
        """Put the worst case aside if it fits now; else return None: then it must not be sent."""
        with self._changed:
            self._check_open()
            try:
                fits = self._turns.is_empty and self._admits(worst_usd, prompt.model)
            except OverBudget:
                fits = False
            return self._opened(worst_usd, prompt, prompt_tokens) if fits else None

    def settle(self, reservation: Reservation, call: Call) -> None:
        """Book `call` at its own cost in place of the reservation."""
        with self._changed:
            if self._is_abandoned:
                return
            self._close(reservation, call.cost_usd or _ZERO)
            booked = self._book(call)
            if call.usage and call.usage.prompt_tokens:
                self._estimated_tokens += reservation.prompt_tokens
                self._reported_tokens += call.usage.prompt_tokens
        self._on_call(booked)

    def keep(self, reservation: Reservation, call: Call) -> None:
        """Book `call`, whose end is unknown, at the worst case, marked as assumed."""
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
        """Book a call that was not made and takes no money: an earlier run has its answer."""
        with self._changed:
            if self._is_abandoned:
                return
            booked = self._book(call)
        self._on_call(booked)

    def abandon(self) -> None:
        """Book every attempt that nobody waits for any more at its worst case, and let none begin.

        From now on the book stays as it is: whatever a thread in flight still does with its reservation
        changes nothing, and who wants to reserve, or waits for it, gets RunEnding.
        """
        with self._changed:
            now = self._clock()
            left = [self._book_worst(each, _abandoned(each, now)) for each in list(self._open.values())]
            self._is_abandoned = True
            self._changed.notify_all()
        for booked in left:
            self._on_call(booked)

    def _check_open(self) -> None:
        if self._is_abandoned:
            raise RunEnding

    def _opened(self, worst_usd: Decimal | None, prompt: Prompt, prompt_tokens: int) -> Reservation:
        self._numbers += 1
        self._open[self._numbers] = Reservation(
            number=self._numbers,
            prompt=prompt,
            worst_usd=worst_usd,
            prompt_tokens=prompt_tokens,
            since=self._clock(),
        )
        return self._open[self._numbers]

    def _admits(self, worst_usd: Decimal | None, model: str, turn: Turn = _FIRST) -> bool:
        if self._cap_usd is None:
            return True
        if worst_usd is None:
            raise OverBudget(
                f"A call to {model} was not sent: its price is not known, so the cap of ${self._cap_usd} "
                "cannot be kept. Give the model a price in the configuration, or lift the cap."
            )
        needed = self._spent_usd + worst_usd
        if needed + self._reserved_usd() + self._turns.claimed_before(turn) <= self._cap_usd:
            return True
        if needed > self._cap_usd:
            raise OverBudget(
                f"A call to {model} was not sent: at worst it costs {_dollars(worst_usd)}, and of the cap "
                f"of ${self._cap_usd} {_dollars(self._spent_usd)} is spent. "
                f"Raise the cap to {_dollars(needed)} or more."
            )
        return False

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
        return self._book(call.model_copy(update={"cost_usd": cost, "is_assumed": True}))

    def _book(self, call: Call) -> Call:
        key = (call.role, call.task, call.model)
        self._attempts[key] += 1
        booked = call.model_copy(update={"attempt": self._attempts[key]})
        self._calls.append(booked)
        return booked


def _abandoned(reservation: Reservation, now: float) -> Call:
    prompt = reservation.prompt
    return Call(
        role=prompt.role,
        task=prompt.task,
        lens=prompt.lens,
        model=prompt.model,
        attempt=1,  # the ledger numbers them
        outcome=ABANDONED,
        usage=None,
        cost_usd=None,
        seconds=now - reservation.since,
        request_id=None,
    )


def _dollars(amount: Decimal) -> str:
    return f"${amount.quantize(Decimal('0.0001'), ROUND_UP)}"
