"""The end of a run as people read it in a shell or a CI log: lines of a given width, the verdict last."""

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from chargehand.core.counting import count
from chargehand.core.escaping import for_log, one_line, printable
from chargehand.core.finding import Finding, Severity
from chargehand.core.money import usd
from chargehand.core.review import Review
from chargehand.core.usage import Bill, Call
from chargehand.core.verdict import Verdict
from chargehand.reports.amounts import (
    FROM_EARLIER,
    assumed,
    expected,
    is_compared,
    saving,
    share,
    so_far,
    target,
    total,
    unmade,
)
from chargehand.reports.code import cited, suggested, suggestion_heading
from chargehand.reports.headline import Conclusion, conclusion, status_line
from chargehand.reports.merging import sentences
from chargehand.reports.notifications import (
    Kind,
    Notification,
    existing_findings,
    late_findings,
    looked_at,
    new_findings,
    of_kind,
    suppressed_findings,
)
from chargehand.reports.places import for_people, place_of, remark

WIDTH, NARROWEST = 80, 40
INDENT = " " * 6
CODE_LINES, PATHS_SHOWN, GAPS_SHOWN, TEXT_LENGTH = 5, 3, 10, 2000

# Notices are printed while the review runs, the mode beside the verdict.
ORDER = (
    Kind.UNREADABLE,
    Kind.NOT_REVIEWED,
    Kind.GAP,
    Kind.MODE,
    Kind.SKIPPED,
    Kind.RULES,
    Kind.BASELINE,
    Kind.NOTICE,
)

# What an address may hold: nothing that ends a link, or acts in a terminal.
_PLAIN = re.compile(r"[!-~]+").fullmatch
_RESET, _BOLD, _DIM = "\x1b[0m", "\x1b[1m", "\x1b[2m"
SEVERITY_COLOURS = {
    Severity.CRITICAL: "\x1b[1;31m",
    Severity.HIGH: "\x1b[31m",
    Severity.MEDIUM: "\x1b[33m",
    Severity.LOW: "\x1b[36m",
}
CONCLUSION_COLOURS: dict[Conclusion, str] = {
    "good": "\x1b[1;32m",
    "neutral": _BOLD,
    "unclear": "\x1b[1;33m",
    "bad": "\x1b[1;31m",
}


class _Line(NamedTuple):
    """A line of code, or of prose that is wrapped with these indents; `path` is the file that it names."""

    text: str = ""
    colour: str = ""
    first: str = ""
    others: str | None = None
    path: str = ""


def render(
    review: Review,
    verdict: Verdict,
    *,
    colour: bool = False,
    width: int = WIDTH,
    is_cut: bool = False,
    link: Callable[[str], str] | None = None,
) -> str:
    """Return the findings, worst first, what was not reviewed, the bill and the verdict.

    Prose is wrapped at `width`. Code keeps all of its lines, whole; if it `is_cut`, for a terminal, the first
    of them, as far as they fit. `link` returns the address of a file, for a terminal that shows links; it has
    to encode what could act there.
    """
    width = max(width, NARROWEST)
    lines = [
        *_findings(new_findings(review), width if is_cut else None),
        *_apart("In the baseline already", existing_findings(review)),
        *_apart("Late: on lines that the last review read already", late_findings(review)),
        *_apart("Suppressed", suppressed_findings(review)),
        *_tally(review),
        *_gaps(review),
        *_bill(review),
        *_verdict(review, verdict),
    ]
    wrapped = ((text, line) for line in lines for text in _folded(line, width))
    return "".join(
        f"{_linked(_painted(text, line.colour if colour else ''), line.path, link)}\n"
        for text, line in wrapped
    )


def _folded(line: _Line, width: int) -> Sequence[str]:
    if line.others is None:
        return (line.text,)
    return textwrap.wrap(
        line.text,
        width,
        initial_indent=line.first,
        subsequent_indent=line.others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _painted(line: str, colour: str) -> str:
    # Last of all, when lines are wrapped: a CI runner reads commands off the start of a line.
    text = for_log(line)
    return f"{colour}{text}{_RESET}" if colour and text else text


def _linked(line: str, path: str, link: Callable[[str], str] | None) -> str:
    """Return the line as a link: https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda"""
    address = link(path) if link and path else ""
    return f"\x1b]8;;{address}\x1b\\{line}\x1b]8;;\x1b\\" if address and _PLAIN(address) else line


def _findings(findings: Sequence[Finding], room: int | None) -> Iterator[_Line]:
    """Yield the findings in the order for people; neighbours in one file share its heading."""
    in_order = sorted(findings, key=for_people)
    for path, group in groupby(in_order, key=lambda each: place.path if (place := place_of(each)) else ""):
        yield _Line(one_line(path) or "Without a place in the diff", _BOLD, path=path)
        for finding in group:
            yield from _finding(finding, room)
        yield _Line()


def _apart(heading: str, findings: Sequence[Finding]) -> Iterator[_Line]:
    """Yield a line for each finding that fails nothing."""
    if findings:
        yield _Line(heading, _BOLD)
    for finding in sorted(findings, key=for_people):
        place = place_of(finding)
        where = f"{place.path}:{place.start_line}: " if place else ""
        head = f"{where}{finding.severity.value.upper()} {one_line(finding.title)} ({finding.rule})"
        why = f": {finding.suppression}" if finding.suppression is not None else ""
        yield from _wrapped(one_line(f"{head}{why}"), "  ", INDENT)
    if findings:
        yield _Line()


def _finding(finding: Finding, room: int | None) -> Iterator[_Line]:
    place = place_of(finding)
    line = f"{place.start_line}: " if place and not place.is_whole_file else ""
    earlier = f", {FROM_EARLIER}" if finding.is_reused else ""
    head = f"{line}{finding.severity.value.upper()} {one_line(finding.title)} ({finding.rule}{earlier})"
    yield from _wrapped(head, "  ", INDENT, SEVERITY_COLOURS[finding.severity])
    yield from _code(cited(finding), "|" if finding.old_line is None else "-", room)
    for paragraph in printable(finding.message)[:TEXT_LENGTH].split("\n"):
        yield from _wrapped(paragraph, INDENT, INDENT)
    if suggestion := suggested(finding):
        yield _Line(f"{INDENT}{suggestion_heading(finding)}:")
        yield from _code(suggestion, "+", room)
    for sentence in (*sentences(finding), remark(finding)):
        yield from _wrapped(one_line(sentence), INDENT, INDENT)


def _code(code: str, mark: str, room: int | None) -> Iterator[_Line]:
    """Yield the code; if there is only `room` for so many columns, its first lines, cut."""
    lines = printable(code).expandtabs(4).split("\n") if code else []
    for line in lines[: None if room is None else CODE_LINES]:
        yield _Line(_cut(f"{INDENT}{mark} {line}", room), _DIM)
    if room is not None and len(lines) > CODE_LINES:
        yield _Line(f"{INDENT}{mark} … {count(len(lines) - CODE_LINES, 'more line')}", _DIM)


def _tally(review: Review) -> Iterator[_Line]:
    fresh, existing = new_findings(review), existing_findings(review)
    numbers = {each: sum(finding.severity is each for finding in fresh) for each in Severity}
    by_severity = ", ".join(f"{number:,} {each.value}" for each, number in numbers.items() if number)
    merged = sum(len(finding.merged) for finding in review.findings)
    joined = f"; {count(merged, 'claim')} merged" if merged else ""
    aside = f"; {count(len(review.dismissed), 'claim')} dismissed by the judge" if review.dismissed else ""
    noun = "new finding" if review.baseline else "finding"
    findings = f"{count(len(fresh), noun)}: {by_severity}" if by_severity else f"No {noun}s"
    known = f"; {len(existing):,} in the baseline already" if existing else ""
    late, accepted = len(late_findings(review)), len(suppressed_findings(review))
    known += f"; {late:,} late" if late else ""
    known += f"; {accepted:,} suppressed" if accepted else ""
    yield from _wrapped(f"{findings}{known}{joined}{aside}; {looked_at(review)}")
    for paragraph in printable(review.summary).split("\n"):
        yield from _wrapped(paragraph, "  ")


def _gaps(review: Review) -> Iterator[_Line]:
    gaps = [_gap(each) for each in of_kind(review, *ORDER) if each.level == "error"]
    if gaps:
        yield _Line("Not reviewed", _BOLD)
    for text in gaps[:GAPS_SHOWN]:
        yield from _wrapped(one_line(text), "  ", INDENT)
    if len(gaps) > GAPS_SHOWN:
        yield _Line(f"  … and {len(gaps) - GAPS_SHOWN:,} more")
    skipped = list(of_kind(review, Kind.SKIPPED))
    if skipped:
        yield _Line("Left out", _BOLD)
    for each in skipped[:GAPS_SHOWN]:
        yield from _wrapped(one_line(f"{each.reason}: {_names(each.paths)}: {each.sentence}"), "  ", INDENT)
    if rest := sum(len(each.paths) for each in skipped[GAPS_SHOWN:]):
        yield _Line(f"  … and {count(rest, 'more file')}")


def _gap(gap: Notification) -> str:
    match gap.kind:
        case Kind.UNREADABLE:
            return f"not read: {_names(gap.paths)}: {gap.sentence}"
        case Kind.NOT_REVIEWED:
            return f"{gap.reason}: {', '.join(gap.lenses)} on {_names(gap.paths)}: {gap.sentence}"
        case Kind.MODE | Kind.GAP | Kind.SKIPPED | Kind.RULES | Kind.BASELINE | Kind.NOTICE:
            return gap.sentence


def _names(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:PATHS_SHOWN])
    rest = len(paths) - PATHS_SHOWN
    return f"{shown} and {count(rest, 'more file')}" if rest > 0 else shown


def _bill(review: Review) -> Iterator[_Line]:
    bill = review.bill
    yield from _this_bill(bill, review.calls)
    if bill.pr:
        yield from _wrapped(f"All runs on {one_line(bill.pr.subject)}: {so_far(bill.pr)}")
        if bill.pr.unpriced:
            yield from _wrapped(f"  without the calls to {', '.join(bill.pr.unpriced)}: price unknown")


def _this_bill(bill: Bill, calls: Sequence[Call]) -> Iterator[_Line]:
    if not bill.calls and bill.reused_calls:
        yield from _wrapped(f"Cost: {total(bill)}; no call, {unmade(bill)}")
    if not bill.calls:
        return
    usage, instead = bill.usage, bill.counterfactuals
    earlier = f", {unmade(bill)}" if unmade(bill) else ""
    cached = share(usage.cache_read_tokens, usage.prompt_tokens)
    cost = ", ".join(filter(None, (total(bill), expected(bill), target(bill))))
    yield from _wrapped(
        f"Cost: {cost} (orchestrator {usd(bill.orchestrator_usd)}, workers {usd(bill.workers_usd)}); "
        f"{count(bill.calls, 'call')}{earlier}, {usage.prompt_tokens:,} tokens in, {cached} of them cached, "
        f"{usage.output_tokens:,} out"
    )
    if unsure := assumed(calls):
        yield from _wrapped(f"Of this, {unsure}")
    if is_compared(bill):
        yield from _wrapped(
            f"Instead: one plain pass of the strong model {_compared(bill, instead.single_pass_usd)}, "
            f"every call on it {_compared(bill, instead.all_orchestrator_usd)}"
        )
    if bill.unpriced:
        yield from _wrapped(f"Price unknown, calls not in the sums: {', '.join(bill.unpriced)}")


def _compared(bill: Bill, amount: Decimal | None) -> str:
    saved = saving(bill, amount)
    return f"{usd(amount)} (this review: {saved})" if saved else usd(amount)


def _verdict(review: Review, verdict: Verdict) -> Iterator[_Line]:
    for each in of_kind(review, Kind.RULES, Kind.BASELINE, Kind.MODE):
        yield from _wrapped(each.sentence)
    for reason in verdict.reasons[1:]:
        yield from _wrapped(one_line(reason), "  also: ", INDENT)
    yield _Line(one_line(status_line(review, verdict)), CONCLUSION_COLOURS[conclusion(review, verdict)])


def _wrapped(text: str, first: str = "", others: str = "  ", colour: str = "") -> Iterator[_Line]:
    yield _Line(printable(text)[:TEXT_LENGTH], colour, first, others)


def _cut(line: str, room: int | None) -> str:
    return line if room is None or len(line) <= room else line[: room - 1] + "…"
