"""Shows how the run goes: a line that rewrites itself on a terminal, plain lines elsewhere."""

import time
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
from chargehand.pipeline.time_left import time_left

CLEAR_LINE = "\r\x1b[K"
# After so much silence it is told how far the tasks are: on a terminal, and in a log, which stays short.
_TERMINAL_SILENCE_S, _LOG_SILENCE_S = 1.0, 30.0


class Progress:
    """Speaks to one stream; `verbosity` is -1 (nothing), 0, or more (every call).

    `spent` returns the US dollars spent so far, `now` the seconds of some clock. A line that rewrites itself
    is cut to `width`. Calls come from many threads.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        verbosity: int = 0,
        is_terminal: bool = False,
        width: int = 80,
        spent: Callable[[], Decimal] = lambda: Decimal(0),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream
        self._verbosity = verbosity
        self._is_terminal = is_terminal
        self._lock = Lock()
        self._done = 0
        self._total = 0
        self._threads = 1
        self._width = width
        self._now = now
        self._began = self._last = now()
        self.spent = spent

    def say(self, sentence: str) -> None:
        """Print one line about the run."""
        if self._verbosity >= 0:
            self._print(sentence)

    def planned(self, plan: Plan, threads: int = 1) -> None:
        """Tell how many tasks there are, and whose plan it is; `threads` of them are done at once."""
        self._total = len(plan.tasks)
        self._threads = threads
        self._began = self._now()
        note = f" ({plan.note})" if plan.note else ""
        self.say(f"plan: {count(self._total, 'task')} by the {plan.author} plan{note}")

    def ended(self, outcome: Outcome) -> None:
        """Tell that one task ended."""
        self._done += 1
        line = self._line(f"{outcome.task.id}: {_ending(outcome)}")
        if self._verbosity < 0 or (isinstance(outcome, Skipped) and self._verbosity == 0):
            return
        if self._is_terminal and self._verbosity == 0 and isinstance(outcome, Reviewed):
            self._rewrite(line)
        else:
            self._print(line)

    def waited(self) -> None:
        """Tell how far the tasks are, if nothing was told for a while."""
        silence_s = _TERMINAL_SILENCE_S if self._is_terminal else self._log_silence_s()
        if self._verbosity < 0 or self._done == self._total or self._now() - self._last < silence_s:
            return
        line = self._line(f"{count(min(self._threads, self._total - self._done), 'task')} under way")
        if self._is_terminal and self._verbosity == 0:
            self._rewrite(line)
        else:
            self._print(line)

    def _log_silence_s(self) -> float:
        """Return how long a log is left alone: the longer the run, as with a batch, the rarer its lines."""
        return max(_LOG_SILENCE_S, (self._now() - self._began) / 10)

    def _line(self, what: str) -> str:
        left = time_left(self._now() - self._began, self._done, self._total, self._threads)
        spent = f"{usd(self.spent())} spent so far"
        return "; ".join(filter(None, (f"[{self._done}/{self._total}] {what}", spent, left)))

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
            self._last = self._now()
            clear = CLEAR_LINE if self._is_terminal else ""
            self._stream.write(f"{clear}chargehand: {for_log(one_line(sentence))}\n")
            self._stream.flush()

    def _rewrite(self, line: str) -> None:
        with self._lock:
            self._last = self._now()
            end = "\n" if self._done == self._total else ""
            shown = f"chargehand: {for_log(one_line(line))}"[: self._width - 1]  # or it would scroll
            self._stream.write(f"{CLEAR_LINE}{shown}{end}")
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
