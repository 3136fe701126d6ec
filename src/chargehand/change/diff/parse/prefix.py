"""Decides how many leading parts of the names in a diff are prefix, once for the whole diff."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chargehand.change.diff.parse.header import Header

# What git puts before names: plain, or by mnemonicPrefix, or by --no-index; and what Bitbucket has it put.
_KNOWN = (
    *((b"a", b"b"), (b"i", b"w"), (b"c", b"i"), (b"c", b"w"), (b"o", b"w"), (b"1", b"2")),
    (b"src:", b"dst:"),
)
_PAIRS = frozenset(_KNOWN) | frozenset((new, old) for old, new in _KNOWN)
_MAX_PARTS = 12
_SLASHES = re.compile(b"/+")
# What a folder is called that holds a copy of the one beside it.
_COPY = re.compile(rb"(?:[.\-_~](?:orig|org|old|new|bak|backup|save)|~)$", re.IGNORECASE)

_Pair = tuple[bytes | None, bytes | None]


class Prefix(NamedTuple):
    """How many parts to take off, None if the files do not agree; `notice` is for the reader."""

    parts: int | None
    notice: str = ""


def find_prefix(headers: Iterable[Header]) -> Prefix:
    """Return the prefix of all names.

    A folder may be called `a`, so one file cannot tell: `a/x` against `b/x` everywhere is a prefix, `a/x`
    against `a/x` anywhere is a folder.
    """
    pairs = [header.pair for header in headers if _shows_prefix(header)]
    if (parts := usual_prefix(pairs)) is not None:
        return Prefix(parts)
    # If some names have a prefix of git's or none, the others are exceptions and do not count.
    is_mixed = any(usual_prefix([pair]) is not None for pair in pairs if None not in pair)
    parts = None if is_mixed else other_prefix(pairs)
    if parts is None:
        return Prefix(None, "The files do not agree on a prefix of their paths: each was read by itself.")
    which = "the first part" if parts == 1 else f"the first {parts} parts"
    return Prefix(
        parts, f"The paths start differently on both sides: {which} of each was dropped as a prefix."
    )


def _shows_prefix(header: Header) -> bool:
    return header.target is None and not header.damage and any(header.pair)


def usual_prefix(pairs: Sequence[_Pair]) -> int | None:
    """Return 1 if all names have a prefix of git's, 0 if none has any, None if neither is so."""
    heads = {(_head(old), _head(new)) for old, new in pairs}
    if any(all(_fits(head, known) for head in heads) for known in _PAIRS):
        return 1
    return 0 if all(old == new or None in {old, new} for old, new in pairs) else None


def other_prefix(pairs: Sequence[_Pair]) -> int | None:
    """Return how many leading parts must go for the two names of every pair to be alike.

    None must if a folder somewhere below the first holds a copy of the one beside it: all are real folders.
    """
    both = [(old, new) for old, new in pairs if old is not None and new is not None]
    for parts in range(1, _MAX_PARTS):
        tails = ((without_prefix(old, parts), without_prefix(new, parts)) for old, new in both)
        if all(old is not None and old == new for old, new in tails):
            return 0 if both and all(_is_beside(old, new, parts) for old, new in both) else parts
    return None


def without_prefix(name: bytes, parts: int) -> bytes | None:
    """Return `name` without its first `parts` parts; None if it has no more than these.

    As for `patch`, several slashes are one.
    """
    cut = _SLASHES.split(name, parts) if b"//" in name else name.split(b"/", parts)
    return cut[parts] if len(cut) > parts and cut[parts] else None


def without_copy_mark(name: bytes) -> bytes:
    """Return `name` with the folders that hold a copy called as those beside them."""
    return b"/".join(_COPY.sub(b"", part) or part for part in name.split(b"/"))


def _is_beside(old: bytes, new: bytes, parts: int) -> bool:
    """Tell whether the last of the first `parts` parts is a copy of the other name's, in one folder."""
    first, second = (_SLASHES.split(name, parts)[:parts] for name in (old, new))
    is_in_one = parts > 1 and first[:-1] == second[:-1] and first[0] not in {b"", b".", b".."}
    return is_in_one and without_copy_mark(first[-1]) == without_copy_mark(second[-1])


def _head(name: bytes | None) -> bytes | None:
    """Return the first part of a name, empty if there is only one."""
    if name is None:
        return None
    head, slash, _ = name.partition(b"/")
    return head if slash else b""


def _fits(head: _Pair, known: tuple[bytes, bytes]) -> bool:
    return all(part is None or part == prefix for part, prefix in zip(head, known, strict=True))
