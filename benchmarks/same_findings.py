"""What every contender answers about a diff: the same plan, claims and rulings, so that the asking counts."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, islice
from string import ascii_lowercase
from threading import Lock
from typing import Any

from chargehand.core.diff import Diff, FileDiff
from chargehand.core.escaping import one_line
from chargehand.core.markers import holds_marker
from chargehand.core.value import Value
from tests.messages_api import Script
from tests.messages_api.replies import Draft
from tests.messages_api.request import Request

Reply = dict[str, Any]  # Any: JSON of an answer

GROUPS = 3
FOCUS = "A caller that relies on the old result gets the new one without noticing; see the early returns."
MESSAGE = (
    "With an empty list the loop never runs and the value of the previous call is returned as if it were "
    "new. A caller that retries after a failure then writes the same record twice, and nothing is logged."
)
SUMMARY = (
    "The most serious problem is in the first file: an empty input makes the new branch return a value that "
    "belongs to the call before. Two of the other findings have the same cause, a default that is evaluated "
    "once. Fix the branch first; the tests that are missing would have caught it."
)
SHORT_SUMMARY = SUMMARY.partition(" Two")[0] + " Fix the branch first; a test would have caught it."
BRIEF_SUMMARY = "The empty case ends in the wrong branch, in `read` of that file."
# What a prompt may say of the summary, and what a judge then writes.
SUMMARIES = (
    ("it is written elsewhere", ""),
    ("at most 12 words", BRIEF_SUMMARY),
    ("one or two sentences", SHORT_SUMMARY),
    ("", SUMMARY),
)
REASON = (
    "The line is only reached after the check two lines above: never empty."  # as long as the prompt allows
)


class Findings(Script):
    """A script that answers every contender alike.

    Who asks for several lenses at once, under `Lens: a, b`, gets the claims of each. A claim about a line
    that the prompt does not show is not made, as where a file is read in parts. One claim in `high_every` is
    high. Who asks without a schema gets in plain words what stands in the end. Each claim is made once, by
    the first who is shown its line: of several tasks that share a chunk one answers for it. A summary is as
    long as the prompt wants it.
    """

    def __init__(self, diff: Diff, lenses: Sequence[str], claims_a_lens: int, high_every: int = 0) -> None:
        turns = [lens for _ in range(claims_a_lens) for lens in lenses]
        self._say(diff, lenses, [(lens, _severity(n, high_every)) for n, lens in enumerate(turns, 1)])

    @classmethod
    def saying(cls, diff: Diff, lenses: Sequence[str], claims: Sequence[tuple[str, str]]) -> "Findings":
        """Return the script with a claim for each lens and severity in `claims`, one on a line."""
        made = cls(diff, lenses, 0)
        made._say(diff, lenses, claims)
        return made

    def _say(self, diff: Diff, lenses: Sequence[str], claims: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        spread = islice(cycle(places(diff)), len(claims)) if claims else ()
        self.claims = [
            claim(lens, number, place, severity)
            for number, ((lens, severity), place) in enumerate(zip(claims, spread, strict=True), 1)
        ]
        self._left, self._lock = list(self.claims), Lock()
        self._rulings = rulings(self.claims, len(lenses))
        self._others = [
            {"role": "plan", "reply": {"groups": groups(diff, lenses)}},
            *(judged(self._rulings, wanted, summary) for wanted, summary in SUMMARIES),
        ]

    def draft(self, request: Request) -> Draft:
        """Return what to answer."""
        if request.schema is None:
            dismissed = {each["claim"] for each in self._rulings}
            return Draft(in_plain_words(each for each in self.claims if each["title"] not in dismissed))
        asked = lenses_asked(request)
        with self._lock:
            said = [each for each in self._left if lens_of(each) in asked and each["quote"] in request.text]
            self._left = [each for each in self._left if request.role != "worker" or each not in said]
        return Script.of([*self._others, {"role": "worker", "reply": {"claims": said}}]).draft(request)


def _severity(number: int, high_every: int) -> str:
    return "high" if high_every and number % high_every == 0 else "medium"


def lenses_asked(request: Request) -> list[str]:
    """Return the lenses that a request is about, one or several."""
    return ", ".join(re.findall(r"^Lens: (.+)$", request.text, re.MULTILINE)).split(", ")


def lens_of(claim: Reply) -> str:
    """Return the lens whose rule a claim names."""
    return str(claim["rule"]).partition("/")[0]


class Place(Value):
    """A line that the change adds; `path` and `quote` are as a prompt shows them."""

    path: str
    line: int
    quote: str


def places(diff: Diff) -> list[Place]:
    """Return added lines that stand once in the diff: one of each file, then a second of each, and so on."""
    times = Counter(line.text.strip() for file in diff.reviewable for line in file.lines())
    in_files = [list(_places_in(file, times)) for file in diff.reviewable]
    longest = max(map(len, in_files), default=0)
    return [lines[n] for n in range(longest) for lines in in_files if n < len(lines)]


def claim(lens: str, number: int, place: Place, severity: str = "medium") -> Reply:
    """Return a claim of the usual length; without a suggestion, which would cost a strong model most."""
    return {
        "rule": f"{lens}/other",
        "severity": severity,
        "confidence": "high",
        "file": place.path,
        "line": place.line,
        "end_line": place.line,
        "quote": place.quote,
        "title": f"The {lens} of this line fails for an empty list ({number})",
        "message": _in_other_words(MESSAGE, number),
        "suggestion": "",
    }


def _in_other_words(text: str, number: int) -> str:
    """Return a text of this length in words that no other number has: claims on one line are not to merge."""
    shifted = ascii_lowercase[number % 26 :] + ascii_lowercase[: number % 26]
    return text.lower().translate(str.maketrans(ascii_lowercase, shifted))


def in_plain_words(claims: Iterable[Reply]) -> str:
    """Return findings as who is asked without a form writes them."""
    said = (f"{c['file']}:{c['line']} {c['severity']}: {c['title']}\n{c['message']}" for c in claims)
    return "\n\n".join(said) or "There is nothing to report."


def judged(rulings: Sequence[Reply], wanted: str, summary: str) -> Reply:
    """Return the rule for a judge whose prompt says `wanted`."""
    reply = {"summary": summary, "rulings": list(rulings)}
    return {"role": "judge", "contains": wanted, "reply": reply}


def rulings(claims: Sequence[Reply], lenses: int) -> list[Reply]:
    """Return one dismissal for each full set of lenses."""
    return [{"claim": each["title"], "action": "dismiss", "reason": REASON} for each in claims[::lenses]]


def groups(diff: Diff, lenses: Sequence[str]) -> list[Reply]:
    """Return a plan with a group for each top folder, the last one with all that are left."""
    folders = list(dict.fromkeys(_folder(file) for file in diff.reviewable))
    own = {folder: min(index, GROUPS - 1) for index, folder in enumerate(folders)}
    return [
        {"files": list(_in_group(diff.reviewable, own, number)), "lenses": list(lenses[:3]), "focus": FOCUS}
        for number in sorted(set(own.values()))
    ]


def _places_in(file: FileDiff, times: Counter[str]) -> Iterator[Place]:
    for line in file.lines():
        quote = line.text.strip()
        is_plain = one_line(quote) == quote and 20 <= len(quote) <= 160 and not holds_marker(quote)
        if line.kind == "+" and line.new_number and is_plain and times[quote] == 1:
            yield Place(path=one_line(file.path), line=line.new_number, quote=quote)


def _in_group(files: Iterable[FileDiff], own: dict[str, int], number: int) -> Iterator[str]:
    return (one_line(file.path) for file in files if own[_folder(file)] == number)


def _folder(file: FileDiff) -> str:
    return file.path.partition("/")[0]
