"""How long to wait for a batch, and how often to ask again where the answer did not come."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from chargehand.core.errors import NoAnswer
from chargehand.llm.batch.sending import Limits

ResultT = TypeVar("ResultT")


class Patience:
    """Waits by `limits`; `pause` sleeps. Waits end where `has_stopped`."""

    def __init__(self, limits: Limits, pause: Callable[[float], object]) -> None:
        self._limits = limits
        self._pause = pause
        self.has_stopped: Callable[[], bool] = lambda: False

    def waits(self) -> Iterator[float]:
        """Yield the seconds of one wait after the other, each half as long again as the one before."""
        wait_s = self._limits.first_wait_s
        while True:
            yield wait_s
            wait_s = min(wait_s * 1.5, self._limits.longest_wait_s)

    def rest(self, seconds: float) -> None:
        """Sleep in slices, so that a run that has stopped is not held up."""
        while seconds > 0 and not self.has_stopped():
            self._pause(min(seconds, self._limits.slice_s))
            seconds -= self._limits.slice_s

    def try_again(self, ask: Callable[[], ResultT], is_worth_it: Callable[[NoAnswer], bool]) -> ResultT:
        """Return what `ask` returns, at the latest try that `limits` allow; raise what that raised."""
        waits = self.waits()
        for _ in range(self._limits.failures - 1):
            try:
                return ask()
            except NoAnswer as error:
                if not is_worth_it(error):
                    raise
                wait_s = max(next(waits), error.retry_after_s or 0.0)
            self.rest(min(wait_s, self._limits.longest_asked_s))
        return ask()
