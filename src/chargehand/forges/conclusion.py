"""What the check beside the commit says: the verdict of the report, without what people waived since."""

from collections.abc import Collection

from chargehand.core.counting import count
from chargehand.core.escaping import one_line
from chargehand.forges.comment import Conclusion, Ending
from chargehand.forges.report import Report

WORDS: dict[Ending, str] = {
    "passed": "Passed",
    "unasked": "Passed without a review",
    "blocked": "Blocked",
    "incomplete": "Incomplete",
    "over_budget": "Over budget",
    "error": "Error",
}
_LONGEST = 400


def conclude(report: Report, waived: Collection[str]) -> Conclusion:
    """Return the conclusion; `waived` are the first fingerprints of what people let through in this request.

    It never passes unless a model looked: the free checks alone are no review. If the configuration of the
    target branch wanted none, it says so and does not look passed. Nor does it pass by a waiver
    that only the report knows, because somebody took it back, or because the report is forged.
    """
    status, reasons = _without(report, waived)
    if status == "passed" and report.unasked and not report.unasked.pending:
        status = "unasked"
    if status == "passed" and not report.has_model:
        status, reasons = "incomplete", ["no model looked, only the free checks"]
    if status in ("passed", "unasked") and (lost := _lost(report, waived)):
        status, reasons = "incomplete", [f"{count(lost, 'waiver')} taken back since, so review again"]
    title = f"{WORDS[status]} ({report.mode}): {'; '.join(reasons)}"
    return Conclusion(review=report.comments.name, status=status, title=one_line(title)[:_LONGEST])


def _without(report: Report, waived: Collection[str]) -> tuple[Ending, list[str]]:
    """Return the verdict and its reasons without what is waived; the first, that it blocked, is said anew."""
    verdict = report.verdict
    left = [each for each in verdict.blocking if each not in waived]
    gone = len(verdict.blocking) - len(left)
    if not gone or verdict.status == "error":
        return verdict.status, list(verdict.reasons)
    failing = [each for each in verdict.failing if each != "blocked" or left]
    blocking = [f"{count(len(left), 'blocking finding')} left"] if left else []
    reasons = [*blocking, *verdict.reasons[1:], f"{count(gone, 'finding')} waived"]
    return (failing[0] if failing else "passed"), reasons


def _lost(report: Report, waived: Collection[str]) -> int:
    """Return how many findings the report has as waived in the request, and the request has not."""
    heard = (each for each in report.findings if each.suppressed_in == "request")
    return sum(each.fingerprint not in waived for each in heard)
