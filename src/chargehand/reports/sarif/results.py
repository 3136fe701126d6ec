"""The results of a log: each finding at its place, with its fingerprints and its suggestion."""

from collections.abc import Mapping, Sequence

from chargehand.core.finding import Finding, Severity
from chargehand.core.markers import holds_marker
from chargehand.core.review import Review
from chargehand.lenses import rule_of
from chargehand.reports.code import in_plain_text, suggestion_heading
from chargehand.reports.document import Json
from chargehand.reports.merging import sentences
from chargehand.reports.places import Place, is_inside, remark
from chargehand.reports.sarif.artifacts import artifact
from chargehand.reports.sarif.rules import LEVELS

# GitLab reads the severity off the rank, on the scale of CVSS times ten.
RANKS = {Severity.CRITICAL: 95.0, Severity.HIGH: 80.0, Severity.MEDIUM: 55.0, Severity.LOW: 25.0}


def results_of(
    review: Review, placed: Sequence[tuple[Finding, Place]], indexes: Mapping[str, int]
) -> list[Json]:
    lines = _shown_lines(review)
    return [
        {
            **_result(finding, place, indexes, lines.get(place.path, {})),
            **({"baselineState": _baseline_state(finding)} if review.baseline else {}),
        }
        for finding, place in placed
    ]


def _baseline_state(finding: Finding) -> str:
    """Return SARIF's word. What is gone is no result: there would be no place for it."""
    if finding.state != "existing":
        return "new"
    return "updated" if finding.is_changed else "unchanged"


def _result(
    finding: Finding, place: Place, indexes: Mapping[str, int], lines: Mapping[int, str]
) -> dict[str, Json]:
    rule = rule_of(finding)
    return {
        "ruleId": rule.id,
        "ruleIndex": indexes[rule.id],
        "level": level(finding),
        "rank": RANKS[finding.severity],
        "message": {"text": message(finding) or rule.title},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": artifact(place.path),
                    "region": _region(finding, place, lines),
                }
            }
        ],
        # No primaryLocationLineHash: it covers the 100 characters that follow the line and counts equal ones
        # in the whole file, which a diff does not show. GitHub's upload action adds the right one.
        "partialFingerprints": {
            "chargehand/finding/v1": finding.fingerprint,
            "chargehand/finding/v2": finding.fingerprint_v2,
        },
        "properties": _properties(finding),
        **_suppressed(finding),
        **_related(finding),
        **_fixes(finding, place, lines),
    }


def _properties(finding: Finding) -> dict[str, Json]:
    properties: dict[str, Json] = {
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "lens": finding.lens,
        "model": finding.model,
        "approximatePlace": finding.is_approximate,
    }
    if finding.tool:
        properties["tool"] = finding.tool.tool
        properties["toolRule"] = finding.tool.id
    if finding.state == "late":
        properties["late"] = True
    if finding.graded:
        properties["gradedFrom"] = finding.graded.was.value
        properties["gradedBecause"] = finding.graded.reason
    return properties


def level(finding: Finding) -> str:
    """Return the level; GitHub passes over suppressions, and would fail its check for a higher one."""
    return LEVELS[finding.severity] if finding.suppression is None else "note"


def _suppressed(finding: Finding) -> dict[str, Json]:
    if finding.suppression is None:
        return {}
    kind = "inSource" if finding.suppressed_in == "code" else "external"
    return {"suppressions": [{"kind": kind, "status": "accepted", "justification": finding.suppression}]}


def _related(finding: Finding) -> dict[str, Json]:
    """Return the other places of what the finding took in, each with what was said there."""
    said = {each.spot: f"{each.rule}: {each.title}" for each in reversed(finding.merged)}
    related: list[Json] = [
        {
            "id": number,
            "physicalLocation": {
                "artifactLocation": artifact(spot.path),
                "region": {"startLine": spot.line or 1},
            },
            "message": {"text": said[spot].replace("](", "] (")},
        }
        for number, spot in enumerate(finding.also_at, 1)
        if is_inside(spot.path)
    ]
    return {"relatedLocations": related} if related else {}


def _region(finding: Finding, place: Place, lines: Mapping[int, str]) -> Json:
    region = _whole_lines(place.start_line, place.end_line, lines)
    if finding.code.strip() and not place.is_whole_file and finding.old_line is None:
        region["snippet"] = {"text": finding.code.replace("\r\n", "\n").removesuffix("\r")}
    return region


def _whole_lines(start: int, end: int, lines: Mapping[int, str]) -> dict[str, Json]:
    """Return the region of whole lines; nobody can tell here how long a line is in which a secret is masked.

    Without an end column a region reaches to the end of its last line.
    """
    region: dict[str, Json] = {"startLine": start, "startColumn": 1, "endLine": end}
    last = lines.get(end, "").removesuffix("\r")
    return region if holds_marker(last) else {**region, "endColumn": len(last) + 1}


def _fixes(finding: Finding, place: Place, lines: Mapping[int, str]) -> dict[str, Json]:
    """Return the suggestion as a fix of exactly its own lines.

    A log holds no carriage return, so that several lines have no fix in a file that ends its lines with one.
    """
    suggestion = finding.suggestion
    if suggestion is None or suggestion.end_line not in lines:
        return {}
    if "\n" in suggestion.code and lines[suggestion.end_line].endswith("\r"):
        return {}
    replacement: Json = {
        "deletedRegion": _whole_lines(suggestion.start_line, suggestion.end_line, lines),
        "insertedContent": {"text": suggestion.code},
    }
    change: Json = {"artifactLocation": artifact(place.path), "replacements": [replacement]}
    return {"fixes": [{"description": {"text": suggestion_heading(finding)}, "artifactChanges": [change]}]}


def _shown_lines(review: Review) -> dict[str, dict[int, str]]:
    """Return the new-side lines of the diff, by path and number, of each file with a finding."""
    wanted = {finding.path for finding in review.findings}
    shown: dict[str, dict[int, str]] = {path: {} for path in wanted}
    for file in review.diff.files:
        if file.path in wanted:
            for line in file.lines():
                if line.new_number is not None:
                    shown[file.path][line.new_number] = line.text
    return shown


def message(finding: Finding) -> str:
    title = finding.title.strip().rstrip(".")
    beside = "\n".join(sentences(finding))
    parts = (f"{title}." if title else "", finding.message, *in_plain_text(finding), beside, remark(finding))
    # A closing bracket before an opening parenthesis is a link in SARIF's plain text.
    return "\n\n".join(filter(None, parts)).replace("](", "] (")
