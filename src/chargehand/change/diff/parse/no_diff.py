"""Says why an input is no diff that can be read, and what to give instead."""

import re

_HINTS = (
    (re.compile(rb"\A(?:\x1f\x8b|BZh|\xfd7zXZ|PK\x03\x04)"), "It is compressed: unpack it first"),
    (re.compile(rb"^\*{15}", re.MULTILINE), "It looks like a context diff: use diff -u"),
    (
        re.compile(rb"^\d{1,9}(?:,\d{1,9})?[acd]\d{1,9}", re.MULTILINE),
        "It looks like a diff without -u: use diff -u",
    ),
    (
        re.compile(rb"^[^\n]{1,40}diff --git ", re.MULTILINE),
        "Something stands before each line: leave out --line-prefix, --graph and quoting",
    ),
    (re.compile(rb"^@@ -\d", re.MULTILINE), "It has hunks, but no line says of which file"),
    (re.compile(rb"^[^\n]{1,400} \| +(?:\d+|Bin)", re.MULTILINE), "It looks like --stat: use git diff -p"),
)
_DEFAULT_HINT = "It has no line that starts with diff --git, and no pair of lines that start with --- and +++"


def why_no_diff(data: bytes) -> str:
    """Return the message for an input in which no file can be made out."""
    hint = next((hint for pattern, hint in _HINTS if pattern.search(data)), _DEFAULT_HINT)
    return (
        f"Nothing was reviewed: the input is no diff that can be read. {hint}. Give it what git diff prints."
    )
