"""What a reader must know first: how the review ended, and who looked."""

from typing import Literal

from chargehand.core.review import Review
from chargehand.core.verdict import Status, Verdict
from chargehand.reports.notifications import has_models, is_complete, left_out

Conclusion = Literal["good", "neutral", "unclear", "bad"]

_WORDS = {
    Status.PASSED: "Passed",
    Status.BLOCKED: "Blocked",
    Status.OVER_BUDGET: "Over budget",
    Status.INCOMPLETE: "Incomplete",
    Status.ERROR: "Error",
}


def headline(review: Review, verdict: Verdict) -> str:
    """Return one line: the status in words, its first reason, and which files were left out."""
    return "; ".join(filter(None, (status_line(review, verdict), left_out(review))))


def exit_line(review: Review, verdict: Verdict) -> str:
    """Return the status in the word of the contract, the mode, and every reason."""
    mode = "" if verdict.status is Status.ERROR else f" ({review.mode})"
    return f"{verdict.status.value}{mode}: {'; '.join(verdict.reasons)}"


def status_line(review: Review, verdict: Verdict) -> str:
    """Return the status, who looked (the mode), and the first reason; nobody looked if there was an error."""
    if verdict.status is Status.ERROR:
        return "Error: nothing was reviewed"
    mode, reason = f" ({review.mode})", "".join(verdict.reasons[:1])
    if verdict.status is Status.PASSED and not is_complete(review):
        return f"{'Interrupted' if review.is_interrupted else 'Passed with gaps'}{mode}: {reason}"
    if verdict.status is Status.PASSED and review.mode == "offline":
        return f"Passed{mode}, but {reason}"
    return f"{_WORDS[verdict.status]}{mode}: {reason}"


def conclusion(review: Review, verdict: Verdict) -> Conclusion:
    """Return how the verdict may look: only what models looked at in full is `good`.

    It is `neutral` if there was nothing to review, and `unclear` if something was not reviewed.
    """
    if verdict.status is not Status.PASSED:
        return "bad"
    if not is_complete(review):
        return "unclear"
    if not review.diff.reviewable:
        return "neutral"
    return "good" if has_models(review) else "unclear"
