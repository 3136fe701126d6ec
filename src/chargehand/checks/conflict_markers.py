"""Finds merge conflicts that were committed with their markers."""

import re
from collections.abc import Iterator, Sequence

from chargehand.checks.check import Check, claim
from chargehand.checks.paths import is_prose, is_test
from chargehand.core.diff import Diff, FileDiff, Hunk, Line
from chargehand.core.finding import Claim, Confidence

# Seven characters at the start of the line, then nothing or a blank and a label: longer rows are ornaments.
_OURS = re.compile(r"<{7}( \S.*)?\r?$")
_BASE = re.compile(r"\|{7}( \S.*)?\r?$")
_MIDDLE = re.compile(r"={7}\r?$")
_THEIRS = re.compile(r">{7}( \S.*)?\r?$")
_FENCE = re.compile(r"\s*(```|~~~)")


def find_conflict_markers(diff: Diff) -> Iterator[Claim]:
    """Yield one claim for each conflict whose first visible marker is an added line.

    A row of `=` alone is a heading's underline or an ornament, and never claimed; nor is an example in
    a fenced block of a document.
    """
    return (
        found
        for file in diff.files
        for hunk in file.hunks
        if "<<<<<<<" in hunk.body or ">>>>>>>" in hunk.body
        for found in _in_hunk(file, hunk)
    )


def _in_hunk(file: FileDiff, hunk: Hunk) -> Iterator[Claim]:
    lines = [line for line in hunk.lines() if line.kind != "-"]
    if is_prose(file.path):
        lines = _without_fenced(lines)
    markers = [place for place, line in enumerate(lines) if _is_marker(line.text)]
    first_middle = next((place for place in markers if _MIDDLE.match(lines[place].text)), len(lines))
    at = 0
    while at < len(markers):
        own = _conflict(lines, markers, at, first_middle)
        if own and lines[own[0]].kind == "+":
            yield _claim(file, lines[own[0]], lines[own[-1]])
        at += len(own) or 1


def _conflict(lines: Sequence[Line], markers: Sequence[int], at: int, first_middle: int) -> Sequence[int]:
    """Return the places of the markers of the conflict that begins at the marker `at`, none if none does."""
    text = lines[markers[at]].text
    if opening := _OURS.match(text):
        own = _until_theirs(lines, markers, at)
        is_certain = len(own) > 1 or bool(opening.group(1))
        return own if is_certain else ()
    closing = _THEIRS.match(text)
    is_certain = bool(closing and closing.group(1)) and first_middle < markers[at]
    return markers[at : at + 1] if is_certain else ()


def _until_theirs(lines: Sequence[Line], markers: Sequence[int], at: int) -> list[int]:
    """Return the opening marker and those up to the first closing one, without those of another conflict."""
    own = [markers[at]]
    for number in range(at + 1, len(markers)):
        place = markers[number]
        if _OURS.match(lines[place].text):
            break
        own.append(place)
        if _THEIRS.match(lines[place].text):
            break
    return own


def _is_marker(text: str) -> bool:
    return any(marker.match(text) for marker in (_OURS, _BASE, _MIDDLE, _THEIRS))


def _without_fenced(lines: Sequence[Line]) -> list[Line]:
    kept, fenced = [], False
    for line in lines:
        if _FENCE.match(line.text):
            fenced = not fenced
        elif not fenced:
            kept.append(line)
    return kept


def _claim(file: FileDiff, first: Line, last: Line) -> Claim:
    is_sample = is_prose(file.path) or is_test(file.path)
    return claim(
        CHECK,
        file.path,
        first,
        "Git wrote this line to mark a conflict. The file holds both sides of it, and most compilers and "
        "parsers refuse it.",
        confidence=Confidence.MEDIUM if is_sample else Confidence.HIGH,
        end_line=last.new_number or 0,
    )


CHECK = Check("conflict-markers", ("correctness/conflict-marker",), find_conflict_markers)
