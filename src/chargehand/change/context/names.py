"""Which names the changed lines of a file use, and which definitions they change."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from chargehand.change.context.forms import COMMENT, KEYWORDS, LONGEST_LINE, definitions_in
from chargehand.change.context.languages import Language
from chargehand.change.context.layout import enclosing
from chargehand.core.diff import FileDiff

_SHORTEST = 2
_LONGEST = 100
_MOST_LINES = 3_000
_NAME = re.compile(
    r"(?<![\w$])(?P<name>(?:[^\W\d]|\$)[\w$]*)(?P<mark>[?!](?![=\w.:]))?"
    r"(?P<call>\s*(!?\s*\(|!\s*[\[{]|::<|<[^<>()]*>\s*\())?"
)
_OWNER = re.compile(r"([A-Za-z_$][\w$]*)\s*\??(?:\.|->|::)$")


class Use(NamedTuple):
    """A name that stands on a changed line, at its new-side number; `owner`: what stands before its dot."""

    name: str
    line: int
    is_called: bool
    owner: str


def uses_in(file: FileDiff, language: Language) -> Iterator[Use]:
    """Yield the names on added lines, or on removed ones where nothing was added.

    Those that such a line defines are not among them.
    """
    for number, text in changed_lines(file):
        if len(text) > LONGEST_LINE or COMMENT.match(text):
            continue
        defined = {name for name, _ in definitions_in(text, language)}
        for found in _NAME.finditer(_code(text, language)):
            name = found["name"] + ((found["mark"] or "") if language.calls_bare else "")
            owner = _owner(text[: found.start()].rstrip())
            is_word = name in KEYWORDS and not owner
            if _SHORTEST <= len(name) <= _LONGEST and not is_word and name not in defined:
                yield Use(name, number, bool(found["call"]), owner)


def _owner(before: str) -> str:
    """Return the name before a dot, or what stands for one, at the end of a text; empty if there is none."""
    owner = _OWNER.search(before[-_LONGEST:]) if before.endswith((".", "->", "::")) else None
    return owner[1] if owner else ""


def changed_names(file: FileDiff, lines: Sequence[str], language: Language) -> Iterator[tuple[str, int]]:
    """Yield each definition that the change adds to, takes from or declares anew, with a changed line of it.

    `lines` are those of the file after the change.
    """
    is_new = file.status == "added"  # then each definition is on a changed line itself
    for number, text in islice(changed_lines(file, is_old_too=True), _MOST_LINES):
        yield from ((name, number) for name, _ in definitions_in(text, language))
        inside = min(number, len(lines)) - 1
        for index in enclosing(lines, inside) if inside >= 0 and not is_new else ():
            if named := next(definitions_in(lines[index], language), None):
                yield named[0], number
                break


def changed_lines(file: FileDiff, *, is_old_too: bool = False) -> Iterator[tuple[int, str]]:
    """Yield the new-side number and the text of each added line; a removed one has the number of the next."""
    for hunk in file.hunks:
        lines = tuple(hunk.lines())
        with_old = is_old_too or not any(line.kind == "+" for line in lines)
        number = hunk.new_start
        for line in lines:
            if line.kind == "+" or (line.kind == "-" and with_old):
                yield number, line.text
            number += line.new_number is not None


def _code(text: str, language: Language) -> str:
    """Return a line with blanks in place of the texts in it, but for what a text may call."""
    for quote in ('"', *language.quotes.replace("`", "")):
        text = re.sub(rf"{quote}(?:\\.|[^{quote}\\])*{quote}", lambda found: " " * len(found[0]), text)
    return text
