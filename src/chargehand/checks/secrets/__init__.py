"""Finds passwords, keys and tokens in added lines."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import groupby
from typing import NamedTuple

from chargehand.checks.check import Check, claim
from chargehand.checks.paths import is_prose, is_sample, is_test
from chargehand.checks.secrets.detection import (
    LINES_BELOW,
    Candidate,
    Secret,
    detect,
    may_guess,
    may_hold_key,
    may_hold_secret,
)
from chargehand.core.counting import count
from chargehand.core.diff import Diff, Line
from chargehand.core.finding import Claim, Confidence, Severity

# A longer line is looked at in pieces, which overlap by more than a key is long.
PIECE, OVERLAP = 4_000, 500
# A close look takes about a tenth of a millisecond a line. So many characters of a change get one for each
# form, where a line counts for no less than LEAST_COUNTED: some seconds, whatever the change holds.
MOST_CHARACTERS, LEAST_COUNTED = 2_000_000, 200


class Form(str, Enum):
    """How a secret is known: by its own form, or by the words around it."""

    KEY = "look as if they held keys of a known form"
    GUESS = "hold words beside which passwords stand"


# Words in the paths of private keys that are made for tests.
_TEST_KEYS = frozenset({"test", "tests", "testing", "localhost", "snakeoil", "dummy", "fake"})


class _Place(NamedTuple):
    """Where a secret may stand: `text` is line `number` of `lines`, counted from 1, or a piece of it."""

    form: Form
    path: str
    text: str
    lines: Sequence[Line]
    number: int

    @property
    def line(self) -> Line:
        return self.lines[self.number - 1]

    @property
    def candidate(self) -> Candidate:
        below = self.lines[self.number : self.number + LINES_BELOW]
        return Candidate(self.path, self.text, tuple(line.text for line in below))


def find_secrets(diff: Diff) -> Iterator[Claim]:
    """Yield a claim for each added line that holds a secret.

    No claim's title or message holds the secret; `conceal` does, so that reports can mask it in the line.
    If there are more lines than get a close look, a claim before all others says how many are left.
    """
    places: list[_Place] = []
    left = dict.fromkeys(Form, MOST_CHARACTERS)
    first_beyond: dict[Form, _Place] = {}
    beyond = Counter[Form]()
    for place in _places(diff):
        left[place.form] -= max(LEAST_COUNTED, len(place.text))
        if left[place.form] >= 0:
            places.append(place)
        else:
            first_beyond.setdefault(place.form, place)
            beyond[place.form] += 1
    yield from (_unseen(place, beyond[form]) for form, place in first_beyond.items())
    if places:
        yield from _claims(places, detect(place.candidate for place in places))


def _places(diff: Diff) -> Iterator[_Place]:
    for file in diff.files:
        for hunk in file.hunks:
            if may_hold_secret(hunk.body):
                yield from _in_hunk(file.path, [line for line in hunk.lines() if line.kind != "-"])


def _in_hunk(path: str, lines: Sequence[Line]) -> Iterator[_Place]:
    for number, line in enumerate(lines, 1):
        if line.kind == "+" and may_hold_secret(line.text):
            for piece in _pieces(line.text):
                if may_hold_key(piece):
                    yield _Place(Form.KEY, path, piece, lines, number)
                elif may_guess(path, piece):
                    yield _Place(Form.GUESS, path, piece, lines, number)


def _pieces(text: str) -> Iterator[str]:
    if len(text) <= PIECE:
        yield text
        return
    for start in range(0, len(text) - OVERLAP, PIECE - OVERLAP):
        yield text[start : start + PIECE]


def _claims(places: Iterable[_Place], secrets: Iterable[list[Secret]]) -> Iterator[Claim]:
    pairs = zip(places, secrets, strict=True)
    for _, group in groupby(pairs, key=lambda pair: (pair[0].path, pair[0].line.new_number)):
        pieces = list(group)
        if held := [secret for _, found in pieces for secret in found]:
            yield _claim(pieces[0][0].path, pieces[0][0].line, held)


def _unseen(first: _Place, number: int) -> Claim:
    """Return a claim that the check stopped: what it did not look at is not said to be clean."""
    path = first.path
    is_key = first.form is Form.KEY
    weighs_less = not is_key or is_test(path) or is_prose(path) or is_sample(path)
    return claim(
        CHECK,
        path,
        first.line,
        f"From here on, {count(number, 'more line')} of the change {first.form.value}. They are too many to "
        "look at each: whether a secret is among them is not known.",
        title=f"{count(number, 'line')} of the change not searched for secrets",
        severity=Severity.MEDIUM if weighs_less else Severity.HIGH,
        confidence=Confidence.LOW,
        conceal=(first.text,),
    )


def _claim(path: str, line: Line, held: list[Secret]) -> Claim:
    first = held[0]
    severity, confidence = _grade(path, first)
    return claim(
        CHECK,
        path,
        line,
        f"This looks like a secret ({first.kind}). Whoever can read the repository, now or later, has it: "
        "removing the line does not remove it from the history. Revoke it.",
        title=f"A secret is written in the change: {first.kind}",
        severity=severity,
        confidence=confidence,
        conceal=tuple(dict.fromkeys(secret.value for secret in held if secret.value)),
    )


def _grade(path: str, secret: Secret) -> tuple[Severity, Confidence]:
    if not secret.is_exact:
        return Severity.MEDIUM, Confidence.MEDIUM
    if is_test(path) or is_prose(path) or is_sample(path) or _is_test_key(path, secret):
        return Severity.MEDIUM, Confidence.LOW
    return Severity.HIGH, Confidence.HIGH


def _is_test_key(path: str, secret: Secret) -> bool:
    """Tell a private key whose path says that it protects nothing; people keep many of these."""
    return secret.kind == "Private Key" and not _TEST_KEYS.isdisjoint(re.split(r"[^a-z]+", path.lower()))


CHECK = Check("secrets", ("security/secret",), find_secrets)
