"""Finds passwords, keys and tokens in added lines."""

from collections.abc import Iterator

from chargehand.checks.check import Check, claim
from chargehand.checks.paths import is_prose, is_test
from chargehand.checks.secrets.detection import Secret, detect, may_hold_secret
from chargehand.core.diff import Diff, FileDiff, Line
from chargehand.core.finding import Claim, Confidence, Severity

LONGEST = 4000


def find_secrets(diff: Diff) -> Iterator[Claim]:
    """Yield a claim for each added line that holds a secret.

    No claim's title or message holds the secret; `conceal` does, so that reports can mask it in the line.
    """
    places = [(file.path, line) for file in diff.files for line in _candidates(file)]
    if places:
        secrets = detect((path, line.text) for path, line in places)
        for (path, line), held in zip(places, secrets, strict=True):
            if held:
                yield _claim(path, line, held)


def _candidates(file: FileDiff) -> Iterator[Line]:
    for hunk in file.hunks:
        if may_hold_secret(hunk.body):
            for line in hunk.lines():
                if line.kind == "+" and len(line.text) <= LONGEST and may_hold_secret(line.text):
                    yield line


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
        conceal=tuple(secret.value for secret in held if secret.value),
    )


def _grade(path: str, secret: Secret) -> tuple[Severity, Confidence]:
    if not secret.is_exact:
        return Severity.MEDIUM, Confidence.MEDIUM
    if is_test(path) or is_prose(path):
        return Severity.MEDIUM, Confidence.LOW
    return Severity.HIGH, Confidence.HIGH


CHECK = Check("secrets", ("security/secret",), find_secrets)
