"""Finds text in a change that speaks to its reviewer instead of to its readers."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from chargehand.checks.check import Check, claim, holds_any
from chargehand.checks.paths import is_translation
from chargehand.core.diff import Diff, Hunk, Line
from chargehand.core.escaping import UNSAFE
from chargehand.core.finding import Claim, Confidence, Severity

# Of a very long line only so much is read together with the line beside it.
_ACROSS = 400

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
# Files whose purpose is to tell models what to do; none of them is obeyed by a review of the change itself.
_FOR_MODELS = re.compile(
    r"(^|/)(agents|claude|gemini|review|skill|copilot-instructions)\.md$|(^|/)\.(cursorrules|windsurfrules|chargehand\.toml)$"
    r"|(^|/)(prompts|\.cursor|\.claude|\.github/instructions)/",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"^\s*(//+|#+|/?\*+|--+|<!--|;+|\"\"\"|''')?\s*")


def find_prompt_injection(diff: Diff) -> Iterator[Claim]:
    """Yield a claim for each added text, of one line or of two, that tells a reviewer or model what to do.

    What merely mentions reviews, models or instructions is not claimed; nor are orders in files that are
    made to instruct models, such as AGENTS.md or what lies in a folder `prompts`.
    """
    return (
        _claim(file.path, line, Severity.MEDIUM if is_translation(file.path) else severity)
        for file in diff.files
        if not _FOR_MODELS.search(file.path)
        for hunk in file.hunks
        if _may_speak(hunk.body)
        for line, severity in _in_hunk(hunk)
    )


def _may_speak(text: str) -> bool:
    return holds_any(_plain(text), _WORDS)


def _in_hunk(hunk: Hunk) -> Iterator[tuple[Line, Severity]]:
    """Yield the lines that speak. A text over two lines counts for its first, unless one speaks alone."""
    before: tuple[Line, str, bool] | None = None
    for line in hunk.lines():
        if line.kind != "+":
            before = None
            continue
        text = _COMMENT.sub("", _plain(line.text))
        may_speak = holds_any(text, _WORDS)
        alone = _severity(text) if may_speak else None
        across = None
        if before and not alone and (may_speak or before[2]):
            across = _severity(f"{before[1][-_ACROSS:]} {text[:_ACROSS]}")
        if before and across:
            yield before[0], across
        if alone:
            yield line, alone
        before = None if alone or across else (line, text, may_speak)


def _severity(text: str) -> Severity | None:
    if _is_direct(text) or _FRAME.search(text):
        return Severity.HIGH
    return Severity.MEDIUM if _RESET.search(text) else None


def _is_direct(text: str) -> bool:
    """Tell whether somebody is spoken to and told what to do, near to each other.

    Both are looked for by themselves: one pattern for the pair would try every distance at every place.
    """
    machines = [found.span() for found in _MACHINES.finditer(text)]
    orders = [found.span() for found in _ORDERS.finditer(text)] if machines else []
    return _follows(machines, orders, _BEFORE_ORDER) or _follows(orders, machines, _BEFORE_MACHINE)


def _follows(first: Sequence[tuple[int, int]], then: Sequence[tuple[int, int]], most: int) -> bool:
    """Tell whether one of `then` begins at most so many characters behind the end of one of `first`."""
    starts = [start for start, _ in then]
    nexts = ((end, bisect_left(starts, end)) for _, end in first)
    return any(at < len(starts) and starts[at] - end <= most for end, at in nexts)


def _plain(text: str) -> str:
    """Return the text without tricks that hide words from a pattern but not from a model."""
    return text if text.isascii() else UNSAFE.sub("", unicodedata.normalize("NFKC", text))


def _claim(path: str, line: Line, severity: Severity) -> Claim:
    return claim(
        CHECK,
        path,
        line,
        "The text tells an automated reviewer or a model what to do. A change has no business doing that: "
        "find out who wrote it, and why.",
        severity=severity,
        confidence=Confidence.HIGH if severity is Severity.HIGH else Confidence.MEDIUM,
    )


CHECK = Check("prompt-injection", ("security/prompt-injection",), find_prompt_injection)
