"""Which lines begin a private key, and what of the key stands on the line itself."""

import re
from collections.abc import Iterator, Sequence

from chargehand.checks.secrets.false_positives import is_placeholder

KIND = "Private Key"
# The body's first line stands fewer lines below the head than these.
LINES_BELOW = 6

# Each head has one of these words in it, in whatever letters.
HINTS = ("private key", "putty-user-key-file-")
# Code that looks for a key's first line holds it in quotes, without a line break behind it. The key itself
# stands on the same line at times. Encrypted keys count: what encrypts them is a password that people chose.
_HEAD = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?![\"'`])(?P<rest>[^\s\"']{16,})?"
    r"|---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----"
    r"|PuTTY-User-Key-File-[123]:"
)
_BODY = re.compile(r"[\w+/=]{40}")
# A sample breaks off where a key goes on.
_SAMPLE = re.compile(r"(?:\\n|\s)*(?:\.\.\.|\u2026|<)")
# A key that ends on the line where it begins, with next to nothing in between.
_NO_KEY = re.compile(r"(?:(?![A-Za-z0-9+/]{40})[^-]){0,400}----")


def private_keys_in(text: str, below: Sequence[str]) -> Iterator[str]:
    """Yield what follows the head of a private key on its line, unless there is only talk of one.

    It is empty if the key begins on the next lines.
    """
    head = _HEAD.search(text)
    if not head or is_placeholder(text):
        return
    behind = head.end() - len(head["rest"] or "")
    if _NO_KEY.match(text, behind) or _SAMPLE.match(text, behind):
        return
    if head["rest"] or not below or any(_BODY.search(line) for line in below):
        yield head["rest"] or ""
