"""What stands behind a heading that opens: findings that fail nothing, dismissed claims, notices."""

from collections.abc import Iterable, Iterator, Sequence

from chargehand.core.change import Change
from chargehand.core.counting import count
from chargehand.core.finding import Finding
from chargehand.core.review import Review
from chargehand.reports.apart import Apart, lists_apart
from chargehand.reports.html.findings import title
from chargehand.reports.html.header import chip
from chargehand.reports.html.place import where
from chargehand.reports.html.prose import inline
from chargehand.reports.html.room import counted
from chargehand.reports.notifications import Kind, of_kind
from chargehand.reports.page.markup import NOTHING, Html, block, tag, text


def others(review: Review, limit: int) -> Iterator[Html]:
    """Yield the lists of what was found and does not count, each in `limit` bytes."""
    for heading, entries in lists_apart(review):
        yield _list(heading, entries, review.change, limit)


def in_short(findings: Sequence[Finding], change: Change, limit: int) -> Html:
    """Return the findings for which there was no room, each on a line, in `limit` bytes."""
    if not findings:
        return NOTHING
    heading = (
        f"{count(len(findings), 'more finding')} in short, to keep this page small: the JSON report has all"
    )
    return _list(heading, [Apart(each, "", "") for each in findings], change, limit, is_open=True)


def notices(review: Review, limit: int) -> Html:
    """Return what else is to be known of the run, in `limit` bytes."""
    said = [each.sentence for each in of_kind(review, Kind.NOTICE)]
    if not said:
        return NOTHING
    return _folded(count(len(said), "notice"), counted(map(inline, said), len(said), limit))


def _list(
    heading: str, entries: Sequence[Apart], change: Change, limit: int, *, is_open: bool = False
) -> Html:
    items = (_entry(entry, change) for entry in entries)
    return _folded(heading, counted(items, len(entries), limit), is_open=is_open)


def _entry(entry: Apart, change: Change) -> Html:
    finding = entry.finding
    facts = (where(finding, change), tag("code", text(finding.rule)), text(entry.by))
    why = tag("p", inline(entry.reason)) if entry.reason else NOTHING
    return Html(
        f"{chip(finding.severity, finding.severity.value)} {tag('b', title(finding))} "
        f"{tag('small', Html(' · '.join(filter(None, facts))))}{why}"
    )


def _folded(heading: str, items: Iterable[Html], *, is_open: bool = False) -> Html:
    body = block("ul", *(tag("li", item) for item in items), class_="listed")
    summary = tag("summary", text(heading))
    return block("details", summary, body, open="") if is_open else block("details", summary, body)
