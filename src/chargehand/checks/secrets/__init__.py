"""Finds passwords, keys and tokens in added lines."""

from collections.abc import Iterator

from chargehand.checks.check import Check, claim
from chargehand.checks.paths import is_prose, is_sample, is_test
from chargehand.checks.secrets.detection import LINES_BELOW, Candidate, Secret, detect, may_hold_secret
from chargehand.core.diff import Diff, FileDiff, Line
from chargehand.core.finding import Claim, Confidence, Severity

LONGEST = 4000


def find_secrets(diff: Diff) -> Iterator[Claim]:
    """Yield a claim for each added line that holds a secret.

    No claim's title or message holds the secret; `conceal` does, so that reports can mask it in the line.
    """
    places = [place for file in diff.files for place in _candidates(file)]
    if places:
        secrets = detect(candidate for candidate, _ in places)
        for (candidate, line), held in zip(places, secrets, strict=True):
            if held:
                yield _claim(candidate.path, line, held)


def _candidates(file: FileDiff) -> Iterator[tuple[Candidate, Line]]:
    for hunk in file.hunks:
        if may_hold_secret(hunk.body):
            lines = [line for line in hunk.lines() if line.kind != "-"]
            for place, line in enumerate(lines):
                if line.kind == "+" and len(line.text) <= LONGEST and may_hold_secret(line.text):
                    below = lines[place + 1 : place + 1 + LINES_BELOW]
                    yield Candidate(file.path, line.text, tuple(each.text for each in below)), line


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
    if is_test(path) or is_prose(path) or is_sample(path):
        return Severity.MEDIUM, Confidence.LOW
    return Severity.HIGH, Confidence.HIGH


CHECK = Check("secrets", ("security/secret",), find_secrets)
