"""The Markdown report: the page that a developer reads first, in a job summary, a comment or an artifact."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from chargehand import __version__
from chargehand.core.change import Change
from chargehand.core.counting import count
from chargehand.core.finding import Finding, Severity
from chargehand.core.review import Review
from chargehand.core.verdict import Status, Verdict
from chargehand.reports.amounts import FROM_EARLIER, total
from chargehand.reports.apart import Apart, lists_apart
from chargehand.reports.code import cited, removed, suggested, suggestion_heading
from chargehand.reports.figures import tally, than_one_pass
from chargehand.reports.headline import Conclusion, conclusion, headline
from chargehand.reports.languages import language_of
from chargehand.reports.markdown.blocks import at_most, counted, folded
from chargehand.reports.markdown.cost import cost_section
from chargehand.reports.markdown.coverage import coverage_section
from chargehand.reports.markdown.markup import code_span, fence, inline, linked, prose
from chargehand.reports.merging import TakenIn, graded_anew, taken_in
from chargehand.reports.notifications import Kind, looked_at, new_findings, of_kind
from chargehand.reports.places import for_people, is_inside, place_of, remark

SYMBOLS: dict[Conclusion, str] = {"good": "✅", "neutral": "⚪", "unclear": "⚠️", "bad": "⛔"}
MARKS = {Severity.CRITICAL: "🔴", Severity.HIGH: "🟠", Severity.MEDIUM: "🟡", Severity.LOW: "🔵"}

# GitHub shows nothing at all of a step summary over 1 MiB.
LIMIT_BYTES = 900_000
APART_SHOWN, LINES_SHOWN = 50, 20


class _Rank(IntEnum):
    """Which blocks stay if the page is too long, most needed first."""

    TITLE = 0
    COST = 1
    COVERAGE = 2
    INTRODUCTION = 3
    FINDING = 4
    MORE = 5


class _Block(NamedTuple):
    rank: _Rank
    text: str


def render(review: Review, verdict: Verdict, *, limit: int = LIMIT_BYTES) -> str:
    """Return the report in at most `limit` bytes of UTF-8, cut between blocks.

    If the limit is reached, the least severe findings give way; the verdict, the bill and the coverage stay.
    """
    if verdict.status is Status.ERROR:
        return "\n\n".join((_title(review, verdict), *map(inline, verdict.reasons), _foot(review))) + "\n"
    blocks = [
        _Block(_Rank.TITLE, _title(review, verdict)),
        *_ranked(_Rank.INTRODUCTION, _introduction(review, verdict)),
        *_ranked(_Rank.FINDING, _findings(new_findings(review), review.change)),
        *_ranked(_Rank.MORE, _apart(review)),
        *_ranked(_Rank.COVERAGE, coverage_section(review)),
        *_ranked(_Rank.MORE, _notices(review)),
        *_ranked(_Rank.COST, cost_section(review)),
        _Block(_Rank.TITLE, _foot(review)),
    ]
    return "\n\n".join(_within(blocks, limit)) + "\n"


def _ranked(rank: _Rank, texts: Iterator[str]) -> Iterator[_Block]:
    return (_Block(rank, text) for text in texts)


def _within(blocks: Sequence[_Block], limit: int) -> list[str]:
    """Return the texts that fit, in their order; a note stands in for the first that does not."""
    room = limit - len(_left_out(len(blocks), limit).encode()) - 2
    kept: set[int] = set()
    for index, block in sorted(enumerate(blocks), key=lambda each: each[1].rank):
        size = len(block.text.encode()) + 2
        if size <= room:
            kept.add(index)
            room -= size
    lost = [index for index in range(len(blocks)) if index not in kept]
    findings = sum(blocks[index].rank is _Rank.FINDING for index in lost)
    notes = {index: _left_out(findings, limit) for index in lost[:1]}
    return [
        notes.get(index, block.text) for index, block in enumerate(blocks) if index in kept or index in notes
    ]


def _left_out(findings: int, limit: int) -> str:
    what = f"{count(findings, 'finding')} and perhaps other parts" if findings else "Some parts"
    return (
        f"> **{what} are left out here**, to keep this page under {limit:,} bytes. The JSON report has all."
    )


def _foot(review: Review) -> str:
    rules = " ".join(inline(each.sentence) for each in of_kind(review, Kind.RULES, Kind.BASELINE))
    return f"<sub>{' · '.join(filter(None, (f'chargehand {__version__}', rules)))}</sub>"


def _title(review: Review, verdict: Verdict) -> str:
    return f"## {SYMBOLS[conclusion(review, verdict)]} chargehand · {inline(headline(review, verdict))}"


def _introduction(review: Review, verdict: Verdict) -> Iterator[str]:
    for each in of_kind(review, Kind.MODE):
        word, colon, rest = each.sentence.partition(":")
        yield f"> **{word}{colon}**{rest}"
    if others := [f"- {inline(reason)}" for reason in verdict.reasons[1:]]:
        yield "\n".join(at_most(LINES_SHOWN, others))
    yield _overview(review)
    if summary := prose(review.summary):
        yield summary


def _overview(review: Review) -> str:
    compared = than_one_pass(review.bill)
    cost = f"**{total(review.bill)}**" + (f" · {compared}" if compared else "")
    return (
        f"| Findings | Coverage | Cost |\n|---|---|---|\n| {_tally(review)} | {looked_at(review)} | {cost} |"
    )


def _tally(review: Review) -> str:
    found = tally(review)
    counted = [
        f"{MARKS[each]}&nbsp;{number:,}&nbsp;{each.value}" for each, number in found.by_severity.items()
    ]
    return " · ".join((*(counted or [found.none]), *found.others))


def _findings(findings: Sequence[Finding], change: Change) -> Iterator[str]:
    for severity in Severity:
        group = sorted((each for each in findings if each.severity is severity), key=for_people)
        heading = f"### {MARKS[severity]} {severity.value.capitalize()} ({len(group):,})\n\n"
        for number, finding in enumerate(group):
            yield ("" if number else heading) + _finding(finding, change)


def _finding(finding: Finding, change: Change) -> str:
    facts = (
        _where(finding, change),
        code_span(finding.rule),
        f"confidence {finding.confidence.value}",
        f"found by {code_span(finding.model)}",
        f"judged by {code_span(finding.judged_by)}" if finding.judged_by else "",
        FROM_EARLIER if finding.is_reused else "",
    )
    language = language_of(finding.path)
    blocks = (
        f"#### {inline(finding.title) or code_span(finding.rule)}",
        " · ".join(filter(None, facts)),
        _cited(finding, language),
        prose(finding.message),
        "\n".join(_taken_in(each, change) for each in taken_in(finding)),
        inline(graded_anew(finding)),
        _suggested(finding, language),
        f"> {inline(remark(finding))}" if remark(finding) else "",
    )
    return "\n\n".join(filter(None, blocks))


def _taken_in(taken: TakenIn, change: Change) -> str:
    spot = taken.claim.spot
    place = f" {_linked(taken.place, change, spot.path, spot.line, spot.line)}" if taken.place else ""
    title = f"{taken.claim.title.rstrip('. ')}. {taken.claim.message}"
    return f"- {taken.words}{place} ({code_span(taken.claim.rule)}): {inline(title)}"


def _cited(finding: Finding, language: str) -> str:
    if removed(finding):
        return fence(removed(finding), "diff")
    return fence(cited(finding), language) if cited(finding) else ""


def _suggested(finding: Finding, language: str) -> str:
    code = suggested(finding)
    return f"**{suggestion_heading(finding)}**\n\n{fence(code, language)}" if code else ""


def _where(finding: Finding, change: Change) -> str:
    place = place_of(finding)
    if place is None:
        return "no place in the diff"
    lines = f":{place.start_line}" + (f"-{place.end_line}" if place.end_line > place.start_line else "")
    if place.is_whole_file:
        return _linked(place.path, change, place.path, None, None)
    return _linked(place.path + lines, change, place.path, place.start_line, place.end_line)


def _linked(shown: str, change: Change, path: str, start_line: int | None, end_line: int | None) -> str:
    """Return a place as code, which leads to the reviewed commit's lines if their page is known."""
    if change.pages is None or change.head is None or not is_inside(path):
        return code_span(shown)
    return linked(shown, change.pages.of(change.head, path, start_line, end_line))


def _apart(review: Review) -> Iterator[str]:
    """Yield a folded list for each reason for which findings do not count."""
    for heading, entries in lists_apart(review):
        lines = [_entry(each, review.change) for each in entries[:APART_SHOWN]]
        yield folded(heading, counted(lines, len(entries)))


def _entry(entry: Apart, change: Change) -> str:
    finding = entry.finding
    by = f"; {inline(entry.by)}" if entry.by else ""
    facts = f"{finding.severity.value}, {code_span(finding.rule)}, {_where(finding, change)}{by}"
    reason = f": {inline(entry.reason)}" if entry.reason else ""
    return f"- **{inline(finding.title) or code_span(finding.rule)}** ({facts}){reason}"


def _notices(review: Review) -> Iterator[str]:
    if lines := [f"- {inline(each.sentence)}" for each in of_kind(review, Kind.NOTICE)]:
        yield folded(count(len(lines), "notice"), at_most(LINES_SHOWN, lines))
