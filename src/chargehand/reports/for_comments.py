"""What the JSON report holds for those who post it: which lines the change has, and where they were before.

Who posts has no checkout. A line stands for a digest of its text, without white space: enough to tell whether
a line that was quoted in an earlier comment is still there.
"""

from collections.abc import Iterable
from typing import Literal

from chargehand.core.diff import FileDiff
from chargehand.core.finding import Finding, Suggestion
from chargehand.core.identity import line_digest
from chargehand.core.review import Review
from chargehand.reports.document import Json

Side = Literal["added", "kept", "removed"]
SIDES: dict[Side, str] = {"added": "+", "kept": " ", "removed": "-"}


def for_comments(review: Review) -> dict[str, Json]:
    """Return what is needed to post the findings beside their lines, and to know later what is gone."""
    rules = review.inline
    files = {file.path: file for file in review.diff.files}
    return {
        "severity": rules.severity.value,
        "confidence": rules.confidence.value,
        "most": rules.most,
        "name": rules.name,
        "lines": [_lines(file) for file in review.diff.reviewable if file.hunks],
        "places": [
            _place(each, files[each.path])
            for each in review.findings
            if each.start_line and each.path in files
        ],
    }


def _lines(file: FileDiff) -> dict[str, Json]:
    """Return the digests of a file's lines, each once, by what the change does with them."""
    digests: dict[str, dict[str, None]] = {kind: {} for kind in SIDES.values()}
    for line in file.lines():
        digests[line.kind][line_digest(line.text)] = None
    return {"path": file.path, **{side: "".join(digests[kind]) for side, kind in SIDES.items()}}


def _place(finding: Finding, file: FileDiff) -> dict[str, Json]:
    """Return the numbers that a finding's lines had before the change, None for those that it added."""
    suggestion = finding.suggestion
    numbers = {
        finding.start_line,
        finding.end_line,
        *((suggestion.start_line, suggestion.end_line) if suggestion else ()),
    }
    before = _numbers_before(file, {number for number in numbers if number})
    return {
        "fingerprint": finding.fingerprint,
        "old_path": file.old_path or file.path,
        "old_start_line": before.get(finding.start_line or 0),
        "old_end_line": before.get(finding.end_line or 0),
        "old_suggestion_start_line": before.get(suggestion.start_line) if suggestion else None,
        "old_suggestion_end_line": before.get(suggestion.end_line) if suggestion else None,
        "has_carriage_returns": suggestion is not None and _has_carriage_returns(file, suggestion),
    }


def _has_carriage_returns(file: FileDiff, suggestion: Suggestion) -> bool:
    """Tell whether a line that the code is to replace ends with CR LF, which the code does not."""
    lines = range(suggestion.start_line, suggestion.end_line + 1)
    return any(line.new_number in lines and line.text.endswith("\r") for line in file.lines())


def _numbers_before(file: FileDiff, wanted: Iterable[int]) -> dict[int, int]:
    wanted = set(wanted)
    return {
        line.new_number: line.old_number
        for line in file.lines()
        if line.new_number in wanted and line.new_number and line.old_number
    }
