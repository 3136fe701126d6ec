"""Which values only models call secrets: no check knows them, so they were sent; no report shows them."""

import re
from collections.abc import Iterator, Sequence

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
    hidden = [each for finding in findings if finding.calls_secret for each in _values(finding)]
    if not hidden:
        return tuple(findings)
    mask = mask_of(hidden, diff)
    return tuple(conceal(finding, mask.text) for finding in findings)


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
