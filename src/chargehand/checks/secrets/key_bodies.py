"""Which lines are the body of a private key, also if a hunk shows only a part of it: all are masked."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Literal, NamedTuple

from chargehand.core.diff import Hunk, Line
from chargehand.core.time_limit import Step, any_step

# A line of a key has so many characters; its last one may have fewer.
FULL_LINE = 16

_HEAD = re.compile(r"----+ ?BEGIN ([A-Z0-9 ]+?) ?----+|PuTTY-User-(Key)-File-")
_END = re.compile(r"----+ ?END ([A-Z0-9 ]+?) ?----+|Private-MAC:")
_SIGNS = ("PRIVATE KEY", "PuTTY-User-Key-File-", "Private-MAC:")
_KEY_FILE = re.compile(
    r"\.(pem|key|ppk|p8|pk8)$|(^|/)id_(rsa|dsa|ecdsa|ed25519)(_sk)?(\.bak|\.old)?$", re.IGNORECASE
)
# One run of base64 and nothing beside it but the marks of a comment, or the quotes and joints of a string: no
# brackets, by which a name would be a call. Nor are small letters alone: those are a command's path.
_NO_COMMAND = rf"(?![a-z/]{{{FULL_LINE},}}(?![A-Za-z0-9+/=]))"
_BODY = re.compile(
    r"(?:[^\"'`]*[\"'`]|[^A-Za-z0-9+/=(){}\[\]]*)"
    rf"(?P<run>{_NO_COMMAND}[A-Za-z0-9+/=]+)(?:\\[nr])*"
    r"(?:[\"'`][^A-Za-z0-9]*|[^A-Za-z0-9(){}\[\]]*)",
    re.DOTALL,
)
# What else stands in a key: its fields, and blank lines.
_FIELD = re.compile(r"\W*([A-Z][\w-]*: .*)?")

# Where a line stands: outside of a key, or in one whose head is such a line, `?` if it is not shown.
Where = Literal["", "+", "-", " ", "?"]


class KeyLine(NamedTuple):
    """A line of a key's body and the text in it; `is_full`: as long as all but the last lines of a key."""

    line: Line
    text: str
    is_full: bool
    head: Where


def key_lines(path: str, hunks: Sequence[Hunk], step: Step = any_step) -> Iterator[KeyLine]:
    """Yield the lines of private keys in a file's hunks; a kept line twice, once for each side.

    `step` is told of each line that is looked at, and may raise.
    """
    is_key_file = bool(_KEY_FILE.search(path))
    if not is_key_file and not any(sign in hunk.body for hunk in hunks for sign in _SIGNS):
        return
    for other in "+-":
        where: Where = ""
        for hunk in hunks:
            lines = [line for line in hunk.lines() if line.kind != other]
            step(len(lines))
            where = where or _at_start(lines, is_key_file=is_key_file)
            for after, found in _in_lines(lines, where):
                step(1)
                where = after
                yield from found


def _at_start(lines: Sequence[Line], *, is_key_file: bool) -> Where:
    """Tell whether a hunk begins inside of a key: by the end that it shows, else by the file's name."""
    before_head = list(takewhile(lambda line: not _HEAD.search(line.text), lines))
    ends = [end for line in before_head if (end := _END.search(line.text))]
    is_inside = _is_private(ends[0]) if ends else is_key_file and len(before_head) == len(lines)
    return "?" if is_inside else ""


def _in_lines(lines: Sequence[Line], where: Where) -> Iterator[tuple[Where, Sequence[KeyLine]]]:
    """Yield for each line where the next one stands, and what it holds of a key."""
    is_body = False
    for line in lines:
        found = _BODY.fullmatch(line.text) if where else None
        is_full = found is not None and len(found["run"]) >= FULL_LINE
        held = [KeyLine(line, found["run"], is_full, where)] if found and (is_full or is_body) else []
        is_body = is_full
        where = _after(line, where)
        yield where, held


def _after(line: Line, where: Where) -> Where:
    """Return where the next line stands."""
    if head := _HEAD.search(line.text):
        return line.kind if _is_private(head) and not _END.search(line.text, head.end()) else ""
    is_inside = not _END.search(line.text) and (_BODY.fullmatch(line.text) or _FIELD.fullmatch(line.text))
    return where if is_inside else ""


def _is_private(sign: re.Match[str]) -> bool:
    return sign[1] is None or "PRIVATE KEY" in sign[1]
