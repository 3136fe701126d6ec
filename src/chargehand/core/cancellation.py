"""Whether the run goes on, and if not, why: an interrupt, the deadline, or a provider that stopped."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from chargehand.core.errors import ProviderStopped, RunEnding

ResultT = TypeVar("ResultT")

INTERRUPTED = "interrupted"
DEADLINE = "deadline"
_PROVIDER = "provider"
GRACE_S = 5.0
# A second signal that comes so soon is the first one, sent twice.
SAME_SIGNAL_S = 1.0
# How long it may take until a waiting thread sees that the run was cancelled.
POLL_S = 0.1


def provider_stopped(error: ProviderStopped) -> str:
    """Return the reason of a run that is cancelled because its provider stopped."""
    return f"{_PROVIDER}: {error}"


class Cancellation:
    """Says that nothing more may start, and why; the first reason stands.

    It holds no lock, so a signal handler may cancel at any moment. Whoever waits looks here every POLL_S.

    If the run has to end, calls in flight get `grace_s` seconds; a deadline cancels that much earlier.
    `is_cooperative` says that every waiting thread looks here, so that Ctrl-C need not interrupt anything.
    """

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self.grace_s = GRACE_S
        self.is_cooperative = False
        self._clock = clock
        self._sleep = sleep
        self._began = clock()
        self._interrupted = self._began
        self._deadline: float | None = None
        self._reasons: list[str] = []

    @property
    def reason(self) -> str | None:
        """Why nothing more starts; None while work goes on."""
        if self._deadline is not None and self._clock() >= self._deadline - self.grace_s:
            self.cancel(DEADLINE)
        return self._reasons[0] if self._reasons else None

    @property
    def is_interrupted(self) -> bool:
        """Tell whether a signal ended the run."""
        return INTERRUPTED in self._reasons

    @property
    def has_to_end(self) -> bool:
        """Tell whether calls in flight get only their grace; if the provider stopped, they may end."""
        return self.reason is not None and not {INTERRUPTED, DEADLINE}.isdisjoint(self._reasons)

    @property
    def left_s(self) -> float | None:
        """Seconds in which calls may still begin; None without a deadline."""
        return None if self._deadline is None else self._deadline - self.grace_s - self._clock()

    @property
    def has_just_been_interrupted(self) -> bool:
        """Tell whether a signal came within the last second."""
        return self.is_interrupted and self._clock() - self._interrupted < SAME_SIGNAL_S

    def cancel(self, reason: str) -> None:
        """Stop new work."""
        if reason not in self._reasons:
            if reason == INTERRUPTED:
                self._interrupted = self._clock()
            self._reasons.append(reason)

    def set_deadline(self, seconds: float) -> None:
        """Have all calls ended `seconds` after the cancellation was made."""
        self._deadline = self._began + seconds
        self.grace_s = min(GRACE_S, seconds / 2)

    def sleep(self, seconds: float, is_in_vain: Callable[[], bool] = lambda: False) -> None:
        """Sleep so long, or until the run is cancelled or the sleep `is_in_vain`."""
        end = self._clock() + seconds
        while self.reason is None and not is_in_vain() and (left := end - self._clock()) > 0:
            self._sleep(min(left, POLL_S))

    def run(self, work: Callable[[], ResultT]) -> ResultT:
        """Return what `work` returns, done in a thread; raise RunEnding if it cannot end in time."""
        if self.reason:
            raise RunEnding
        pool = ThreadPoolExecutor(1, thread_name_prefix="task")
        future = pool.submit(work)
        pool.shutdown(wait=False)
        while not self.has_to_end:
            if wait({future}, timeout=POLL_S).done:
                return future.result()
        if not wait({future}, timeout=self.grace_s).done:
            raise RunEnding
        return future.result()
