"""How much of a reply is read, and how long it may take in all: a server may send without an end."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from chargehand.core.errors import Failure, NoAnswer

ResultT = TypeVar("ResultT")

# A model writes at most 128,000 tokens; as JSON within JSON they are a few megabytes.
MOST_BYTES = 16 * 1024 * 1024
# What is compressed may be a thousand times as long.
MOST_COMPRESSED_BYTES = 1024 * 1024
# Results of a batch come in one body.
MOST_BATCH_BYTES = 1024 * 1024 * 1024
# A connection, sending and the wait for the reply have their own bound each; this one holds for all of them,
# since a reply that comes in drops never passes those.
TIMES_THE_WAIT = 2


def bounded(pieces: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    """Yield the pieces of a body, or raise NoAnswer(INVALID) if it is too long to be read."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most_bytes:
            detail = f"the server sent more than {most_bytes:,} bytes, which no answer has"
            raise NoAnswer(Failure.INVALID, detail, may_be_charged=True)
        yield piece


def in_time(work: Callable[[], ResultT], wait_s: float) -> ResultT:
    """Return what `work` returns, done in a thread; raise NoAnswer(TIMEOUT) if that takes too long in all.

    What does not come in time is left to itself: nobody waits for it any more.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="call")
    future = pool.submit(work)
    pool.shutdown(wait=False)
    if not wait({future}, timeout=wait_s * TIMES_THE_WAIT).done:
        detail = f"the reply was not complete within {wait_s * TIMES_THE_WAIT:g} s"
        raise NoAnswer(Failure.TIMEOUT, detail, may_be_charged=True)
    return future.result()
