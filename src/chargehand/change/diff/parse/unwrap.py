"""Takes off what was wrapped round the whole diff on its way here: encoding, colour, line ends."""

import re
from typing import NamedTuple

from chargehand.change.diff.parse.mail import decode_mails

# What begins a file where a terminal was to show it: git and GNU diff colour header lines from their start.
_COLOURED = re.compile(rb"^(?:\x1b\[[0-9;:]*[mK])+(?:diff --|--- |@@ )", re.MULTILINE)
_PLAIN = re.compile(rb"^(?:diff --(?:git|cc|combined) |--- [^\n]*\n\+\+\+ )", re.MULTILINE)
_COLOUR = re.compile(rb"\x1b\[[0-9;:]*[mK]")
_HUNK_LINE = re.compile(rb"^@@ -[^\n]*$", re.MULTILINE)

_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UTF8_MARK = b"\xef\xbb\xbf"


class Unwrapped(NamedTuple):
    """The diff as git wrote it, and a sentence for each thing that was taken off."""

    data: bytes
    notices: tuple[str, ...]


def unwrap(raw: bytes) -> Unwrapped:
    """Return `raw` in UTF-8, without byte-order mark, colour, a mail's encoding, or a CR on every line."""
    notices = []
    data = raw
    for step in (_as_utf8, _without_colour, decode_mails, _without_cr):
        data, notice = step(data)
        if notice:
            notices.append(notice)
    return Unwrapped(data, tuple(notices))


def _as_utf8(data: bytes) -> tuple[bytes, str]:
    if data.startswith(_UTF8_MARK):
        return data[len(_UTF8_MARK) :], "A byte-order mark before the diff was left out."
    codec = _UTF16.get(data[:2]) or _bare_utf16(data)
    if codec is None:
        return data, ""
    text = data.decode(codec, "replace").removeprefix("\ufeff")
    return text.encode(), "The diff was in UTF-16 and was read as such."


def _bare_utf16(data: bytes) -> str | None:
    """Name the codec of UTF-16 without a mark: its first characters are ASCII, every second byte NUL."""
    sample = data[:32]
    even, odd = sample[0::2], sample[1::2]
    if len(sample) < 8:
        return None
    if not any(odd) and all(even):
        return "utf-16-le"
    return "utf-16-be" if not any(even) and all(odd) else None


def _without_colour(data: bytes) -> tuple[bytes, str]:
    if b"\x1b[" not in data or not _COLOURED.search(data) or _PLAIN.search(data):
        return data, ""
    return _COLOUR.sub(b"", data), "Colour codes were left out, those in the changed lines among them."


def _without_cr(data: bytes) -> tuple[bytes, str]:
    if b"\r\n" not in data or not (_is_all_crlf(data) or _has_crlf_headers(data)):
        return data, ""
    return data.replace(b"\r\n", b"\n"), "Every line of the diff ended in CR LF; it was read with LF."


def _is_all_crlf(data: bytes) -> bool:
    return data.count(b"\r\n") == data.count(b"\n")


def _has_crlf_headers(data: bytes) -> bool:
    """Tell whether all hunk headers, and the line before the first, end in CR LF.

    GNU diff ends `@@` lines of a CRLF file in CR where they show a function, but never the `+++` line.
    """
    first = _HUNK_LINE.search(data)
    if first is None or not data[: first.start()].endswith(b"\r\n"):
        return False
    return all(match.group().endswith(b"\r") for match in _HUNK_LINE.finditer(data))
