"""Decides which part of a prompt is read from the prompt cache, and which is written to it."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from tests.messages_api.prompt import Block

LOOKBACK_BLOCKS = 20
_LIFETIME_S = {"5m": 300.0, "1h": 3600.0}


@dataclass(frozen=True)
class Position:
    """The end of one block: the hash of all up to here, its tokens, and its breakpoint's lifetime."""

    key: str
    tokens: int
    ttl: str | None


@dataclass(frozen=True)
class Entry:
    """One prefix that is kept, until `expiry` and for `lifetime_s` more after each read."""

    key: str
    lifetime_s: float
    expiry: float


@dataclass(frozen=True)
class Share:
    """How a prompt divides; `entries` become readable when the response begins."""

    read_tokens: int = 0
    write_5m_tokens: int = 0
    write_1h_tokens: int = 0
    entries: tuple[Entry, ...] = ()


def positions(root: Iterable[str], blocks: Sequence[Block], tokens: Sequence[int]) -> tuple[Position, ...]:
    """Return the positions of a prompt; `root` is all that must be equal besides the blocks."""
    digest = hashlib.sha256("\0".join(root).encode())
    found = []
    for block, total in zip(blocks, tokens, strict=True):
        digest.update(f"{block.turn}\0{len(block.content)}\0{block.content}".encode())
        found.append(Position(digest.hexdigest(), total, block.ttl))
    return tuple(found)


class PromptCache:
    """All entries of one organization. Lifetimes count from the start of the request, by `clock`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}

    def admit(self, where: Sequence[Position], min_tokens: int) -> Share:
        """Divide a prompt and refresh what it reads. Nothing is written before `publish`."""
        now = self._clock()
        marks = [index for index, each in enumerate(where) if each.ttl and each.tokens >= min_tokens]
        with self._lock:
            hit = self._longest_hit(where, marks, now)
            for each in where[: hit + 1]:
                if self._is_live(each.key, now):
                    entry = self._entries[each.key]
                    self._entries[each.key] = replace(entry, expiry=now + entry.lifetime_s)
        return _divide(where, marks, hit, now)

    def publish(self, share: Share) -> None:
        """Make the entries of an admitted prompt readable: its response began."""
        with self._lock:
            for entry in share.entries:
                known = self._entries.get(entry.key)
                if known is None or known.expiry < entry.expiry:
                    self._entries[entry.key] = entry

    def _longest_hit(self, where: Sequence[Position], marks: Sequence[int], now: float) -> int:
        for mark in reversed(marks):
            for index in range(mark, max(mark - LOOKBACK_BLOCKS, -1), -1):
                if self._is_live(where[index].key, now):
                    return index
        return -1

    def _is_live(self, key: str, now: float) -> bool:
        entry = self._entries.get(key)
        return entry is not None and entry.expiry > now


def _divide(where: Sequence[Position], marks: Sequence[int], hit: int, now: float) -> Share:
    written = {"5m": 0, "1h": 0}
    end = read = where[hit].tokens if hit >= 0 else 0
    entries = []
    for mark in marks:
        if mark <= hit:
            continue
        position = where[mark]
        ttl = position.ttl or "5m"
        written[ttl] += position.tokens - end
        end = position.tokens
        entries.append(Entry(position.key, _LIFETIME_S[ttl], now + _LIFETIME_S[ttl]))
    return Share(read, written["5m"], written["1h"], tuple(entries))
