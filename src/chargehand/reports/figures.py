"""The figures at the top of a page for people, and the sentence over its coverage, in words for all pages."""

from collections.abc import Mapping
from typing import NamedTuple

from chargehand.core.context import Kind
from chargehand.core.counting import count
from chargehand.core.finding import Severity
from chargehand.core.review import Review
from chargehand.core.usage import Bill
from chargehand.reports.amounts import saving
from chargehand.reports.notifications import (
    existing_findings,
    late_findings,
    new_findings,
    suppressed_findings,
)

_BESIDE = {
    Kind.REQUEST: "title with its description",
    Kind.COMMIT: "commit message",
    Kind.GUIDANCE: "guidance file",
    Kind.DEFINITION: "definition",
    Kind.CALLER: "other user",
    Kind.TEST: "test name",
}


class Tally(NamedTuple):
    """How many new findings there are by severity, or a word for none, and how many others of which kind."""

    by_severity: Mapping[Severity, int]
    none: str
    others: tuple[str, ...]


class Overview(NamedTuple):
    """What is to be said of the coverage: the part that matters if something was not read, and the rest."""

    strong: str
    rest: str


def tally(review: Review) -> Tally:
    """Count the findings."""
    fresh = [each.severity for each in new_findings(review)]
    numbers = {
        "in the baseline already": len(existing_findings(review)),
        "late": len(late_findings(review)),
        "suppressed": len(suppressed_findings(review)),
        "dismissed": len(review.dismissed),
    }
    return Tally(
        by_severity={each: fresh.count(each) for each in Severity if each in fresh},
        none="none new" if existing_findings(review) or late_findings(review) else "none",
        others=tuple(f"{number:,} {word}" for word, number in numbers.items() if number),
    )


def overview(review: Review) -> Overview:
    """Return how much of the change was read."""
    files = count(len({file.path for file in review.diff.reviewable}), "file")
    if not review.diff.reviewable:
        return Overview("", "Nothing in this change is to be reviewed.")
    if review.mode == "offline":
        return Overview("No model read this change", f" ({files}): only the free checks ran.")
    if any(each.is_gap for each in review.coverage):
        return Overview("Not everything was reviewed.", "")
    return Overview("", f"Every lens read every file that it applies to: {files}.")


def beside(review: Review) -> str:
    """Return what models were shown beside the change, in a sentence or two; empty if none was asked."""
    found = review.beside
    if found is None or not review.coverage:
        return ""
    kinds = ", ".join(count(each.shown, _BESIDE[each.kind]) for each in found.counted if each.shown)
    left_out = sum(each.left_out for each in found.counted)
    more = f"; {left_out:,} more had no room" if left_out else ""
    shown = f"Models were shown {kinds or 'nothing'} beside the change{more}."
    return " ".join(filter(None, (shown if found.counted or not found.unlooked else "", found.unlooked)))


def than_one_pass(bill: Bill) -> str:
    """Return how much less or more the review cost than one plain pass of the strong model, if known."""
    saved = saving(bill, bill.counterfactuals.single_pass_usd)
    return f"{saved} than one strong pass" if saved else ""
