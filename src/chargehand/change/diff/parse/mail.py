"""Decodes mails whose lines are encoded, as git am does before it reads the diff in them."""

import re
from collections.abc import Iterator

_ENCODINGS = {"quoted-printable", "base64"}
_ENCODED = re.compile(
    rb"^Content-Transfer-Encoding:\s*\"?(?:quoted-printable|base64)", re.MULTILINE | re.IGNORECASE
)
# The first line of a mail in a mailbox, as git writes it and as others do.
_FROM = re.compile(rb"^From \S+ +\w{3} \w{3} ", re.MULTILINE)
_HEAD = re.compile(rb"(?:From [^\n]*\n)?(?:[!-9;-~]{1,100}:[^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n")


def decode_mails(data: bytes) -> tuple[bytes, str]:
    """Return `data` with the bodies of mails as their writers wrote them, and a notice if any was encoded."""
    if not _ENCODED.search(data):
        return data, ""
    mails = list(_mails(data))
    decoded = [_decoded(mail) for mail in mails]
    if decoded == mails:
        return data, ""
    return b"".join(decoded), "Mails in the input were encoded, and were decoded as git am does."


def _mails(data: bytes) -> Iterator[bytes]:
    starts = [0, *(found.start() for found in _FROM.finditer(data) if found.start())]
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        yield data[start:end]


def _decoded(mail: bytes) -> bytes:
    head = _HEAD.match(mail)
    if head is None or not _ENCODED.search(mail):
        return mail
    rest = mail.partition(b"\n")[2] if mail.startswith(b"From ") else mail
    # Start-up time: few diffs are encoded mails.
    from email import message_from_bytes  # noqa: PLC0415 - as above

    parts = [part for part in message_from_bytes(rest).walk() if not part.is_multipart()]
    if not any(str(part["Content-Transfer-Encoding"]).lower() in _ENCODINGS for part in parts):
        return mail
    bodies = []
    for part in parts:
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            bodies.append(_in_utf8(payload, part.get_content_charset()).replace(b"\r\n", b"\n"))
    lines = _ENCODED.sub(b"X-Decoded:", head[0])
    return lines + b"".join(body if body.endswith(b"\n") else body + b"\n" for body in bodies)


def _in_utf8(body: bytes, charset: str | None) -> bytes:
    try:
        return body if charset in {None, "utf-8", "us-ascii"} else body.decode(charset or "utf-8").encode()
    except (LookupError, UnicodeError):
        return body
