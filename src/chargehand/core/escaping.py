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


# What CI runners obey: GitHub `##[` anywhere in a line and `::name` at its start, Azure `##vso[`, TeamCity
# `##teamcity[`. GitLab folds at `section_` only behind an escape character, which `printable` removes.
_MARKED = re.compile(r"##(?=\w*\[)")
_AT_START = re.compile(r"(?m)^(\s*):(?=:)")


def for_log(text: str) -> str:
    """Return printable text in which no CI runner finds a command."""
    return _AT_START.sub(r"\1\\u{3a}", _MARKED.sub(r"#\\u{23}", printable(text)))


def has_command(text: str) -> bool:
    """Tell whether a CI runner could find a command in a line of `text`."""
    return bool(_MARKED.search(text) or _AT_START.search(text))


def json_for_log(text: str) -> str:
    r"""Return JSON that says the same to every parser, and in which no CI runner finds a command.

    Pairs of `#` and of `:` stand in JSON only within strings, where one of them may be written as `\u0023`.
    """
    return _MARKED.sub(r"#\\u0023", text).replace("::", r":\u003a")


def html_for_log(markup: str) -> str:
    """Return HTML that says the same to every browser, and in which no CI runner finds a command."""
    return _AT_START.sub(r"\1&#58;", _MARKED.sub("#&#35;", markup))


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{{{code:x}}}"
