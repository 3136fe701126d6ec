"""Which texts a pattern with wildcards covers, to the byte as git's wildmatch.c reads it.

A pattern becomes a regular expression in which no star is tried anew once what follows it was found: the
first place is as good as any later one, so no pattern takes more than quadratic time.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import count
from typing import NamedTuple, TypeAlias

_SPECIAL = b"*?[\\"
_SLASH = "/"
_CLASSES: dict[bytes, str] = {
    b"alnum": "0-9A-Za-z",
    b"alpha": "A-Za-z",
    b"blank": r" \t",
    b"cntrl": r"\x00-\x1f\x7f",
    b"digit": "0-9",
    b"graph": r"\x21-\x7e",
    b"lower": "a-z",
    b"print": r"\x20-\x7e",
    b"punct": r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    b"space": r" \t-\r",
    b"upper": "A-Z",
    b"xdigit": "0-9A-Fa-f",
}


class _Gap(Enum):
    """What is matched between fixed bytes: anything within a folder, any folders or none, anything at all."""

    STAR = r"[^/]*"
    FOLDERS = r"(?:.*/)?"
    ALL = r".*"


_LAZY = {_Gap.STAR: r"[^/]*?", _Gap.FOLDERS: r"(?:.*?/)??", _Gap.ALL: r".*?"}

# The expression for one byte, or a gap.
_Token: TypeAlias = str | _Gap


def plain_length(pattern: bytes) -> int:
    """Return how many bytes stand before the first wildcard."""
    return next((at for at, byte in enumerate(pattern) if byte in _SPECIAL), len(pattern))


def wildmatch(pattern: bytes, after: int = 0) -> re.Pattern[bytes] | None:
    """Return what matches the whole of each text that `pattern` covers, None if it can cover none.

    `*`, `?` and `[…]` match no `/`. The first `after` bytes are plain, and what follows them is read as if it
    were the whole pattern.
    """
    tokens = _tokens(pattern[after:])
    if tokens is None:
        return None
    tokens = [*map(_byte, pattern[:after]), *tokens]
    numbers = count()
    (_, first), *blocks = _split(tokens, (_Gap.FOLDERS, _Gap.ALL))
    parts = [_folders(first, numbers)]
    parts += [_at_first_place(gap, _folders(block, numbers), numbers) for gap, block in blocks[:-1]]
    parts += [f"{gap.value}{_folders(block, numbers)}" for gap, block in blocks[-1:] if gap]
    return re.compile("".join(parts).encode("latin-1"), re.DOTALL)


class _Part(NamedTuple):
    """Tokens, and the gap before them, None for the first."""

    gap: _Gap | None
    tokens: Sequence[_Token]


def _split(tokens: Sequence[_Token], gaps: Sequence[_Gap]) -> list[_Part]:
    starts = [at for at, token in enumerate(tokens) if token in gaps]
    ends = [*starts, len(tokens)]
    first = _Part(None, tokens[: ends[0]])
    later = (
        _Part(token, tokens[start + 1 : end])
        for start, end in zip(starts, ends[1:], strict=True)
        if isinstance(token := tokens[start], _Gap)
    )
    return [first, *later]


def _folders(tokens: Sequence[_Token], numbers: Iterator[int]) -> str:
    """Return the expression of tokens between wider gaps: stars in one name do not reach into the next."""
    slashes = [at for at, token in enumerate(tokens) if token == _SLASH]
    bounds = zip([-1, *slashes], [*slashes, len(tokens)], strict=True)
    return _SLASH.join(_name(tokens[start + 1 : end], numbers) for start, end in bounds)


def _name(tokens: Sequence[_Token], numbers: Iterator[int]) -> str:
    (_, first), *parts = _split(tokens, (_Gap.STAR,))
    early = (_at_first_place(gap, _joined(part), numbers) for gap, part in parts[:-1])
    last = (f"{_Gap.STAR.value}{_joined(part)}" for _, part in parts[-1:])
    return "".join((_joined(first), *early, *last))


def _joined(tokens: Sequence[_Token]) -> str:
    return "".join(token for token in tokens if isinstance(token, str))


def _at_first_place(gap: _Gap | None, following: str, numbers: Iterator[int]) -> str:
    """Match `following` after the shortest gap, and never come back to try a longer one."""
    name = f"g{next(numbers)}"
    return f"(?=(?P<{name}>{_LAZY[gap or _Gap.STAR]}{following}))(?P={name})"


def _tokens(pattern: bytes) -> list[_Token] | None:
    """Return what `pattern` is made of, None if a part of it matches nothing or has no end."""
    tokens: list[_Token] = []
    at = 0
    while at < len(pattern):
        byte = pattern[at : at + 1]
        if byte == b"*":
            gap, at = _stars(pattern, at)
            tokens.append(gap)
        elif byte == b"[":
            found = _Bracket(pattern, at + 1).read()
            if found is None:
                return None
            token, at = found
            tokens.append(token)
        else:
            at += byte == b"\\"
            if at == len(pattern):
                return None
            tokens.append("[^/]" if byte == b"?" else _byte(pattern[at]))
            at += 1
    return tokens


def _stars(pattern: bytes, start: int) -> tuple[_Gap, int]:
    """Return the gap that the stars at `start` make, and where to read on."""
    end = start
    while pattern[end : end + 1] == b"*":
        end += 1
    is_alone = pattern[:start].endswith(b"/") or start == 0
    if end - start == 1 or not is_alone:
        return _Gap.STAR, end
    if pattern[end : end + 1] == b"/":
        return _Gap.FOLDERS, end + 1
    is_wide = end == len(pattern) or pattern[end : end + 2] == b"\\/"
    return (_Gap.ALL if is_wide else _Gap.STAR), end


def _byte(byte: int) -> str:
    return _SLASH if byte == ord(_SLASH) else f"\\x{byte:02x}"


class _Bracket:
    """Reads `[…]` from the byte after its `[`: a set of bytes, ranges and classes."""

    def __init__(self, pattern: bytes, at: int) -> None:
        self._pattern = pattern
        self._at = at

    def read(self) -> tuple[str, int] | None:
        """Return the expression and where to read on; None if it is not closed or names no known class."""
        is_negated = self._byte() in (b"!", b"^")
        self._at += is_negated
        parts: list[str] = []
        before = b""  # what a range would begin with
        is_first = True
        while is_first or self._byte() != b"]":
            is_first = False
            found = self._part(before)
            if found is None:
                return None
            part, before = found
            parts.append(part)
        return f"(?!/)[{'^' if is_negated else ''}{''.join(parts)}]", self._at + 1

    def _byte(self, ahead: int = 0) -> bytes:
        return self._pattern[self._at + ahead : self._at + ahead + 1]

    def _part(self, before: bytes) -> tuple[str, bytes] | None:
        """Return the next part, and what a range after it would begin with."""
        byte = self._byte()
        if byte == b"-" and before and self._byte(1) not in (b"", b"]"):
            self._at += 1
            end = self._literal()
            return None if end is None else (_range(before, end), b"")
        if self._pattern.startswith(b"[:", self._at):
            end_at = self._pattern.find(b"]", self._at + 2)
            if end_at < 0:
                return None
            if end_at > self._at + 2 and self._pattern[end_at - 1 : end_at] == b":":
                return self._class(end_at)
        literal = self._literal()
        return None if literal is None else (f"\\x{literal[0]:02x}", literal)

    def _literal(self) -> bytes | None:
        self._at += self._byte() == b"\\"
        byte = self._byte()
        self._at += 1
        return byte or None

    def _class(self, end: int) -> tuple[str, bytes] | None:
        named = _CLASSES.get(self._pattern[self._at + 2 : end - 1])
        self._at = end + 1
        return None if named is None else (named, b"")


def _range(first: bytes, last: bytes) -> str:
    """Return the range; one that runs backwards adds nothing to its first byte, which is there already."""
    return f"\\x{first[0]:02x}-\\x{last[0]:02x}" if first <= last else ""
