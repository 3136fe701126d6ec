"""Shows how the run goes: a line that rewrites itself on a terminal, plain lines elsewhere."""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from threading import Lock
from typing import TextIO

from chargehand.core.counting import count
from chargehand.core.escaping import for_log, one_line
from chargehand.core.money import usd
from chargehand.core.plan import Failed, Outcome, Plan, Refused, Reviewed, Skipped
from chargehand.core.usage import Call, Role

CLEAR_LINE = "\r\x1b[K"


class Progress:
    """Speaks to one stream; `verbosity` is -1 (nothing), 0, or more (every call).

    `spent` returns the US dollars spent so far. Calls come from many threads.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        verbosity: int = 0,
        is_terminal: bool = False,
        spent: Callable[[], Decimal] = lambda: Decimal(0),
    ) -> None:
        self._stream = stream
        self._verbosity = verbosity
        self._is_terminal = is_terminal
        self._lock = Lock()
        self._done = 0
        self._total = 0
        self.spent = spent

    def say(self, sentence: str) -> None:
        """Print one line about the run."""
        if self._verbosity >= 0:
            self._print(sentence)

    def planned(self, plan: Plan) -> None:
        """Tell how many tasks there are, and whose plan it is."""
        self._total = len(plan.tasks)
        note = f" ({plan.note})" if plan.note else ""
        self.say(f"plan: {count(self._total, 'task')} by the {plan.author} plan{note}")

    def ended(self, outcome: Outcome) -> None:
        """Tell that one task ended."""
        self._done += 1
        spent = f"{usd(self.spent())} spent so far"
        line = f"[{self._done}/{self._total}] {outcome.task.id}: {_ending(outcome)}; {spent}"
        if self._verbosity < 0 or (isinstance(outcome, Skipped) and self._verbosity == 0):
            return
        if self._is_terminal and self._verbosity == 0 and isinstance(outcome, Reviewed):
            self._rewrite(line)
        else:
            self._print(line)

    def worked(self, outcomes: Sequence[Outcome]) -> None:
        """Tell how many tasks were skipped, each reason once."""
        reasons = Counter(outcome.reason for outcome in outcomes if isinstance(outcome, Skipped))
        for reason, number in reasons.items():
            self.say(f"{number:,} of {count(len(outcomes), 'task')} skipped, {reason}")

    def called(self, call: Call) -> None:
        """Tell one attempt at a call, if that much is wanted."""
        if self._verbosity < 1:
            return
        if call.is_reused:
            self._print(f"call: {call.role.value} {call.task} not made: an earlier run has the answer")
            return
        usage = call.usage
        tokens = f"{usage.prompt_tokens} in, {usage.output_tokens} out" if usage else "usage unknown"
        cost = "price unknown" if call.cost_usd is None else usd(call.cost_usd, 6)
        self._print(
            f"call: {call.role.value} {call.task} attempt {call.attempt} {call.model}: {call.outcome}; "
            f"{tokens}; {cost}; {call.seconds:.2f} s; {call.request_id or 'no request id'}"
        )

    def failed(self, role: Role, task: str, why: Exception, wait_s: float | None) -> None:
        """Tell why an attempt failed and when the next one follows, if that much is wanted."""
        if self._verbosity < 1:
            return
        then = "given up" if wait_s is None else f"again in {wait_s:.1f} s" if wait_s else "again at once"
        self._print(f"call: {role.value} {task} {then}: {why}")

    def _print(self, sentence: str) -> None:
        with self._lock:
            clear = CLEAR_LINE if self._is_terminal else ""
            self._stream.write(f"{clear}chargehand: {for_log(one_line(sentence))}\n")
            self._stream.flush()

    def _rewrite(self, line: str) -> None:
        with self._lock:
            end = "\n" if self._done == self._total else ""
            self._stream.write(f"{CLEAR_LINE}chargehand: {for_log(one_line(line))}{end}")
            self._stream.flush()


def _ending(outcome: Outcome) -> str:
    match outcome:
        case Reviewed(claims=claims):
            return f"reviewed, {count(len(claims), 'claim')}"
        case Failed(reason=reason):
            return f"FAILED, {reason}"
        case Refused(reason=reason):
            return f"REFUSED, {reason}"
        case Skipped(reason=reason):
            return f"skipped, {reason}"
