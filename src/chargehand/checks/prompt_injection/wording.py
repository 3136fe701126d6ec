"""Which words speak to a reviewer or a model and tell it what to do."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chargehand.checks.check import holds_any
from chargehand.core.escaping import UNSAFE
from chargehand.core.finding import Severity

_Span = tuple[int, int]

# No pattern below matches without one of these words; most hunks and lines end here.
_WORDS = (
    *(
        "review",
        "ai ",
        "ai-",
        "llm",
        "automat",
        "claude",
        "gpt",
        "copilot",
        "gemini",
        "chargehand",
        "language model",
    ),
    *("ignor", "disregard", "forget", "overrid", "bypass", "material "),
)

_MACHINE = (
    r"\b(ai|llm|automated|automatic|claude|gpt|chatgpt|copilot|gemini|chargehand|language model|review)[ -]"
    r"(code )?(reviewer|review (bot|agent|tool|model)|reviewing agent|assistant|agent|bot|model)s?\b"
    r"|\b(dear|note to|attention|hey|hello|message to) (the )?(code )?reviewers?\b"
)
_ORDER = (
    r"\b(approve|lgtm|accept) (this|the|it|all|everything)\b"
    r"|\b(mark|rate|report|treat|consider|classify) (this|the|it|everything|all)\b.{0,40}"
    r"\b(safe|clean|approved|secure|fine)\b"
    r"|\b(do not|don't|must not|never|should not|no need to|refrain from) "
    r"?(report|flag|mention|raise|review|comment|list|claim)"
    r"|\b(skip|ignore|omit|suppress|leave out) (this|these|the|all|any)\b.{0,30}"
    r"\b(file|finding|issue|problem|change|code|line|check|section|vulnerabilit)"
    r"|([:;,.!]|\bplease) (please )?(report|return|answer|respond|reply|output)( with)? "
    r"(no|zero|nothing|an empty|only an empty)\b"
)
_MACHINES, _ORDERS = (re.compile(words, re.IGNORECASE) for words in (_MACHINE, _ORDER))
# So many characters stand at most between the one who is spoken to and what to do, and the other way round.
_BEFORE_ORDER, _BEFORE_MACHINE = 80, 60
_RESET = re.compile(
    r"\b(ignore|disregard|forget|override|bypass)\b( (all|any|the|of|your|my|these|those|every)){0,4} "
    r"(previous|prior|above|earlier|preceding|foregoing|existing|original|initial|system)( \w+){0,2} "
    r"(instruction|prompt|rule|direction|guideline|constraint)s?\b",
    re.IGNORECASE,
)
_FRAME = re.compile(r"</?material [0-9a-f]{16}>", re.IGNORECASE)
# What stands before and behind the words of a comment, an item of a list or a text in quotes.
_BEFORE = re.compile(r"^(\s*(//+|#+|/?\*+|--+|<!--|;+|>+|[-+]|\d+\.|\"\"\"|'''))?[\s\"'`+(]*")
_BEHIND = re.compile(r"(\*/|-->|\"\"\"|'''|[\s\"'`+\\])+$")
# What stands above, below or across a letter.
_MARKS = re.compile("[\u0300-\u036f\u20d0-\u20f0]+")
_MARKUP = re.compile(r"[*`~]+")


class Order(NamedTuple):
    """Where in a text somebody is told what to do, and how plainly."""

    start: int
    end: int
    severity: Severity


def may_speak(text: str) -> bool:
    """Tell, at little cost, whether the text may hold an order."""
    return holds_any(f"{plain(text)} ".replace("\n", " "), _WORDS)


def words_of(line: str) -> str:
    """Return the words of a line without what marks it as a comment, and without emphasis."""
    bare = _BEHIND.sub("", _BEFORE.sub("", plain(line)))
    return " ".join(_MARKUP.sub("", bare).split())


def plain(text: str) -> str:
    """Return the text without tricks that hide words from a pattern but not from a model."""
    return text if text.isascii() else _MARKS.sub("", UNSAFE.sub("", unicodedata.normalize("NFKD", text)))


def orders_in(text: str) -> Iterator[Order]:
    """Yield the orders in a text: to a reviewer, out of the frame of the material, to forget instructions.

    Who is spoken to and what to do are looked for by themselves, near to each other: one pattern for the pair
    would try every distance at every place.
    """
    machines = [found.span() for found in _MACHINES.finditer(text)]
    orders = [found.span() for found in _ORDERS.finditer(text)] if machines else []
    for start, end in (*_near(machines, orders, _BEFORE_ORDER), *_near(orders, machines, _BEFORE_MACHINE)):
        yield Order(start, end, Severity.HIGH)
    for pattern, severity in ((_FRAME, Severity.HIGH), (_RESET, Severity.MEDIUM)):
        for found in pattern.finditer(text):
            yield Order(*found.span(), severity)


def _near(first: Sequence[_Span], then: Sequence[_Span], most: int) -> Iterator[_Span]:
    """Yield from where to where each of `first` reaches with the next of `then`, if that is so near."""
    starts = [start for start, _ in then]
    for start, end in first:
        at = bisect_left(starts, end)
        if at < len(starts) and starts[at] - end <= most:
            yield start, then[at][1]
