"""How long a forge may take: over one answer, however it drips, and over all that a run asks of it.

The libraries know a limit for silence alone, and a server that sends a byte a second is never silent.
"""

import time
from collections.abc import Callable
from concurrent import futures
from threading import Lock, Thread
from typing import TypeVar

from chargehand.core.errors import ForgeRefused
from chargehand.forges.forge import Connection

Answer = TypeVar("Answer")


class Patience:
    """The time that is left for one forge; it begins with the first request, and waiting is part of it."""

    def __init__(self, forge: str, connection: Connection, now: Callable[[], float] = time.monotonic) -> None:
        self._forge = forge
        self._connection = connection
        self._now = now
        self._lock = Lock()
        self._end: float | None = None

    def answer(self, ask: Callable[[], Answer]) -> Answer:
        """Return what `ask` returns; raise TimeoutError if it takes too long, or ForgeRefused if all did.

        What takes too long goes on in its thread, which nobody waits for: a library cannot be stopped.
        """
        limit_s = min(self._connection.longest_answer_s, self._left_s())
        answered: futures.Future[Answer] = futures.Future()
        Thread(target=_fulfil, args=(answered, ask), name="forge", daemon=True).start()
        try:
            return answered.result(limit_s)
        except futures.TimeoutError:  # another class than the built-in one up to Python 3.10
            raise TimeoutError from None

    def sleep(self, seconds: float) -> None:
        """Wait, unless the time would be over then: raise ForgeRefused."""
        if seconds >= self._left_s():
            raise self._out_of_time()
        self._connection.sleep(seconds)

    def _left_s(self) -> float:
        with self._lock:
            if self._end is None:
                self._end = self._now() + self._connection.longest_run_s
        if (left_s := self._end - self._now()) <= 0:
            raise self._out_of_time()
        return left_s

    def _out_of_time(self) -> ForgeRefused:
        minutes = self._connection.longest_run_s / 60
        return ForgeRefused(
            f"{self._forge} took more than {minutes:.3g} minutes, so not all was done. "
            "Run it again when the forge is well: nothing is posted twice."
        )


def _fulfil(answered: "futures.Future[Answer]", ask: Callable[[], Answer]) -> None:
    try:
        answered.set_result(ask())
    except Exception as error:  # noqa: BLE001 - handed to who waits, whose it is
        answered.set_exception(error)
