"""GitHub annotations: workflow commands that put the worst findings beside the changed lines."""

from collections.abc import Sequence

from chargehand.core.counting import count
from chargehand.core.escaping import for_log, one_line, printable
from chargehand.core.finding import Finding, Severity
from chargehand.core.review import Review
from chargehand.core.verdict import Status, Verdict
from chargehand.reports.amounts import cost_and_target
from chargehand.reports.code import in_plain_text
from chargehand.reports.headline import Conclusion, conclusion, headline
from chargehand.reports.merging import sentences
from chargehand.reports.notifications import Kind, late_findings, new_findings, of_kind, suppressed_findings
from chargehand.reports.places import for_people, place_of, remark

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
}
CONCLUSION_LEVELS: dict[Conclusion, str] = {
    "good": "notice",
    "neutral": "notice",
    "unclear": "warning",
    "bad": "error",
}

# GitHub shows 10 annotations of a kind and step and drops the rest without a word; 4096 characters of each.
SHOWN_PER_LEVEL = 10
MESSAGE_LENGTH, TITLE_LENGTH = 4000, 200
FILES_SHOWN = 5


def render(review: Review, verdict: Verdict) -> str:
    """Return one command a line: the verdict, then findings, worst first, then how many more there are."""
    first = CONCLUSION_LEVELS[conclusion(review, verdict)]
    wanted = sorted(new_findings(review), key=for_people)
    lines = [_verdict(first, review, verdict)]
    for level in dict.fromkeys(LEVELS.values()):
        findings = [finding for finding in wanted if LEVELS[finding.severity] == level]
        lines += _level(level, findings, SHOWN_PER_LEVEL - (level == first))
    return "\n".join(lines) + "\n"


def _verdict(level: str, review: Review, verdict: Verdict) -> str:
    if verdict.status is Status.ERROR:
        return _command(level, headline(review, verdict), "\n".join(verdict.reasons))
    modes = (each.sentence for each in of_kind(review, Kind.MODE, Kind.RULES, Kind.BASELINE))
    aside = (
        f"{each.reason}: {_files(each.paths)}: {each.sentence}"
        for each in of_kind(review, Kind.UNREADABLE, Kind.SKIPPED)
    )
    apart = {"suppressed": suppressed_findings(review), "late": late_findings(review)}
    said = [f"{count(len(found), 'finding')} {how}" for how, found in apart.items() if found]
    lines = [*modes, *verdict.reasons[1:], *said, *aside, f"Cost: {cost_and_target(review.bill)}"]
    return _command(level, headline(review, verdict), "\n".join(lines))


def _files(paths: Sequence[str]) -> str:
    more = len(paths) - FILES_SHOWN
    return ", ".join(paths[:FILES_SHOWN]) + (f" and {count(more, 'more file')}" if more > 0 else "")


def _level(level: str, findings: Sequence[Finding], room: int) -> list[str]:
    """Return the annotations of one level; the last of `room` says what the others left no room for."""
    shown = findings if len(findings) <= min(room, 9) else findings[: room - 1]
    lines = [_finding(level, finding) for finding in shown]
    if rest := len(findings) - len(shown):
        lines.append(_command(level, "chargehand", f"{count(rest, 'more finding')} in the summary"))
    return lines


def _finding(level: str, finding: Finding) -> str:
    place = place_of(finding)
    said = (finding.message, *in_plain_text(finding), *sentences(finding), remark(finding))
    message = "\n".join(filter(None, said))
    properties = {} if place is None else {"file": place.path}
    if place and not place.is_whole_file:
        properties |= {"line": str(place.start_line), "endLine": str(place.end_line)}
    title = f"{finding.severity.value}: {finding.title} ({finding.rule})"
    return _command(level, title, message, **properties)


def _command(level: str, title: str, message: str, **properties: str) -> str:
    shown = {name: _property(printable(value)) for name, value in properties.items()}
    shown["title"] = _property(one_line(title)[:TITLE_LENGTH])
    listed = ",".join(f"{name}={value}" for name, value in shown.items())
    # Other runners than GitHub's look for commands of their own in the whole line.
    return f"::{level} {for_log(listed)}::{for_log(_data(printable(message)[:MESSAGE_LENGTH]))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
