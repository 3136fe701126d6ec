"""What stands behind a heading that opens: findings that fail nothing, dismissed claims, notices."""

from collections.abc import Iterable, Iterator, Sequence

from chargehand.core.change import Change
from chargehand.core.counting import count
from chargehand.core.finding import Finding
from chargehand.core.review import Review
from chargehand.reports.html.findings import title
from chargehand.reports.html.header import chip
from chargehand.reports.html.place import where
from chargehand.reports.html.prose import inline
from chargehand.reports.notifications import (
    Kind,
    existing_findings,
    late_findings,
    of_kind,
    suppressed_findings,
)
from chargehand.reports.page.markup import NOTHING, Html, block, tag, text
from chargehand.reports.places import for_people

MOST = 1_000

# A finding, by whose word it stands here, and why.
_Entry = tuple[Finding, str, str]


def others(review: Review) -> Iterator[Html]:
    """Yield the lists of what was found and does not count, each with its reasons."""
    existing, late = existing_findings(review), late_findings(review)
    accepted = suppressed_findings(review)
    heading = f"{count(len(existing), 'finding')} already in the baseline: only new ones can fail the build"
    yield _list(heading, [(each, "", each.message) for each in existing], review.change)
    heading = f"{count(len(late), 'late finding')}, on lines that the last review read already"
    yield _list(heading, [(each, "", each.message) for each in late], review.change)
    heading = f"{count(len(accepted), 'finding')} suppressed, with the reason"
    said = [(each, f"in the {each.suppressed_in}", each.suppression or "") for each in accepted]
    yield _list(heading, said, review.change)
    heading = f"{count(len(review.dismissed), 'claim')} dismissed by the judge"
    yield _list(heading, [(each.finding, "", each.reason) for each in review.dismissed], review.change)


def in_short(findings: Sequence[Finding], change: Change) -> Html:
    """Return the findings for which there was no room, each on a line."""
    heading = (
        f"{count(len(findings), 'more finding')} in short, to keep this page small: the JSON report has all"
    )
    return _list(heading, [(each, "", "") for each in findings], change, is_open=True)


def notices(review: Review) -> Html:
    """Return what else is to be known of the run."""
    said = [inline(each.sentence) for each in of_kind(review, Kind.NOTICE)]
    return _folded(count(len(said), "notice"), said, is_open=False)


def _list(heading: str, entries: Iterable[_Entry], change: Change, *, is_open: bool = False) -> Html:
    in_order = sorted(entries, key=lambda entry: for_people(entry[0]))
    return _folded(
        heading, [_entry(entry, change) for entry in in_order[:MOST]], is_open=is_open, of=len(in_order)
    )


def _entry(entry: _Entry, change: Change) -> Html:
    finding, beside, reason = entry
    facts = (where(finding, change), tag("code", text(finding.rule)), text(beside))
    why = tag("p", inline(reason)) if reason else NOTHING
    return Html(
        f"{chip(finding.severity, finding.severity.value)} {tag('b', title(finding))} "
        f"{tag('small', Html(' · '.join(filter(None, facts))))}{why}"
    )


def _folded(heading: str, items: Sequence[Html], *, is_open: bool, of: int = 0) -> Html:
    if not items:
        return NOTHING
    more = max(of, len(items)) - MOST
    rest = [tag("li", text(f"… and {more:,} more, which the JSON report has"))] if more > 0 else []
    body = block("ul", *(tag("li", item) for item in items[:MOST]), *rest, class_="listed")
    summary = tag("summary", text(heading))
    return block("details", summary, body, open="") if is_open else block("details", summary, body)
