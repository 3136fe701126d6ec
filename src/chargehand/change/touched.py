"""Which paths the headers of a diff name, those that files left or were deleted from included."""

import re
from collections.abc import Iterator

from chargehand.change.diff.parse.names import NULL, cut_in_two, plain_token, unquoted

# No line of a hunk begins like these. A newline stands first, because a literal is found fastest.
_GIT = re.compile(rb"\ndiff --git ([^\n]+)")
_MOVED = re.compile(rb"\n(?:rename|copy) (?:from|to) ([^\n]+)")
# A hunk may hold such a line; one path too many is announced then.
_PLAIN = re.compile(rb"\n(?:---|\+\+\+) ([^\n]+)")
_PREFIX = re.compile(rb"(?:[abciow]|src:/|dst:/)/")


def touched_paths(diff: bytes) -> tuple[str, ...]:
    """Return each path once, in the order of the headers, also if git quotes it."""
    names = (_text(name) for name in _names(b"\n" + diff) if name != NULL)
    return tuple(dict.fromkeys(names))


def _names(diff: bytes) -> Iterator[bytes]:
    for header in _GIT.finditer(diff):
        for name in cut_in_two(header[1].rstrip(b"\r"), b" ") or ():
            yield _without_prefix(name)
    for moved in _MOVED.finditer(diff):
        yield unquoted(moved[1].rstrip(b"\r"))
    if not diff.startswith(b"\ndiff --git "):
        for header in _PLAIN.finditer(diff):
            yield _without_prefix(unquoted(plain_token(header[1].rstrip(b"\r"))))


def _without_prefix(name: bytes) -> bytes:
    prefix = _PREFIX.match(name)
    return name[prefix.end() :] if prefix else name


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
