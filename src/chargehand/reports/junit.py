"""JUnit XML: each file under each lens is a test, which fails by a finding that fails the build.

Azure Pipelines, Bitbucket, Buildkite, CircleCI, GitLab, Jenkins and others show it. There is no schema that
all of them share: https://github.com/testmoapp/junitxml describes what they read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple
from xml.etree import ElementTree as ET

from chargehand.core.escaping import for_log, one_line
from chargehand.core.finding import Finding
from chargehand.core.review import Review
from chargehand.core.verdict import Verdict
from chargehand.reports.amounts import cost_and_target
from chargehand.reports.headline import exit_line
from chargehand.reports.merging import sentences
from chargehand.reports.notifications import Kind, Notification, notifications
from chargehand.reports.places import is_inside, place_of, remark

_RUN = "the review"
_NO_PLACE = "(no place in the diff)"


class Case(NamedTuple):
    """A test: what it is about, and how it ended, which is a tag of the format, empty if it passed."""

    suite: str
    name: str
    ended: str = ""
    message: str = ""
    kind: str = ""
    text: str = ""
    output: str = ""
    file: str = ""
    line: int | None = None


def render(review: Review, verdict: Verdict) -> str:
    """Return the report; what nobody looked at is an error or skipped, so that it never reads as passed."""
    cases = [*_about_the_run(review, verdict), *_readings(review, verdict)]
    suites: dict[str, list[Case]] = {}
    for case in cases:
        suites.setdefault(case.suite, []).append(case)
    seconds = f"{review.timing.total_s:.3f}"
    # A large change has a test for each of some hundred thousand readings, in which few names stand.
    attribute = cache(_attribute)
    top = ET.Element("testsuites", {"name": "chargehand", **_counts(cases), "time": seconds})
    for suite, own in suites.items():
        element = ET.SubElement(top, "testsuite", {"name": suite, **_counts(own), "time": "0"})
        element.extend(_element(case, attribute) for case in own)
    ET.indent(top)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(top, encoding="unicode")}\n'


def _about_the_run(review: Review, verdict: Verdict) -> Iterator[Case]:
    """Yield a test for how the run ended, and for each thing that is to be known beside the findings."""
    notes = []
    for each in notifications(review):
        match each.kind:
            case Kind.GAP | Kind.MODE:
                yield _of(each, each.sentence)
            case Kind.UNREADABLE | Kind.SKIPPED:
                yield from (_of(each, path) for path in each.paths)
            case Kind.NOT_REVIEWED:
                pass  # a test of its own, under the lens that did not look
            case Kind.RULES | Kind.BASELINE | Kind.NOTICE:
                notes.append(each.sentence)
    is_over = verdict.exit_code != 0 and not verdict.blocking
    said = exit_line(review, verdict)
    yield Case(
        _RUN,
        "verdict",
        "error" if is_over else "",
        said,
        verdict.status.value,
        output="\n".join([said, f"Cost: {cost_and_target(review.bill)}", *notes]),
    )


def _of(notification: Notification, name: str) -> Case:
    ended = "error" if notification.level == "error" else "skipped"
    path = name if notification.paths and is_inside(name) else ""
    return Case(
        _RUN, name, ended, notification.sentence, notification.reason or notification.kind.value, file=path
    )


def _readings(review: Review, verdict: Verdict) -> Iterator[Case]:
    """Yield a test for each file under each lens: those that were looked at, and those with findings."""
    gaps = {
        (lens, path): each
        for each in notifications(review)
        if each.kind is Kind.NOT_REVIEWED
        for lens in each.lenses
        for path in each.paths
    }
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in review.findings:
        found.setdefault((finding.lens, _path(finding)), []).append(finding)
    read = [(each.lens, each.path) for each in review.coverage]
    file_of = cache(lambda path: path if path != _NO_PLACE and is_inside(path) else "")
    for lens, path in dict.fromkeys(sorted((*read, *found))):
        case = Case(lens, path, file=file_of(path))
        yield _reading(case, found.get((lens, path), ()), gaps.get((lens, path)), verdict)


def _reading(case: Case, findings: Sequence[Finding], gap: Notification | None, verdict: Verdict) -> Case:
    failing = [each for each in findings if each.fingerprint in verdict.blocking]
    if others := [each for each in findings if each not in failing]:
        case = case._replace(output=_text(others))
    if failing:
        worst = min(failing, key=lambda each: each.severity.rank)
        place = place_of(worst)
        message = f"{worst.severity.value}: {worst.title}"
        return case._replace(
            ended="failure",
            message=message,
            kind=worst.rule,
            text=_text(failing),
            line=place.start_line if place else None,
        )
    if gap:
        if gap.level != "error":  # nobody was meant to look
            return case._replace(ended="skipped", message="no model looked")
        return case._replace(ended="error", message=gap.sentence, kind=gap.reason)
    return case


def _path(finding: Finding) -> str:
    return finding.path if place_of(finding) else _NO_PLACE


def _text(findings: Iterable[Finding]) -> str:
    return "\n\n".join(map(_said, findings))


def _said(finding: Finding) -> str:
    """Return the finding as a paragraph: where, how bad, what, and why it fails nothing if that is so."""
    at = f"{finding.path}:{finding.start_line}" if finding.start_line else finding.path or _NO_PLACE
    standing = f"suppressed: {finding.suppression}" if finding.suppression is not None else finding.state
    parts = (
        f"{at}: {finding.severity.value}: {finding.title} ({finding.rule}; {standing})",
        finding.message,
        *sentences(finding),
        remark(finding),
    )
    return "\n".join(filter(None, parts))


def _counts(cases: Sequence[Case]) -> Mapping[str, str]:
    ends = [case.ended for case in cases]
    return {
        "tests": str(len(cases)),
        "failures": str(ends.count("failure")),
        "errors": str(ends.count("error")),
        "skipped": str(ends.count("skipped")),
    }


def _element(case: Case, attribute: Callable[[str], str]) -> ET.Element:
    about = {"name": attribute(case.name), "classname": f"chargehand.{case.suite}", "time": "0"}
    if case.file:
        about["file"] = attribute(case.file)
    if case.line:
        about["line"] = str(case.line)
    element = ET.Element("testcase", about)
    if case.ended:
        said = {
            "message": attribute(case.message),
            **({"type": attribute(case.kind)} if case.ended != "skipped" else {}),
        }
        ET.SubElement(element, case.ended, said).text = for_log(case.text) or None
    if case.output:
        ET.SubElement(element, "system-out").text = for_log(case.output)
    return element


def _attribute(text: str) -> str:
    """Return the text on one line; a file that is printed in a log holds no command for the runner."""
    return for_log(one_line(text))
