"""A claim is what a model or check says; a finding is a claim with a place in the diff and an identity."""

import hashlib
from collections.abc import Iterable
from enum import Enum
from typing import Literal

from chargehand.core.value import Value


class Severity(str, Enum):
    """How bad it is, worst first. Nothing below low exists."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 is worst."""
        return list(Severity).index(self)

    def is_at_least(self, other: "Severity") -> bool:
        """Tell whether this is as bad as `other`, or worse."""
        return self.rank <= other.rank


class Confidence(str, Enum):
    """How sure its author is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


Anchor = Literal["line", "file", "summary"]


class Claim(Value):
    """What a worker or a check asserts, before anyone looked whether the place exists.

    `quote` is the line it cites, word for word; `line` is where it believes that line to be on the new
    side, 0 if it does not say. `model` is the model id, or the name of the check. `conceal` holds
    texts that no report may show, such as a password in the quoted line. `is_reused`: an earlier run
    asked, about the same text.
    """

    rule: str
    lens: str
    severity: Severity
    confidence: Confidence
    title: str
    message: str
    path: str
    line: int
    end_line: int
    quote: str
    suggestion: str
    model: str
    conceal: tuple[str, ...] = ()
    is_reused: bool = False


class Finding(Value):
    """A claim whose place was found in the diff.

    `start_line` and `end_line` are new-side line numbers, from 1, both inside one hunk, and None if
    `anchor` is not `line`. `code` is the cited text, lines joined by LF. `note` says how the place
    differs from what was claimed, empty if it does not. `is_reused`: an earlier run found it.
    """

    fingerprint: str
    rule: str
    lens: str
    severity: Severity
    confidence: Confidence
    title: str
    message: str
    path: str
    start_line: int | None
    end_line: int | None
    anchor: Anchor
    code: str = ""
    note: str = ""
    suggestion: str = ""
    model: str
    state: Literal["new", "existing"] = "new"
    suppression: str | None = None
    is_reused: bool = False


class Dismissed(Value):
    """A finding that the judge put aside, with the reason."""

    finding: Finding
    reason: str


def fingerprint(rule: str, path: str, code: str, occurrence: int) -> str:
    """Return the identity of a finding: 32 hex digits.

    It holds no line number and no prose, so it survives rebases, shifted lines and rewording.
    White space in `code` does not count; `occurrence` (from 0) tells equal lines of a file apart.
    """
    parts = (rule, path, "".join(code.split()), str(occurrence))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def conceal(finding: Finding, secrets: Iterable[str]) -> Finding:
    """Return the finding without the secrets in anything that is shown; its identity stays."""
    known = tuple(secrets)
    shown = {name: mask(getattr(finding, name), known) for name in ("title", "message", "code", "suggestion")}
    return finding.evolve(**shown)


def mask(text: str, secrets: Iterable[str]) -> str:
    """Return `text` without the secrets.

    Of a long one the first four characters remain, so that its owner knows which one is meant.
    """
    held = (secret for secret in secrets if secret and secret in text)
    for secret in sorted(held, key=len, reverse=True):
        text = text.replace(secret, f"{secret[:4]}****" if len(secret) >= 16 else "****")
    return text


def by_place(finding: Finding) -> tuple[str, int, int, str, str]:
    """Sort key: path, line, severity, then what makes the order total."""
    return (finding.path, finding.start_line or 0, finding.severity.rank, finding.rule, finding.fingerprint)
