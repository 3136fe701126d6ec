"""Takes off what was wrapped round the whole diff on its way here: encoding, colour, line ends."""

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from chargehand.core.errors import DiffError
from chargehand.core.time_limit import Step, any_step

if TYPE_CHECKING:
    from email.message import Message

# What begins a file where a terminal was to show it: git and GNU diff colour header lines from their start.
_COLOURED = re.compile(rb"^(?:\x1b\[[0-9;:]*[mK])+(?:diff --|--- |@@ )", re.MULTILINE)
_PLAIN = re.compile(rb"^(?:diff --(?:git|cc|combined) |--- [^\n]*\n\+\+\+ )", re.MULTILINE)
_COLOUR = re.compile(rb"\x1b\[[0-9;:]*[mK]")
_HUNK_LINE = re.compile(rb"^@@ -[^\n]*$", re.MULTILINE)

_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UTF8_MARK = b"\xef\xbb\xbf"

_ENCODINGS = {"quoted-printable", "base64"}
_ENCODED = re.compile(
    rb"^Content-Transfer-Encoding:\s*\"?(?:quoted-printable|base64)", re.MULTILINE | re.IGNORECASE
)
_OF_PARTS = re.compile(rb"^Content-Type:\s*multipart/", re.MULTILINE | re.IGNORECASE)
# The first line of a mail in a mailbox, as git writes it and as others do.
_FROM = re.compile(rb"^From \S+ +\w{3} \w{3} ", re.MULTILINE)
# The parser of mails is given so much at once, which takes as long as so many steps.
_PORTION_BYTES, _PORTION_STEPS = 10_000, 1_000
_TOO_DEEP = (
    "Nothing was reviewed: the input is a mail with parts in parts, too deep to be read. "
    "Give it what git diff prints."
)
_HEAD = re.compile(rb"(?:From [^\n]*\n)?(?:[!-9;-~]{1,100}:[^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n")


class Unwrapped(NamedTuple):
    """The diff as git wrote it, and a sentence for each thing that was taken off."""

    data: bytes
    notices: tuple[str, ...]


def unwrap(raw: bytes, step: Step = any_step) -> Unwrapped:
    """Return `raw` in UTF-8, without byte-order mark, colour, a mail's encoding, or a CR on every line.

    `step` is called at each piece of a mail. Raises DiffError if a mail cannot be read.
    """
    notices = []
    data = raw
    for layer in (_as_utf8, _without_colour, partial(decode_mails, step=step), _without_cr):
        data, notice = layer(data)
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


def decode_mails(data: bytes, step: Step = any_step) -> tuple[bytes, str]:
    """Return `data` with the bodies of mails as their writers wrote them, and a notice if any was not so."""
    if not _is_wrapped(data):
        return data, ""
    mails = list(_mails(data))
    decoded = [_decoded(mail, step) for mail in mails]
    if decoded == mails:
        return data, ""
    return b"".join(
        decoded
    ), "Mails in the input were encoded or had attachments, and were read as git am does."


def _is_wrapped(data: bytes) -> bool:
    return bool(_ENCODED.search(data) or _OF_PARTS.search(data))


def _mails(data: bytes) -> Iterator[bytes]:
    starts = [0, *(found.start() for found in _FROM.finditer(data) if found.start())]
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        yield data[start:end]


def _decoded(mail: bytes, step: Step) -> bytes:
    step(1)
    head = _HEAD.match(mail)
    if head is None or not _is_wrapped(mail):
        return mail
    rest = mail.partition(b"\n")[2] if mail.startswith(b"From ") else mail
    try:
        message = _parsed(rest, step)
        encodings = {str(part["Content-Transfer-Encoding"]).lower() for part in message.walk()}
        if not encodings & _ENCODINGS and not message.is_multipart():
            return mail
        bodies = [body if body.endswith(b"\n") else body + b"\n" for body in _bodies(message)]
    except RecursionError as error:
        raise DiffError(_TOO_DEEP) from error
    return _ENCODED.sub(b"X-Decoded:", head[0]) + b"".join(bodies)


def _parsed(mail: bytes, step: Step) -> "Message":
    # Start-up time: few diffs are encoded mails.
    from email.feedparser import BytesFeedParser  # noqa: PLC0415 - as above

    parser = BytesFeedParser()
    for start in range(0, len(mail), _PORTION_BYTES):
        step(_PORTION_STEPS)
        parser.feed(mail[start : start + _PORTION_BYTES])
    return parser.close()


def _bodies(part: "Message") -> Iterator[bytes]:
    """Yield what a mail says in each of its parts, and before and behind them: a diff may stand there too."""
    if part.is_multipart():
        yield (part.preamble or "").encode("utf-8", "surrogateescape")
        for inner in part.get_payload():
            if not isinstance(inner, str):
                yield from _bodies(inner)
        yield (part.epilogue or "").encode("utf-8", "surrogateescape")
    elif isinstance(payload := part.get_payload(decode=True), bytes):
        yield _in_utf8(payload, part.get_content_charset()).replace(b"\r\n", b"\n")


def _in_utf8(body: bytes, charset: str | None) -> bytes:
    try:
        return body if charset in {None, "utf-8", "us-ascii"} else body.decode(charset or "utf-8").encode()
    except (LookupError, UnicodeError):
        return body


def _without_cr(data: bytes) -> tuple[bytes, str]:
    if b"\r\n" not in data or not (_is_all_crlf(data) or _has_crlf_headers(data)):
        return data, ""
    return data.replace(b"\r\n", b"\n"), "Every line of the diff ended in CR LF; it was read with LF."


def _is_all_crlf(data: bytes) -> bool:
    return data.count(b"\r\n") == data.count(b"\n")


def _has_crlf_headers(data: bytes) -> bool:
    """Tell whether all hunk headers, and the line before the first, end in CR LF.

    GNU diff ends `@@` lines of a CRLF file in CR if they show a function, but never the `+++` line.
    """
    first = _HUNK_LINE.search(data)
    if first is None or not data[: first.start()].endswith(b"\r\n"):
        return False
    return all(match.group().endswith(b"\r") for match in _HUNK_LINE.finditer(data))
