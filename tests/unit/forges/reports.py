"""Finished reports, written by the report's own code."""

from typing import Any

from chargehand.core.coverage import Coverage
from chargehand.core.diff import Diff, FileDiff, Hunk
from chargehand.core.finding import Confidence, Finding, Severity, Suggestion
from chargehand.core.review import Review
from chargehand.forges.report import Report, report_of
from chargehand.reports import json
from tests.unit.reports.samples import HAIKU, finding, judged, looked, review

LENS = "security"
FILE = FileDiff(
    path="src/app.py",
    old_path="src/old.py",
    status="renamed",
    added=2,
    removed=1,
    hunks=(
        Hunk(
            old_start=10,
            old_count=4,
            new_start=20,
            new_count=5,
            section="",
            body=" kept = 1\n-removed = 2\n+added = 3\n+more = 4\n kept_too = 5\n last = 6",
        ),
    ),
)


def at(quote: str, start: int, end: int | None = None, **more: Any) -> Finding:  # Any: fields of a Finding
    """Return a finding on lines of the file."""
    fields = {
        "rule": f"{LENS}/injection",
        "lens": LENS,
        "severity": Severity.HIGH,
        "confidence": Confidence.HIGH,
        "title": f"About {quote.partition(' ')[0]}",
        "message": "It fails.",
        "path": "src/app.py",
        "start_line": start,
        "end_line": end or start,
        "line": start,
        "quote": quote,
        "code": quote,
        "suggestion": None,
        "model": HAIKU,
    }
    return finding(**(fields | more))


def suggested(code: str, start: int, end: int) -> Suggestion:
    return Suggestion(start_line=start, end_line=end, code=code)


def reviewed(*findings: Finding, file: FileDiff = FILE, **more: Any) -> Review:  # Any: fields of a Review
    """Return a review of the one file that has these findings."""
    coverage: tuple[Coverage, ...] = (looked(file.path, LENS),)
    return review(**({"diff": Diff(files=(file,)), "findings": findings, "coverage": coverage} | more))


def report(
    *findings: Finding, fail_on: Severity | None = Severity.HIGH, **more: Any
) -> Report:  # Any: as above
    """Return the report of such a review, as `publish` reads it."""
    written = json.render(*judged(reviewed(*findings, **more), fail_on=fail_on))
    return report_of(written.encode(), "report.json")
