"""Makes text from a diff, a model or a file name harmless to show."""

import re

from chargehand.core.invisible import Kind, any_of

# Lone surrogates are the undecodable bytes of a diff; no encoding carries them.
UNSAFE = any_of(*Kind, more="\ud800-\udfff")


def printable(text: str) -> str:
    r"""Return `text` with every character that could act or hide shown as an escape.

    Undecodable bytes become `\xNN`, others `\u{N}`. Tab and line feed stay.
    """
    return UNSAFE.sub(_escape, text)


def one_line(text: str) -> str:
    """Return `text` printable and on one line: runs of white space become one blank."""
    return " ".join(printable(text).split())


def for_log(text: str) -> str:
    """Return printable text in which no CI runner finds a command.

    GitHub obeys `##[` anywhere in a line and `::` at its start, Azure `##vso[`; GitLab folds at `section_`
    only behind an escape character, which `printable` removes.
    """
    broken = re.sub(r"##(?=\[|vso\[)", lambda _: r"#\u{23}", printable(text))
    return re.sub(r"(?m)^(\s*):(?=:)", lambda match: match[1] + r"\u{3a}", broken)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{{{code:x}}}"
