"""What a reader must know first: how the review ended, and who looked."""

from typing import Literal

from chargehand.reports.unseen import is_complete
from chargehand.review import Mode, Review
from chargehand.verdict import Status, Verdict

Tone = Literal["good", "unclear", "bad"]

MODE_LABELS: dict[Mode, str] = {
    "live": "",
    "replayed": "Replayed: the answers are recordings of models, and nothing was spent in this run.",
    "scripted": "Scripted: the answers were written by hand, no model looked, and nothing was spent.",
    "offline": "Offline: no model looked. Only the free checks ran.",
}

_WORDS = {
    Status.PASSED: "Passed",
    Status.BLOCKED: "Blocked",
    Status.OVER_BUDGET: "Over budget",
    Status.INCOMPLETE: "Incomplete",
}


def headline(review: Review, verdict: Verdict) -> str:
    """Return one line: the status in words and its first reason."""
    return ": ".join(filter(None, (_words(review, verdict), *verdict.reasons[:1])))


def tone(review: Review, verdict: Verdict) -> Tone:
    """Return how the verdict may look: only what models looked at in full is `good`."""
    if verdict.status is not Status.PASSED:
        return "bad"
    is_looked_at = has_models(review) and is_complete(review) and review.diff.reviewable
    return "good" if is_looked_at else "unclear"


def has_models(review: Review) -> bool:
    """Tell whether models looked, now or when their answers were recorded."""
    return review.mode in ("live", "replayed")


def _words(review: Review, verdict: Verdict) -> str:
    if verdict.status is Status.PASSED and not is_complete(review):
        return "Passed with gaps"
    return _WORDS[verdict.status]
