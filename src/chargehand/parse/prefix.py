"""Decides how many leading parts of the names in a diff are prefix, once for the whole diff."""

from collections.abc import Iterable, Sequence

from chargehand.parse.header import Header

# What git puts before names: plain, or by mnemonicPrefix, or by --no-index.
_KNOWN = ((b"a", b"b"), (b"i", b"w"), (b"c", b"i"), (b"c", b"w"), (b"o", b"w"), (b"1", b"2"))
_PAIRS = frozenset(_KNOWN) | frozenset((new, old) for old, new in _KNOWN)
_MAX_PARTS = 12

_Pair = tuple[bytes | None, bytes | None]


def find_prefix(headers: Iterable[Header]) -> int | None:
    """Return how many parts to take off every name; None where the files do not agree on that.

    A folder may be called `a`, so one file cannot tell: `a/x` against `b/x` everywhere is a prefix, `a/x`
    against `a/x` anywhere is a folder.
    """
    return prefix_of([header.pair for header in headers if header.target is None and any(header.pair)])


def prefix_of(pairs: Sequence[_Pair]) -> int | None:
    """Return how many parts make the two names of every pair alike."""
    heads = {(_head(old), _head(new)) for old, new in pairs}
    if any(all(_fits(head, known) for head in heads) for known in _PAIRS):
        return 1
    both = [(old, new) for old, new in pairs if old is not None and new is not None]
    for parts in range(_MAX_PARTS):
        tails = ((without_prefix(old, parts), without_prefix(new, parts)) for old, new in both)
        if all(old is not None and old == new for old, new in tails):
            return parts
    return None


def without_prefix(name: bytes, parts: int) -> bytes | None:
    """Return `name` without its first `parts` parts; None where it has no more than these."""
    cut = name.split(b"/", parts)
    return cut[parts] if len(cut) > parts and cut[parts] else None


def _head(name: bytes | None) -> bytes | None:
    """Return the first part of a name, empty where there is only one."""
    if name is None:
        return None
    head, slash, _ = name.partition(b"/")
    return head if slash else b""


def _fits(head: _Pair, known: tuple[bytes, bytes]) -> bool:
    return all(part is None or part == prefix for part, prefix in zip(head, known, strict=True))
