"""Which values only models call secrets: no check knows them, so they were sent; no report shows them."""

import re
from collections.abc import Callable, Iterator, Sequence

from chargehand.core.diff import Diff
from chargehand.core.finding import Finding, conceal
from chargehand.core.markers import Hidden, holds_marker, mask_of
from chargehand.core.masking import Row

# Shorter texts are parts of too many words.
_SHORTEST = 4
_QUOTED = re.compile(r"([\"'`])((?:\\.|(?!\1).)+)\1")
_ASSIGNED = re.compile(r"[=:]\s*([^\s\"'`,;(){}\[\]]+)")
_RUN = re.compile(r"\S{8,}")
# The name of a setting, such as the first argument of a look-up.
_NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")


def conceal_called(findings: Sequence[Finding], diff: Diff) -> tuple[Finding, ...]:
    """Return the findings, in all of which the values are masked that one of them calls secrets."""
    mask = mask_called(findings, diff)
    return tuple(findings) if mask is None else tuple(conceal(finding, mask) for finding in findings)


def mask_called(findings: Sequence[Finding], diff: Diff) -> Callable[[str], str] | None:
    """Return what hides the values that a finding calls secrets, None if none does."""
    hidden = [each for finding in findings if finding.calls_secret for each in _values(finding)]
    return mask_of(hidden, diff).text if hidden else None


def _values(finding: Finding) -> Iterator[Hidden]:
    """Yield the literals in the cited lines; a line without one may be a secret itself."""
    row = Row(finding.path, "new", finding.line or finding.old_line or 0)
    lines = finding.code.split("\n")
    found = [value for line in lines for value in _literals(line)] or _RUN.findall(finding.quote)
    for value in found:
        if len(value) >= _SHORTEST and not _NAME.fullmatch(value) and not holds_marker(value):
            yield Hidden(value, "secret", row)


def _literals(line: str) -> list[str]:
    quoted = [match[2] for match in _QUOTED.finditer(line)]
    return quoted or _ASSIGNED.findall(line)
