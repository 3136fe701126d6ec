"""What was found and does not count: in which lists it stands, under which heading, and why."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chargehand.core.counting import count
from chargehand.core.finding import Finding
from chargehand.core.review import Review
from chargehand.reports.notifications import existing_findings, late_findings, suppressed_findings
from chargehand.reports.places import for_people


class Apart(NamedTuple):
    """A finding, by whose word it stands apart if that is to be said, and why it does."""

    finding: Finding
    by: str
    reason: str


class ApartList(NamedTuple):
    """Findings that stand apart for one reason, the worst first."""

    heading: str
    entries: tuple[Apart, ...]


def lists_apart(review: Review) -> Iterator[ApartList]:
    """Yield each list that has an entry."""
    existing, late = existing_findings(review), late_findings(review)
    accepted, dismissed = suppressed_findings(review), review.dismissed
    of_baseline = (
        f"{count(len(existing), 'finding')} already in the baseline: only new ones can fail the build"
    )
    yield from _list(of_baseline, [Apart(each, "", each.message) for each in existing])
    of_last_review = f"{count(len(late), 'late finding')}, on lines that the last review read already"
    yield from _list(of_last_review, [Apart(each, "", each.message) for each in late])
    suppressed = [Apart(each, f"in the {each.suppressed_in}", each.suppression or "") for each in accepted]
    yield from _list(f"{count(len(accepted), 'finding')} suppressed, with the reason", suppressed)
    put_aside = [Apart(each.finding, "", each.reason) for each in dismissed]
    yield from _list(f"{count(len(dismissed), 'claim')} dismissed by the judge", put_aside)


def _list(heading: str, entries: Sequence[Apart]) -> Iterator[ApartList]:
    if entries:
        yield ApartList(heading, tuple(sorted(entries, key=lambda each: for_people(each.finding))))
