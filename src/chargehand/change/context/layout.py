"""Where a definition begins and ends, by how people lay code out.

No grammar is needed, and a bracket that is never closed hides nothing: code that breaks in the middle of a
file is what many changes are about.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from chargehand.change.context.languages import Language

_MOST_LINES = 400
_MOST_HEADER_LINES = 12
_MOST_LEADING = 12

_LEADING = re.compile(r"\s*(//|/\*|\*|#(?!\s*(if|el|endif|define|include|undef|pragma))|--|@\w|\[\w|\"\"\")")
# What stands as far to the left as the definition itself, and ends it; or goes on with it.
_LAST = re.compile(r"\s*([}\])]*[}\]][;,)]*|\}.*|end\b.*)\s*$")
_GOES_ON = re.compile(
    r"\s*([{)\]]|#\s*(if|el|endif|define|include|undef|pragma)|\w+:\s*$|(else|elif|elsif|rescue|ensure|catch|except|finally|where|when)\b|\*)"
)
_TEXT = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|//.*")


class Extent(NamedTuple):
    """The lines of a definition, as indexes from 0.

    What leads to it begins at `top`, and it itself at `first`; its header ends at `header`.
    """

    top: int
    first: int
    header: int
    last: int


def extent_of(lines: Sequence[str], at: int, language: Language, *, is_loose: bool = False) -> Extent | None:
    """Return the extent of the definition whose name stands at index `at`.

    None: `is_loose`, so that it could be a call, and it looks like one.
    """
    header, ends_with = _header(lines, at)
    if is_loose and ends_with != "{" and not (ends_with == ";" and _declares(language, lines[at])):
        return None
    last = header if ends_with == ";" else _last(lines, at, header)
    return Extent(_top(lines, at), at, min(header, last), last)


def _declares(language: Language, line: str) -> bool:
    is_left = language.declares == "at-the-left" and not indent_of(line)
    return is_left or language.declares == "anywhere"


def _header(lines: Sequence[str], at: int) -> tuple[int, str]:
    """Return where the header ends, and how: before a body (`{` or `:`), with `;`, or by its line alone."""
    depth = 0
    for index in range(at, min(len(lines), at + _MOST_HEADER_LINES)):
        code = _TEXT.sub("", lines[index])
        for mark in code:
            depth += (mark in "([") - (mark in ")]")
            if mark in "{;" and depth <= 0:
                return index, mark
        if depth <= 0 and not _continues(lines, index):
            return index, ":"
    return at, ":"


def _continues(lines: Sequence[str], index: int) -> bool:
    """Tell whether the next line still belongs to the header: only its brace, or what it throws."""
    following = lines[index + 1].lstrip() if index + 1 < len(lines) else ""
    return following.startswith(("{", "throws ", "where ", "extends ", "implements ", ": ", "-> ", "with "))


def _last(lines: Sequence[str], at: int, header: int) -> int:
    """Return the last line that is indented more than the first, and the brace or word that closes it."""
    own, last = indent_of(lines[at]), header
    for index in range(header + 1, min(len(lines), at + _MOST_LINES)):
        line = lines[index]
        if not line.strip():
            continue
        if indent_of(line) > own:
            last = index
        elif _LAST.match(line) and indent_of(line) == own:
            return index
        elif not _GOES_ON.match(line) or indent_of(line) < own:
            return last
    return last


def _top(lines: Sequence[str], at: int) -> int:
    """Return where the comments and decorators right above begin."""
    top = at
    while top > max(0, at - _MOST_LEADING) and _LEADING.match(lines[top - 1]):
        top -= 1
    return top


def indent_of(line: str) -> int:
    """Return how far to the right a line begins."""
    return len(line.expandtabs(8)) - len(line.expandtabs(8).lstrip())


def enclosing(lines: Sequence[str], at: int) -> list[int]:
    """Return the indexes of lines further up that are indented less and less, innermost first."""
    found, indent = [], indent_of(lines[at]) if lines[at].strip() else _MOST_LINES
    for index in range(at - 1, max(-1, at - 2_000), -1):
        line = lines[index]
        if line.strip() and indent_of(line) < indent:
            found.append(index)
            indent = indent_of(line)
            if not indent:
                break
    return found
