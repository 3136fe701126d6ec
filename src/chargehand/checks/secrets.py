"""Finds passwords, keys and tokens in added lines."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from chargehand.checks.claiming import claim_line
from chargehand.checks.detecting import Secret, detect, may_hold_secret
from chargehand.checks.kinds import is_prose, is_test
from chargehand.core.diff import Diff, FileDiff, Line
from chargehand.core.finding import Claim, Confidence, Severity

CLAIMS_A_FILE = 20
LONGEST = 4000


def find_secrets(diff: Diff) -> tuple[Claim, ...]:
    """Return a claim for each added line that holds a secret, at most 20 a file.

    No claim's title or message holds the secret; `conceal` does, so that reports can mask it in the line.
    """
    places = [(file.path, line) for file in diff.files for line in _candidates(file)]
    if not places:
        return ()
    secrets = detect((path, line.text) for path, line in places)
    found = [(path, line, held) for (path, line), held in zip(places, secrets, strict=True) if held]
    return tuple(_claims(found))


def _candidates(file: FileDiff) -> Iterator[Line]:
    for hunk in file.hunks:
        if may_hold_secret(hunk.body):
            for line in hunk.lines():
                if line.kind == "+" and len(line.text) <= LONGEST and may_hold_secret(line.text):
                    yield line


def _claims(found: Iterable[tuple[str, Line, list[Secret]]]) -> Iterator[Claim]:
    for path, group in groupby(found, key=lambda each: each[0]):
        places = list(group)
        left = len(places) - CLAIMS_A_FILE
        for count, (_, line, held) in enumerate(places[:CLAIMS_A_FILE], 1):
            is_last = count == CLAIMS_A_FILE and left > 0
            yield _claim(
                path, line, held, f" {left} more lines of this file hold one as well." if is_last else ""
            )


def _claim(path: str, line: Line, held: list[Secret], more: str) -> Claim:
    first = held[0]
    severity, confidence = _grade(path, first)
    return claim_line(
        "secrets",
        "security/secret",
        path,
        line,
        f"This looks like a secret ({first.kind}). Whoever can read the repository, now or later, has it: "
        f"removing the line does not remove it from the history. Revoke it.{more}",
        title=f"A secret is written in the change: {first.kind}",
        severity=severity,
        confidence=confidence,
        conceal=tuple(secret.value for secret in held if secret.value),
    )


def _grade(path: str, secret: Secret) -> tuple[Severity, Confidence]:
    if not secret.is_exact:
        return Severity.MEDIUM, Confidence.MEDIUM
    if is_test(path) or is_prose(path):
        return Severity.MEDIUM, Confidence.LOW
    return Severity.HIGH, Confidence.HIGH
