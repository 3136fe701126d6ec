"""Decides what a reader of known quality claims: each known defect by chance, and noise beside them."""

import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from tests.messages_api.replies import Draft, Script
from tests.messages_api.request import Request
from tests.messages_api.wire import Json, compact

_HEADING = re.compile(r"\[(\d+)\] (\S+) \(.*\)")
_ENTRY = re.compile(r"^#(\d+) (\S+), line (\d+):", re.MULTILINE)
_ADDED = re.compile(r"(\d+)\+(.*)")
_FOCUS = re.compile(r"^\[(\d+)\] (?:whole|lines (\d+) to (\d+))$", re.MULTILINE)
# Farther from a defect, a claim is a false alarm; farther from each other, two claims are two findings.
_NEAR = 6


@dataclass(frozen=True)
class Quality:
    """How well a model reads: which share of the defects it finds, and its false alarms for each of them."""

    recall: float
    noise: float = 0.0


@dataclass(frozen=True)
class Defect:
    """A defect that is there to be found through a lens, at a line of a file that shows this text, if any.

    `says` are words that a claim about it uses.
    """

    file: str
    line: int
    lens: str = "correctness"
    shows: str = ""
    says: str = "a defect"


class Reader(Script):
    """Answers workers by the quality of their model; everything else as a server without rules does."""

    def __init__(self, defects: Sequence[Defect], quality: Mapping[str, Quality], seed: int = 1) -> None:
        super().__init__()
        self._defects = defects
        self._quality = quality
        self._seed = seed
        self._asked: Counter[str] = Counter()
        self._count_lock = threading.Lock()

    def draft(self, request: Request) -> Draft:
        """Return the claims of this reader; the same question gets another answer the next time."""
        if "entries" in (request.schema or {}).get("properties", {}):
            return Draft(text=compact({"entries": list(self._rated(request.text))}))
        if request.role != "worker":
            return super().draft(request)
        with self._count_lock:
            self._asked[request.digest] += 1
            nth = self._asked[request.digest]
        random = Random(f"{self._seed} {request.digest} {nth}")  # noqa: S311 - no secret
        return Draft(text=compact({"claims": self._claims(request, random)}))

    def _rated(self, text: str) -> Iterator[Json]:
        """Rate what reviewers wrote: right is what stands at a defect."""
        for number, file, line in _ENTRY.findall(text):
            is_right = any(each.file == file and each.line == int(line) for each in self._defects)
            yield {"number": int(number), "reason": "I looked.", "worth": "right" if is_right else "wrong"}

    def _claims(self, request: Request, random: Random) -> list[Json]:
        """Claim defects in the places that this reader answers for; another answers for the rest."""
        quality, lines = self._quality[request.spec.id], _added(request.text)
        there = [each for each in self._defects if _is_shown(each, lines)]
        mine = _answered_for(lines, request.text)
        sound = [place for place in mine if _is_sound(*place, lines[place].text, there)]
        claims = []
        for defect in there:
            if defect.lens != request.lens or (defect.file, defect.line) not in mine:
                continue
            if random.random() < quality.recall:
                claims.append(_claim(lines[defect.file, defect.line], defect.line, defect.says))
            if random.random() < quality.noise:
                claims.append(_noise(random, lines, sound, lines[defect.file, defect.line].number))
        return claims


class _Line(NamedTuple):
    """An added line: the number of its file, and its text."""

    number: int
    text: str


_Lines = Mapping[tuple[str, int], _Line]


def _added(text: str) -> _Lines:
    """Return the added lines that are shown, by file and line."""
    found: dict[tuple[str, int], _Line] = {}
    number, file = 0, ""
    for row in text.split("\n"):
        if heading := _HEADING.fullmatch(row):
            number, file = int(heading[1]), heading[2]
        elif added := _ADDED.fullmatch(row):
            found[file, int(added[1])] = _Line(number, added[2])
    return found


def _is_shown(defect: Defect, lines: _Lines) -> bool:
    shown = lines.get((defect.file, defect.line))
    return shown is not None and defect.shows in ("", shown.text)


def _answered_for(lines: _Lines, text: str) -> list[tuple[str, int]]:
    """Return the added lines that this reader answers for: all, unless the question names places."""
    named = [
        (int(number), int(first or 0), int(last or 10**9)) for number, first, last in _FOCUS.findall(text)
    ]
    return [
        (file, line)
        for (file, line), shown in lines.items()
        if not named or any(number == shown.number and first <= line <= last for number, first, last in named)
    ]


def _is_sound(file: str, line: int, text: str, defects: Sequence[Defect]) -> bool:
    """Tell whether a claim here is a false alarm: the line can be quoted, and no defect is near."""
    near = (each for each in defects if each.file == file and abs(each.line - line) <= _NEAR)
    return bool(re.search(r"\w", text)) and not any(near)


def _noise(random: Random, lines: _Lines, sound: list[tuple[str, int]], number: int) -> Json:
    """Return a false alarm, each at another place; if there is none left, about the file as a whole."""
    title = f"noise {random.random()}"
    if not sound:
        return _claim(_Line(number, ""), 0, title)
    file, line = random.choice(sound)
    sound[:] = [each for each in sound if each[0] != file or abs(each[1] - line) > _NEAR]
    return _claim(lines[file, line], line, title)


def _claim(shown: _Line, line: int, title: str) -> Json:
    return {
        "rule": "other",
        "severity": "medium",
        "confidence": "high",
        "title": f"{title} at {line}",
        "message": f"Line {line} is wrong.",
        "file": shown.number,
        "line": line,
        "end_line": line,
        "quote": shown.text,
        "replaces": "",
        "suggestion": "",
    }
