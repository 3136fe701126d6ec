"""How much of a reply is read, and how long it may take in all: a server may send without an end."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import Any, TypeVar

from chargehand.core.errors import Failure, NoAnswer
from chargehand.llm.provider.sdk import http

ResultT = TypeVar("ResultT")

# A model writes at most 128,000 tokens; as JSON within JSON they are a few megabytes.
MOST_BYTES = 16 * 1024 * 1024
# What requests ask for, and all that is unpacked: its bounds are ours.
ENCODING = "gzip"
_UNPACKED = frozenset({"", "identity"})
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


def unpacked(pieces: Iterable[bytes], encoding: str, most_bytes: int) -> Iterator[bytes]:
    """Yield the pieces of a body as they are unpacked, never more of them than `most_bytes`.

    Raises NoAnswer if it is damaged, too long, or packed in a way that nobody asked for.
    """
    if encoding in _UNPACKED:
        yield from bounded(pieces, most_bytes)
    elif encoding == ENCODING:
        yield from bounded(_unzipped(pieces, most_bytes), most_bytes)
    else:
        raise NoAnswer(
            Failure.INVALID, "the server sent its answer packed in an unknown way", may_be_charged=True
        )


def _unzipped(pieces: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    """Yield what the pieces hold; of one piece at most a byte more than may be read in all."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS + 16)
    try:
        for piece in pieces:
            yield unpacker.decompress(piece, most_bytes + 1)
    except zlib.error:
        raise NoAnswer(Failure.INVALID, "the server sent a damaged answer", may_be_charged=True) from None
    if not unpacker.eof:
        raise NoAnswer(
            Failure.CONNECTION, "the connection broke before the reply was complete", may_be_charged=True
        )


def bound_body(response: Any) -> None:  # Any: the HTTP client's
    """Have the body of `response` unpacked here, and end in an error if it is too long; it is read later."""
    is_batch = response.request.url.path.endswith("/results")
    encoding = response.headers.pop("content-encoding", "").strip().lower()
    most_bytes = MOST_BATCH_BYTES if is_batch else MOST_BYTES
    response.stream = _bounded_stream()(response.stream, encoding, most_bytes)


@cache
def _bounded_stream() -> Any:  # Any: a class that needs the HTTP client, which is imported late
    class BoundedStream(http().SyncByteStream):  # type: ignore[misc]  # the base is Any, as above
        def __init__(self, stream: Any, encoding: str, most_bytes: int) -> None:  # Any: as above
            self._stream = stream
            self._encoding = encoding
            self._most_bytes = most_bytes

        def __iter__(self) -> Iterator[bytes]:
            return unpacked(self._stream, self._encoding, self._most_bytes)

        def close(self) -> None:
            self._stream.close()

    return BoundedStream


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
