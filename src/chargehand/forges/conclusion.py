"""What the check beside the commit says: the verdict of the report, without what people waived since."""

from collections.abc import Collection

from chargehand.core.counting import count
from chargehand.core.escaping import one_line
from chargehand.forges.comment import Conclusion, Ending
from chargehand.forges.report import Report

WORDS: dict[Ending, str] = {
    "passed": "Passed",
    "blocked": "Blocked",
    "incomplete": "Incomplete",
    "over_budget": "Over budget",
    "error": "Error",
}
_LONGEST = 400


def conclude(report: Report, waived: Collection[str]) -> Conclusion:
    """Return the conclusion; `waived` are the first fingerprints of what people let through in this request.

    It never passes unless a model looked: the free checks alone are no review.
    """
    verdict = report.verdict
    left = [each for each in verdict.blocking if each not in waived]
    failing = [each for each in verdict.failing if each != "blocked" or left]
    status: Ending = "error" if verdict.status == "error" else failing[0] if failing else "passed"
    reasons = _reasons(report, left, len(verdict.blocking) - len(left))
    if status == "passed" and not report.has_model:
        status, reasons = "incomplete", ["no model looked, only the free checks"]
    title = f"{WORDS[status]} ({report.mode}): {'; '.join(reasons)}"
    return Conclusion(status=status, title=one_line(title)[:_LONGEST])


def _reasons(report: Report, left: Collection[str], waived: int) -> list[str]:
    """Return the reasons of the verdict; if something is waived, the first, that it blocked, is said anew."""
    verdict = report.verdict
    if not waived:
        return list(verdict.reasons)
    others = verdict.reasons[1:]
    blocking = [f"{count(len(left), 'finding')} left that block"] if left else []
    return [*blocking, *others, f"{count(waived, 'finding')} waived"]
