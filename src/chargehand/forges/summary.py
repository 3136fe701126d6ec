"""The one comment that stands for the whole review: what it says, and what it remembers for the next run."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from chargehand.core.counting import count
from chargehand.core.finding import Severity
from chargehand.core.money import usd
from chargehand.core.waiver import Waiver
from chargehand.forges.comment import LARGEST_BODY, MOST_REMEMBERED, Conclusion, Ending, Marker
from chargehand.forges.report import Report, StoredFinding
from chargehand.forges.words import Reviewed, as_said, heading, named, waive_hint, where
from chargehand.reports.amounts import difference
from chargehand.reports.markdown import MARKS
from chargehand.reports.markdown.blocks import at_most, folded
from chargehand.reports.markdown.markup import code_span, inline, prose

SYMBOLS: dict[Ending, str] = {
    "passed": "✅", "unasked": "⚪", "blocked": "⛔", "incomplete": "⚠️", "over_budget": "⛔", "error": "⛔",
}  # fmt: skip
_ROOM_FOR_NOTE, _SHARE_OF_FINDINGS = 200, 0.6
_SHOWN, _LINES, _MOST_LINES = 30, 20, 100
_APART = {"existing": "already in the baseline", "late": "late, on lines that the last review read already"}


class Page(NamedTuple):
    """What the summary has to tell beside the report.

    `beside` are the open findings that have a comment of their own, `here` those that have none. `gone` and
    `unseen` count earlier comments: looked for in vain, and not found again although their line is as it
    was, or nobody looked. `deleted` counts findings whose comment somebody deleted. `known` and `told` are
    what the marker remembers, the newest first.
    """

    report: Report
    reviewed: Reviewed
    conclusion: Conclusion
    beside: Sequence[StoredFinding]
    here: Sequence[StoredFinding]
    waivers: Mapping[str, Waiver]
    refused: Sequence[str]
    gone: int
    unseen: int
    deleted: int
    known: Sequence[str]
    told: Sequence[str]


def summary_body(page: Page) -> str:
    """Return the body, with its marker, at most as long as a forge takes; what has no room is counted."""
    marker = Marker(
        kind="summary",
        review=page.conclusion.review,
        known=tuple(page.known)[:MOST_REMEMBERED],
        told=tuple(page.told)[:MOST_REMEMBERED],
    )
    symbol, title = SYMBOLS[page.conclusion.status], inline(page.conclusion.title)
    start = f"{marker.written()}\n## {symbol} {named('chargehand', page.conclusion.review)} · {title}"
    end = _foot(page.report)
    blocks = _within(page, LARGEST_BODY - len(start) - len(end) - _ROOM_FOR_NOTE)
    return "\n\n".join((start, *blocks, end)) + "\n"


def _within(page: Page, room: int) -> list[str]:
    """Return the parts that fit; findings leave some room to what was accepted and by whom."""
    kept: list[str] = []
    lost = 0
    for blocks, part in ((_before(page), 1.0), (_findings(page), _SHARE_OF_FINDINGS), (_after(page), 1.0)):
        left = int(room * part)
        for block in blocks:
            size = len(block) + 2
            if size > left:
                lost += 1
                continue
            left, room = left - size, room - size
            kept.append(block)
    note = f"> **{count(lost, 'part')} left out here**, for want of room. The JSON report has all."
    return [*kept, note] if lost else kept


def _before(page: Page) -> Iterator[str]:
    report = page.report
    row = f"| {_tally(page)} | {_coverage(report)} | {_cost(report)} |"
    yield f"| Findings | Coverage | Cost |\n|---|---|---|\n{row}"
    if summary := prose(report.summary):
        yield summary
    if page.beside:
        yield f"{count(len(page.beside), 'finding')} beside the code."
    if page.deleted:
        yield f"{count(page.deleted, 'comment')} deleted by somebody: not posted again, but told of here."
    if page.gone:
        yield f"{count(page.gone, 'earlier comment')} folded: the line changed, and its file was read again."
    if page.unseen:
        yield (
            f"{count(page.unseen, 'earlier comment')} left alone: not found again, but the line is as it "
            "was, or this run did not read it."
        )
    if reasons := [f"- {inline(each)}" for each in (*report.gaps, *page.refused)]:
        yield "\n".join(at_most(_LINES, reasons))


def _findings(page: Page) -> Iterator[str]:
    """Yield what has no comment of its own, the worst in full."""
    if page.here:
        yield f"### {count(len(page.here), 'finding')} without a comment beside the code"
    for each in page.here[:_SHOWN]:
        place = where(each, page.reviewed)
        said = [heading(each, place), as_said(each, page.reviewed, with_code=True)]
        if each.fingerprint in page.report.verdict.blocking:
            said.append(waive_hint(each))
        yield "\n\n".join(filter(None, said))
    if rest := page.here[_SHOWN:]:
        lines = [_line(each, _hint(each, page.report), page.reviewed) for each in rest]
        yield folded(count(len(rest), "more finding"), at_most(_MOST_LINES, lines))


def _after(page: Page) -> Iterator[str]:
    report = page.report
    waived = [
        (each, page.waivers[each.fingerprint].shown)
        for each in report.findings
        if each.fingerprint in page.waivers
    ]
    suppressed = [(each, each.suppression) for each in report.findings if each.suppression is not None]
    if accepted := [_line(each, reason or "", page.reviewed) for each, reason in (*waived, *suppressed)]:
        yield folded(
            f"{count(len(accepted), 'finding')} accepted, with the reason", at_most(_LINES, accepted)
        )
    for state, words in _APART.items():
        open_ones = (each for each in report.findings if each.fingerprint not in page.waivers)
        found = [each for each in open_ones if each.state == state and each.suppression is None]
        if lines := [_line(each, _hint(each, report), page.reviewed) for each in found]:
            yield folded(f"{count(len(lines), 'finding')} {words}", at_most(_LINES, lines))
    if notices := [f"- {inline(each)}" for each in report.notices]:
        yield folded(count(len(notices), "notice"), at_most(_LINES, notices))


def _foot(report: Report) -> str:
    head = code_span((report.change.head or "")[:12])
    return f"<sub>{inline(f'chargehand {report.tool.version}')} · reviewed {head}</sub>"


def _hint(finding: StoredFinding, report: Report) -> str:
    """Return the fingerprint of a finding that blocks, by which somebody may let it through."""
    return (
        f"it blocks, fingerprint {finding.fingerprint}"
        if finding.fingerprint in report.verdict.blocking
        else ""
    )


def _line(finding: StoredFinding, reason: str, reviewed: Reviewed) -> str:
    title = inline(finding.title) or code_span(finding.rule)
    facts = f"{finding.severity.value}, {code_span(finding.rule)}, {where(finding, reviewed)}"
    return f"- **{title}** ({facts})" + (f": {inline(reason)}" if reason else "")


def _tally(page: Page) -> str:
    numbers = Counter(each.severity for each in (*page.beside, *page.here))
    counted = [
        f"{MARKS[each]}&nbsp;{numbers[each]:,}&nbsp;{each.value}" for each in Severity if numbers[each]
    ]
    return " · ".join(counted or ["none"])


def _coverage(report: Report) -> str:
    done, asked = sum(each.outcome == "reviewed" for each in report.coverage), len(report.coverage)
    if not report.has_model:
        return "no model looked"
    if done == asked:
        files = len({each.path for each in report.coverage})
        return f"{count(files, 'file')} read under every lens that applies" if files else "nothing to review"
    return f"{done:,} of {count(asked, 'reading')} done (one file under one lens each)"


def _cost(report: Report) -> str:
    total, single = _amount(report.bill.total_usd), _amount(report.bill.counterfactuals.single_pass_usd)
    if total is None:
        return "not known"
    less = f" · {difference(total, single)} than one strong pass" if single else ""
    return f"**{usd(total)}**{less}"


def _amount(text: str | None) -> Decimal | None:
    try:
        amount = Decimal(text or "")
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
