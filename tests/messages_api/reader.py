"""Decides what a reader of known quality claims: each known defect by chance, and noise beside them."""

import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.messages_api.replies import Draft, Script
from tests.messages_api.request import Request
from tests.messages_api.wire import Json, compact

_HEADING = re.compile(r"\[(\d+)\] (\S+) \(.*\)")
_ENTRY = re.compile(r"^#(\d+) (\S+), line (\d+):", re.MULTILINE)
_ADDED = re.compile(r"(\d+)\+(.*)")


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
        quality, lines = self._quality[request.spec.id], _added(request.text)
        claims = []
        for defect in self._defects:
            shown = lines.get((defect.file, defect.line))
            if shown is None or defect.lens != request.lens or (defect.shows and defect.shows != shown[1]):
                continue
            if random.random() < quality.recall:
                claims.append(_claim(*shown, defect.line, defect.says))
            if random.random() < quality.noise:
                sound = [place for place in lines if self._is_sound(*place)]
                file, line = random.choice(sound or list(lines))
                claims.append(_claim(*lines[file, line], line, f"noise {random.random()}"))
        return claims

    def _is_sound(self, file: str, line: int) -> bool:
        """Tell whether no defect is near, so that a claim there is a false alarm."""
        return all(defect.file != file or abs(defect.line - line) > 4 for defect in self._defects)


def _added(text: str) -> dict[tuple[str, int], tuple[int, str]]:
    """Return the added lines by file and line, each with the number of its file and its text."""
    found: dict[tuple[str, int], tuple[int, str]] = {}
    number, file = 0, ""
    for row in text.split("\n"):
        if heading := _HEADING.fullmatch(row):
            number, file = int(heading[1]), heading[2]
        elif added := _ADDED.fullmatch(row):
            found[file, int(added[1])] = number, added[2]
    return found


def _claim(number: int, text: str, line: int, title: str) -> Json:
    return {
        "rule": "other",
        "severity": "medium",
        "confidence": "high",
        "title": f"{title} at {line}",
        "message": f"Line {line} is wrong.",
        "file": number,
        "line": line,
        "end_line": line,
        "quote": text,
        "replaces": "",
        "suggestion": "",
    }
