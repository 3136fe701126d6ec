"""Which texts in a line are secrets: those of a known form, and values beside telling words."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chargehand.checks.check import holds_any
from chargehand.checks.paths import is_prose, is_test
from chargehand.checks.secrets import assignments, connections, private_keys
from chargehand.checks.secrets.assignments import assigned, may_assign
from chargehand.checks.secrets.connections import credentials_in
from chargehand.checks.secrets.false_positives import is_assigned_secret, is_credential, is_placeholder
from chargehand.checks.secrets.issuers import issued_keys
from chargehand.checks.secrets.private_keys import private_keys_in
from chargehand.checks.secrets.wrapped import unwrapped

# In longer lines, which are no code that people write, any value may stand behind any word.
LONGEST_GUESSED = 1_000

# No known form matches without a long run of characters, not all small, or one of these words; and no guess
# without one of the others. Nearly all lines end here.
_RUN = re.compile(r"(?<![A-Za-z0-9_-])(?=[a-z_-]*[A-Z0-9])[A-Za-z0-9_-]{22}")
_EXACT_HINTS = (
    *("akia", "asia", "abia", "acca", "xox", "hooks.", "dp.", "hv", "a3-", "sm_"),
    *("contribsys", "accesskey=", "accountkey="),
    *private_keys.HINTS,
)
QUOTES, _SIGNS = ('"', "'", "`"), ("=", ":", ",", "(", "||", "??")
# The values in the description of an interface are examples.
_EXAMPLES = re.compile(r"(?:^|/)[\w.-]*(?:swagger|openapi)[\w.-]*\.(?:ya?ml|json)$", re.IGNORECASE)
_GUESS_HINTS = (*assignments.HINTS, *connections.HINTS)
# Before the value for a name on the line before.
_VALUE = "value"
# A text in quotes that is itself a name, which is given a value.
_NAMES = re.compile(r"(?P<quote>[\"'`])(?:(?!(?P=quote)).){0,200}(?P=quote)\s?(?:=|:(?!:))")
_ALL_HINTS = tuple(dict.fromkeys((*_EXACT_HINTS, *_GUESS_HINTS, _VALUE)))


class Candidate(NamedTuple):
    """A line that may hold a secret.

    `below` are the next lines, where the body of a private key stands; `above` is the line before, if it
    names what this one gives a value to. `may_hold_key` is what the function of that name says of it.
    """

    path: str
    text: str
    below: tuple[str, ...] = ()
    above: str = ""
    may_hold_key: bool = True


class Secret(NamedTuple):
    """A secret as it stands in its line; `is_exact` tells a known form from a guess.

    `value` is empty if the line only announces the secret, as the first line of a private key does.
    """

    kind: str
    value: str
    is_exact: bool


def may_hold_secret(text: str) -> bool:
    """Tell whether it is worth looking closer at a line, or at many."""
    return _may_hold_run(text) or holds_any(text, _GUESS_HINTS)


def rows_that_may_hold_secret(body: str) -> set[int]:
    """Return which lines of a hunk are worth a closer look, by their places in it, from 0.

    It is searched as a whole: to look at each line by itself takes several times as long.
    """
    lowered = body.lower()
    hinted = {place for hint in _ALL_HINTS for place in _lines_with(hint, lowered)}
    found = _rows_at(sorted(hinted), lowered)
    return found | _rows_at([run.start() for run in _RUN.finditer(body)], body)


def _lines_with(hint: str, lowered: str) -> Iterator[int]:
    """Yield one place of the hint in each line that holds it."""
    place = lowered.find(hint)
    while place >= 0:
        yield place
        end = lowered.find("\n", place)
        place = lowered.find(hint, end) if end >= 0 else -1


def _rows_at(places: Sequence[int], text: str) -> set[int]:
    """Return the lines in which these places are, which come in order."""
    rows: set[int] = set()
    row = before = 0
    for place in places:
        row += text.count("\n", before, place)
        before = place
        rows.add(row)
    return rows


def may_hold_key(text: str) -> bool:
    """Tell whether a line may hold a key of a known form, as it is or in base64."""
    if not _may_hold_run(text):
        return False
    return _may_hold_form(text) or any(_may_hold_form(inner) for _, inner in unwrapped(text))


def may_guess(path: str, text: str) -> bool:
    """Tell whether a line holds a word beside which a password may stand, where one is looked for."""
    if len(text) > LONGEST_GUESSED or is_test(path) or is_prose(path) or _EXAMPLES.search(path):
        return False
    return _may_hold_guess(text) or any(_may_hold_guess(inner) for _, inner in unwrapped(text))


def continues(above: str, text: str) -> bool:
    """Tell whether a line gives the value for a name on the line above.

    So lists of variables are written, and what a formatter breaks behind a sign.
    """
    begins = text.lstrip()
    if begins.startswith(("value:", '"value":')):
        return True
    is_text = begins.startswith(QUOTES) and not _NAMES.match(begins)
    return is_text and above.rstrip().endswith(_SIGNS) and may_assign(above)


def detect(line: Candidate) -> list[Secret]:
    """Return the secrets in a line, a known form before a guess at the same value.

    Guesses are only made outside of tests and prose. Marks that silence other scanners are not obeyed: a
    change has no say in its own review.
    """
    path, text = line.path, line.text
    found: dict[str, Secret] = {}
    if line.may_hold_key:
        for kind, value in _exact(line):
            if not any(value in known for known in found):
                found[value] = Secret(kind, value, is_exact=True)
    around = f"{line.above.strip()} {text.strip()}" if line.above else text
    if may_guess(path, around):
        for kind, value in _guessed(path, around):
            is_above = value not in text  # where it is found by itself
            if not is_above and not any(value in known or (known and known in value) for known in found):
                found[value] = Secret(kind, value, is_exact=False)
    return list(found.values())


def _may_hold_run(text: str) -> bool:
    return holds_any(text, _EXACT_HINTS) or _RUN.search(text) is not None


def _may_hold_form(text: str) -> bool:
    return holds_any(text, private_keys.HINTS) or any(issued_keys(text))


def _may_hold_guess(text: str) -> bool:
    return may_assign(text) or holds_any(text, connections.HINTS)


def _exact(line: Candidate) -> Iterator[tuple[str, str]]:
    yield from ((private_keys.KIND, rest) for rest in private_keys_in(line.text, line.below))
    yield from _forms(line.text)
    for run, inner in unwrapped(line.text):
        keys = ((private_keys.KIND, rest) for rest in private_keys_in(inner, below=()))
        yield from ((f"{kind} in base64", run) for kind, _ in (*keys, *_forms(inner)))


def _forms(text: str) -> Iterator[tuple[str, str]]:
    return ((kind, value) for kind, value in issued_keys(text) if not is_placeholder(value))


def _guessed(path: str, text: str) -> Iterator[tuple[str, str]]:
    yield from _near_words(path, text)
    for run, inner in unwrapped(text):
        yield from ((f"{kind} in base64", run) for kind, _ in _near_words(path, inner))


def _near_words(path: str, text: str) -> Iterator[tuple[str, str]]:
    yield from ((held.kind.value, held.written) for held in credentials_in(text) if is_credential(held))
    yield from (
        ("Secret Keyword", given.value) for given in assigned(path, text) if is_assigned_secret(given)
    )
