"""Decides which words of code are coloured: those whose kind Pygments knows, if the extra `html` is there."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import groupby
from types import ModuleType

from chargehand.core.escaping import printable
from chargehand.reports.page.markup import Html, code_text, tag, together

# Returns the lines of some code as HTML, one each.
Paint = Callable[[Sequence[str], str], Sequence[Html]]

# Colour says nothing that is not in the text, so that a page of long code can do without.
MOST_CHARACTERS = 500_000
# Real code never takes as long; for code that somebody made to be slow, a lexer needs seconds a finding.
MOST_SECONDS = 3.0

# By the first two words of a token's type, or the first alone.
_CLASSES = {
    ("Keyword",): "k",
    ("Operator", "Word"): "k",
    ("Name", "Tag"): "k",
    ("Name", "Function"): "f",
    ("Name", "Class"): "f",
    ("Name", "Attribute"): "f",
    ("Name", "Decorator"): "f",
    ("Name", "Builtin"): "f",
    ("Literal", "String"): "s",
    ("Literal", "Number"): "n",
    ("Comment",): "c",
}


def plain(lines: Sequence[str], _language: str) -> Sequence[Html]:
    """Return the lines in one colour."""
    return tuple(map(code_text, lines))


def painter(
    load: Callable[[str], ModuleType] = import_module, clock: Callable[[], float] = time.process_time
) -> Paint | None:
    """Return what colours code, until it has coloured too much or for too long; None without Pygments."""
    try:
        lexers = load("pygments.lexers")
    except ImportError:
        return None
    left, left_s = MOST_CHARACTERS, MOST_SECONDS

    def paint(lines: Sequence[str], language: str) -> Sequence[Html]:
        nonlocal left, left_s
        began = clock()
        left -= sum(map(len, lines))
        coloured = _coloured(lexers, lines, language) if language and left >= 0 and left_s > 0 else ()
        left_s -= clock() - began
        return coloured if len(coloured) == len(lines) else plain(lines, language)

    return paint


def _coloured(lexers: ModuleType, lines: Sequence[str], language: str) -> Sequence[Html]:
    """Return the coloured lines; fewer or more if the lexer did not return the very text."""
    # As it is shown: a lone CR, and its like, would end a line for the lexer.
    code = "\n".join(map(printable, lines))
    try:
        lexer = lexers.get_lexer_by_name(language, stripnl=False, ensurenl=False)
        pieces = [(_class(kind), words) for kind, words in lexer.get_tokens(code)]
    except (AttributeError, LookupError, RuntimeError, TypeError, ValueError):
        return ()  # it knows no such language, or stumbles over code that somebody made for that
    if "".join(words for _, words in pieces) != code:
        return ()
    return tuple(_lines(pieces))


def _lines(pieces: Iterable[tuple[str, str]]) -> Iterator[Html]:
    """Yield the lines; neighbours in one colour are one element."""
    line: list[Html] = []
    for name, group in groupby(pieces, key=lambda piece: piece[0]):
        first, *others = "".join(words for _, words in group).split("\n")
        line.append(_piece(name, first))
        for other in others:
            yield together(*line)
            line = [_piece(name, other)]
    yield together(*line)


def _piece(name: str, words: str) -> Html:
    return tag("span", code_text(words), class_=name) if name and words.strip() else code_text(words)


def _class(kind: tuple[str, ...]) -> str:
    return _CLASSES.get(kind[:2]) or _CLASSES.get(kind[:1], "")
