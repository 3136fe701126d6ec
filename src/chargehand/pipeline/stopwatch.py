"""How long the stages of a run take."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

from chargehand.core.review import Timing


class Stopwatch:
    """Runs from when it is made; `stage` adds the seconds of a block to a stage of `Timing`."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self._clock = clock
        self._started = clock()
        self._started_at = now()
        self._stages = {"plan_s": 0.0, "work_s": 0.0, "judge_s": 0.0}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the block as `plan_s`, `work_s` or `judge_s`."""
        start = self._clock()
        try:
            yield
        finally:
            self._stages[name] += self._clock() - start

    def timing(self) -> Timing:
        """Return what was measured so far."""
        return Timing(
            started_at=self._started_at.isoformat(timespec="seconds"),
            total_s=round(self._clock() - self._started, 3),
            **{name: round(seconds, 3) for name, seconds in self._stages.items()},
        )
