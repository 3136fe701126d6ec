"""Threads that wait for a ledger's money."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from chargehand.cost.ledger import Ledger


@contextmanager
def waiting_for(ledger: Ledger) -> Iterator[ThreadPoolExecutor]:
    """Give threads to wait for money in; if the test fails they are sent away, so that it does not hang."""
    with ThreadPoolExecutor(2) as pool:
        try:
            yield pool
        except BaseException:
            ledger.abandon()
            raise
