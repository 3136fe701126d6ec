"""Finds text in a change that speaks to its reviewer instead of to its readers."""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

from chargehand.checks.check import Check, claim
from chargehand.checks.paths import is_prose, is_translation
from chargehand.checks.prompt_injection.wording import Order, may_speak, orders_in, plain, words_of
from chargehand.core.diff import Diff, FileDiff, Hunk, Line
from chargehand.core.finding import Claim, Confidence, Severity

# Files whose purpose is to tell models what to do; none of them is obeyed by a review of the change itself.
_FOR_MODELS = re.compile(
    r"(^|/)(agents|claude|gemini|review|skill|copilot-instructions)\.md$|(^|/)\.(cursorrules|windsurfrules|chargehand\.toml)$",
    re.IGNORECASE,
)
# Folders for texts of that purpose; what else lies in them is as everywhere.
_FOLDER_FOR_MODELS = re.compile(r"(^|/)(prompts|\.cursor|\.claude|\.github/instructions)/", re.IGNORECASE)
_NEWLY_NAMED = frozenset({"added", "renamed", "copied"})
_NO_WORD = re.compile(r"[^\w']|_")

# An order may lie over so many lines, blank ones not counted. Of long lines only the ends are read together.
_LINES_TOGETHER, _LINES_AT_ONCE = 40, 2_000
_END_CHARS = 200
_GAP = " " * 100

_NEW = "A change has no business doing that: find out who wrote it, and why."
_OLD = (
    "It was there before this change, and models that review the change read it too: find out who wrote it, "
    "and why."
)


class _Words(NamedTuple):
    """A line of the new text, and the words in it."""

    line: Line
    text: str
    may_speak: bool


class _Spoken(NamedTuple):
    """The line at which an order begins, None for the name of the file; `is_old`: no line of it is new."""

    line: Line | None
    severity: Severity
    is_old: bool = False


def find_prompt_injection(diff: Diff) -> Iterator[Claim]:
    """Yield a claim for each text, of one line or of several, that tells a reviewer or model what to do.

    Looked at are added lines, the lines around them, which models read too, and the new names of files. What
    merely mentions reviews, models or instructions is not claimed. In files that are made to instruct models,
    such as AGENTS.md, orders weigh little, and less than elsewhere in texts in a folder such as `prompts`.
    """
    for file in diff.files:
        yield from _in_name(file)
        for hunk in file.hunks:
            yield from _of_hunk(file.path, hunk)


def find_around(diff: Diff, enclosed: Diff) -> Iterator[Claim]:
    """Yield a claim for each such text that begins outside of the hunks, where models read on."""
    for file, wider in zip(diff.files, enclosed.files, strict=True):
        if wider.hunks != file.hunks:
            known = {line.new_number for line in file.lines()}
            found = (claim for hunk in wider.hunks for claim in _of_hunk(file.path, hunk))
            yield from (claim for claim in found if claim.line and claim.line not in known)


def _of_hunk(path: str, hunk: Hunk) -> Iterator[Claim]:
    if may_speak(f"{hunk.section}\n{hunk.body}"):
        yield from (_claim(path, spoken) for spoken in _in_hunk(hunk))


def _in_name(file: FileDiff) -> Iterator[Claim]:
    """Yield a claim if the name that a file gets speaks."""
    if file.status in _NEWLY_NAMED:
        words = " ".join(_NO_WORD.sub(" ", plain(file.path)).split())
        if may_speak(words) and (worst := _worst(orders_in(words))):
            yield _claim(file.path, _Spoken(None, worst))


def _in_hunk(hunk: Hunk) -> Iterator[_Spoken]:
    """Yield the lines of the new text that speak; of several that do so together, one."""
    seen = set[Line | None]()
    for run in _runs(hunk):
        for spoken in _spoken(run):
            if spoken.line not in seen:
                seen.add(spoken.line)
                yield spoken


def _runs(hunk: Hunk) -> Iterator[Sequence[_Words]]:
    """Yield each line that speaks alone, and the lines around all others that may speak."""
    before: deque[_Words] = deque(maxlen=_LINES_TOGETHER)
    run: list[_Words] = []
    left = 0
    for words in _words(hunk):
        if words.may_speak and _worst(orders_in(words.text)):
            yield from filter(None, (run, [words]))
            run, left = [], 0
            before.clear()
        elif words.may_speak or left:
            run = run or [*before]
            run.append(words)
            left = _LINES_TOGETHER if words.may_speak else left - 1
            if not left or len(run) > _LINES_AT_ONCE:
                yield run
                before.extend(run)
                run = [] if not left else [*before]
        else:
            before.append(words)
    if run:
        yield run


def _words(hunk: Hunk) -> Iterator[_Words]:
    """Yield the lines of the new text that hold a word, first what git says they stand in."""
    section = Line(" ", None, None, hunk.section)
    for line in chain((section,), hunk.lines()):
        if line.kind != "-" and (text := words_of(line.text)):
            yield _Words(line, text, may_speak(text))


def _spoken(run: Sequence[_Words]) -> Iterator[_Spoken]:
    """Yield where the lines of a run speak, alone or together."""
    parts = [words.text if len(run) == 1 else _ends(words.text) for words in run]
    starts = list(accumulate((len(part) + 1 for part in parts), initial=0))
    for order in orders_in(" ".join(parts)):
        lines = run[bisect_right(starts, order.start) - 1 : bisect_right(starts, order.end - 1)]
        new = next((words.line for words in lines if words.line.kind == "+"), None)
        yield _Spoken(new or lines[0].line, order.severity, is_old=new is None)


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _END_CHARS else text[:_END_CHARS] + _GAP + text[-_END_CHARS:]


def _worst(orders: Iterator[Order]) -> Severity | None:
    return min((order.severity for order in orders), key=lambda severity: severity.rank, default=None)


def _claim(path: str, spoken: _Spoken) -> Claim:
    severity = _weight(path, spoken)
    what = "text" if spoken.line else "name of the file"
    return claim(
        CHECK,
        path,
        spoken.line,
        f"The {what} tells an automated reviewer or a model what to do. {_OLD if spoken.is_old else _NEW}",
        severity=severity,
        confidence=Confidence.HIGH if severity is Severity.HIGH else Confidence.MEDIUM,
    )


def _weight(path: str, spoken: _Spoken) -> Severity:
    if _FOR_MODELS.search(path):
        return Severity.LOW
    is_text_for_models = _FOLDER_FOR_MODELS.search(path) and is_prose(path)
    return Severity.MEDIUM if spoken.is_old or is_translation(path) or is_text_for_models else spoken.severity


CHECK = Check("prompt-injection", ("security/prompt-injection",), find_prompt_injection, find_around)
