"""What should stand in a request, by a finished report: which findings inline, and in which words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from chargehand.core.change import CodePages
from chargehand.core.finding import Confidence
from chargehand.core.identity import line_digest
from chargehand.core.waiver import Waiver
from chargehand.forges.comment import LARGEST_BODY, Marker, Place, Wanted
from chargehand.forges.report import Report, StoredFinding, StoredLines
from chargehand.forges.words import Reviewed, as_said, can_be_exact, fenced, heading, waive_hint, where
from chargehand.reports.for_comments import Side
from chargehand.reports.places import is_inside

SuggestionWord = Callable[[int], str]


def is_open(finding: StoredFinding, waivers: Mapping[str, Waiver]) -> bool:
    """Tell whether the finding is new, and accepted by nobody."""
    return finding.state == "new" and finding.suppression is None and finding.fingerprint not in waivers


def worth_a_comment(report: Report, waivers: Mapping[str, Waiver]) -> tuple[StoredFinding, ...]:
    """Return the findings that should stand beside their lines, the worst first, however many they are."""
    rules, order = report.comments, list(Confidence)
    worthy = (
        each
        for each in report.findings
        if is_open(each, waivers)
        and each.severity.is_at_least(rules.severity)
        and (each.is_fact or order.index(each.confidence) <= order.index(rules.confidence))
        and place_of(each, report) is not None
    )
    blocking = frozenset(report.verdict.blocking)
    return tuple(sorted(worthy, key=lambda each: (each.severity.rank, each.fingerprint not in blocking)))


def place_of(finding: StoredFinding, report: Report) -> Place | None:
    """Return where the finding's comment stands, None if no place in the diff is known.

    If it has code that can be committed, the comment stands on just the lines that the code replaces.
    """
    if finding.anchor == "summary" or not is_inside(finding.path):
        return None
    before = report.comments.place_of(finding.fingerprint)
    old_path = before.old_path if before else finding.path
    if finding.old_line is not None:
        line = finding.old_line
        return Place(
            path=finding.path, old_path=old_path, old_start_line=line, old_end_line=line, is_removed=True
        )
    if finding.anchor == "file" or finding.start_line is None:
        return Place(path=finding.path, old_path=old_path)
    if is_committable(finding, report):
        return Place(
            path=finding.path,
            old_path=old_path,
            start_line=finding.suggestion_start_line,
            end_line=finding.suggestion_end_line,
            old_start_line=before.old_suggestion_start_line if before else None,
            old_end_line=before.old_suggestion_end_line if before else None,
        )
    return Place(
        path=finding.path,
        old_path=old_path,
        start_line=finding.start_line,
        end_line=finding.end_line or finding.start_line,
        old_start_line=before.old_start_line if before else None,
        old_end_line=before.old_end_line if before else None,
    )


def is_committable(finding: StoredFinding, report: Report) -> bool:
    """Tell whether a click may put the suggested code in place: its lines are known and meant.

    Not in a file of CR LF, whose lines would then end in two ways.
    """
    first, last = finding.suggestion_start_line, finding.suggestion_end_line
    is_placed = first is not None and last is not None and first <= last
    is_meant = not finding.is_approximate and finding.old_line is None
    before = report.comments.place_of(finding.fingerprint)
    if before is not None and before.has_carriage_returns:
        return False
    return is_placed and is_meant and can_be_exact(finding.suggestion)


def wanted_of(
    finding: StoredFinding,
    report: Report,
    suggestion_word: SuggestionWord,
    pages: CodePages | None = None,
    *,
    is_whole_file: bool = False,
) -> Wanted | None:
    """Return the comment of a finding, about its file as a whole if the forge refused its lines."""
    place = place_of(finding, report)
    if place is None:
        return None
    if is_whole_file:
        place = place.of_whole_file()
    marker = marker_of(finding, report)
    body = marker.written() + "\n"
    for block in filter(None, _blocks(finding, place, report, suggestion_word, pages)):
        # Never a part of one: half a suggestion could be committed.
        if len(body) + len(block) <= LARGEST_BODY:
            body += f"{block}\n\n"
    return Wanted(marker=marker, place=place, body=body.removesuffix("\n\n"))


def marker_of(finding: StoredFinding, report: Report) -> Marker:
    """Return what the comment says of itself to a later run."""
    digest = line_digest(finding.quote) if finding.quote.strip() else ""
    lines = report.comments.lines_of(finding.path)
    return Marker(
        kind="finding",
        review=report.comments.name,
        first=finding.fingerprint,
        second=finding.fingerprint_v2,
        rule=line_digest(finding.rule),
        file=line_digest(finding.path),
        lens="" if finding.is_fact else finding.lens,
        line=digest,
        side=_side(finding, digest, lines),
        severity=finding.severity.value,
    )


def _side(finding: StoredFinding, digest: str, lines: StoredLines | None) -> Side | Literal[""]:
    if not digest or lines is None:
        return ""
    if finding.old_line is not None:
        return "removed"
    return "added" if lines.has(digest, "added") else "kept"


def _blocks(
    finding: StoredFinding,
    place: Place,
    report: Report,
    suggestion_word: SuggestionWord,
    pages: CodePages | None,
) -> Iterator[str]:
    reviewed = Reviewed(report.change.head or "", pages)
    is_exact = is_committable(finding, report) and not place.is_whole_file
    yield heading(finding, where(finding, reviewed) if place.is_whole_file else "")
    yield as_said(finding, reviewed, with_code=not is_exact)
    if is_exact:
        first, last = finding.suggestion_start_line or 1, finding.suggestion_end_line or 1
        yield fenced(finding.suggestion, suggestion_word(last - first + 1))
    if finding.fingerprint in report.verdict.blocking:
        yield waive_hint(finding)
