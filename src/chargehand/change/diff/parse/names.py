"""Takes file names out of header lines, as bytes, and says which of them no file may have."""

import re
from collections.abc import Iterator

NULL = b"/dev/null"
# Longer names fit into no file system that git runs on.
_MAX_BYTES = 4096
# How much longer one side's prefix may be than the other's; a bound on time more than on prefixes.
_MAX_PREFIX_BYTES = 64

_QUOTED = re.compile(rb'''"((?:[^"\\]|\\(?:[abtnvfr"\\]|[0-3][0-7][0-7]))*)"''')
_DRIVE = re.compile(r"[A-Za-z]:")
_ESCAPE = re.compile(rb"\\([0-3][0-7][0-7]|.)")
_LETTERS = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}

# A time stamp or revision behind a name whose TAB became blanks on the way.
_BLANK_STAMP = re.compile(
    rb" +(?:\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?[+-]\d\d:?\d\d| UTC|Z)?"
    rb"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}(?: [+-]\d{4})?"
    rb"|\((?:revision \d+|working copy|nonexistent)\))$"
)
_STAMP_BYTES = 60
# What GNU diff and Subversion write behind the name of a side that does not exist.
_NO_FILE_STAMP = re.compile(
    rb"(?:1970-01-01|1969-12-31) [ \d:.]*(?:[+-]\d{4})?$|\((?:nonexistent|revision 0)\)$"
)


def unquoted(token: bytes) -> bytes:
    """Return the name that git or GNU diff wrote, its escapes resolved if it stands in quotes."""
    match = _QUOTED.fullmatch(token) if token.startswith(b'"') else None
    return _ESCAPE.sub(_unescape, match[1]) if match else token


def is_misquoted(token: bytes) -> bool:
    """Tell whether a name starts with a quote and is not one that git or GNU diff would write."""
    return token.startswith(b'"') and _QUOTED.fullmatch(token) is None


def git_token(value: bytes) -> bytes:
    """Return the name in a `---` or `+++` line of git's, still quoted: behind a name with blanks is a TAB."""
    match = _QUOTED.match(value) if value.startswith(b'"') else None
    return match.group() if match else value.partition(b"\t")[0]


def plain_token(value: bytes) -> bytes:
    """Return the name in a `---` or `+++` line of another tool's, still quoted, without the time stamp."""
    token = git_token(value)
    if len(token) < len(value) or token.startswith(b'"'):
        return token
    stamp = _BLANK_STAMP.search(token, max(0, len(token) - _STAMP_BYTES))
    return token[: stamp.start()].rstrip(b" ") if stamp else token


def is_no_file(value: bytes) -> bool:
    """Tell whether a `---` or `+++` line of another tool's says that there is no such file on its side."""
    return _NO_FILE_STAMP.search(value, max(0, len(value) - _STAMP_BYTES)) is not None


def cut_in_two(text: bytes, between: bytes) -> tuple[bytes, bytes] | None:
    """Cut `X Y` or `X and Y` if both name one file but for the prefix; None if that cannot be seen.

    Names may hold the separator. Prefixes are mostly equally long, so the middle is tried first, and there
    the last part of the names is enough to go by.
    """
    if text.startswith(b'"') or text.endswith(b'"'):
        return _cut_quoted(text, between)
    middle = (len(text) - len(between)) // 2
    for at in (middle, *_positions(text, between, middle)):
        old, new = text[:at], text[at + len(between) :]
        if text.startswith(between, at) and (_is_same_file(old, new, at == middle) or NULL in {old, new}):
            return old, new
    return None


def why_unsafe(path: str) -> str:
    """Return why no file may have this path, for a reader; empty if it may.

    Windows reads a backslash as `/`, so both count. Control characters are only a matter of output.
    """
    parts = path.replace("\\", "/").split("/")
    if not path.strip("/") or path.endswith("/"):
        return "The diff names no file."
    if "\0" in path or len(path) > _MAX_BYTES:
        return "No file can have its name."
    if not parts[0] or _DRIVE.match(path):
        return "Its path is absolute."
    if ".." in parts:
        return "Its path leads out of the repository."
    if ".git" in path.lower() and any(part.lower() == ".git" for part in parts):
        return "Its path lies in git's own folder."
    return ""


def _is_same_file(old: bytes, new: bytes, are_equally_long: bool) -> bool:  # noqa: FBT001 # private
    """Tell whether two names are alike, or alike behind a prefix."""
    if old == new:
        return True
    cut = bytes.rpartition if are_equally_long else bytes.partition
    return b"/" in old and cut(old, b"/")[2] == cut(new, b"/")[2] != b""


def _unescape(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8)]) if len(code) == 3 else _LETTERS.get(code, code)


def _cut_quoted(text: bytes, between: bytes) -> tuple[bytes, bytes] | None:
    first = _QUOTED.match(text)
    at = first.end() if first else text.find(between + b'"')
    if at < 0 or not text.startswith(between, at):
        return None
    old, new = text[:at], text[at + len(between) :]
    return None if is_misquoted(old) or is_misquoted(new) else (unquoted(old), unquoted(new))


def _positions(text: bytes, between: bytes, middle: int) -> Iterator[int]:
    at = max(0, middle - _MAX_PREFIX_BYTES)
    while (at := text.find(between, at, middle + _MAX_PREFIX_BYTES)) >= 0:
        yield at
        at += 1
