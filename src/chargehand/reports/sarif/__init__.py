"""SARIF 2.1.0 for GitHub and GitLab: findings are results, what nobody looked at is a notification."""

import gzip
from collections.abc import Mapping, Sequence

from chargehand import __version__
from chargehand.core.finding import Finding, Severity
from chargehand.core.review import Review
from chargehand.core.verdict import Verdict
from chargehand.lenses import rule_for
from chargehand.lenses.rule import Rule
from chargehand.reports.code import suggested
from chargehand.reports.document import Json, as_text
from chargehand.reports.notifications import is_complete
from chargehand.reports.places import Place, place_of, remark
from chargehand.reports.sarif.invocation import (
    FINDING_WITHOUT_PLACE,
    LIMIT,
    artifact,
    notification,
    notified,
)
from chargehand.reports.sarif.rules import LEVELS, descriptor, rules_in

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

# GitLab reads the severity off the rank, on the scale of CVSS times ten.
RANKS = {Severity.CRITICAL: 95.0, Severity.HIGH: 80.0, Severity.MEDIUM: 55.0, Severity.LOW: 25.0}

# GitHub refuses a run with more results or a larger file, and of what it takes it shows the worst 5,000.
MAX_RESULTS, SHOWN_RESULTS, MAX_GZIP_BYTES = 25_000, 5_000, 10_000_000


def render(review: Review, verdict: Verdict) -> str:
    """Return the log: one run, its category `chargehand`."""
    text = as_text(_log(review, verdict))
    data = text.encode()
    if len(data) > MAX_GZIP_BYTES and len(gzip.compress(data, compresslevel=6)) > MAX_GZIP_BYTES:
        return as_text(_log(review, verdict, "GitHub refuses this file: it is larger than 10 MB compressed."))
    return text


def _log(review: Review, verdict: Verdict, *warnings: str) -> Json:
    rules = rules_in(review)
    indexes = {rule.id: index for index, rule in enumerate(rules)}
    # GitHub shows a suppressed result as an open alert, so it must not see one.
    wanted = [finding for finding in review.findings if finding.suppression is None]
    placed = [(finding, place) for finding in wanted if (place := place_of(finding))]
    results, limits = _within_limits(placed)
    beside = [
        *notified(review),
        *(_placeless(finding, indexes) for finding in wanted if not place_of(finding)),
        *(notification(LIMIT, each) for each in (*limits, *warnings)),
    ]
    run: dict[str, Json] = {
        "tool": {"driver": _driver(rules)},
        "automationDetails": {"id": "chargehand/"},
        "invocations": [_invocation(review, verdict, beside)],
        "columnKind": "unicodeCodePoints",
        "properties": _about(review),
        "results": _results(results, indexes, _shown_lines(review)),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver(rules: Sequence[Rule]) -> Json:
    return {
        "name": "chargehand",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": "https://github.com/chargehand/chargehand",
        "rules": [descriptor(rule) for rule in rules],
    }


def _invocation(review: Review, verdict: Verdict, beside: Sequence[Json]) -> Json:
    return {
        "executionSuccessful": is_complete(review),
        "exitCode": verdict.exit_code,
        "exitCodeDescription": f"{verdict.status.value}: {'; '.join(verdict.reasons)}",
        "toolExecutionNotifications": beside,
    }


def _within_limits(
    placed: Sequence[tuple[Finding, Place]],
) -> tuple[Sequence[tuple[Finding, Place]], Sequence[str]]:
    if len(placed) <= SHOWN_RESULTS:
        return placed, ()
    shown = f"GitHub shows the worst {SHOWN_RESULTS:,} of these {len(placed):,} results."
    if len(placed) <= MAX_RESULTS:
        return placed, (shown,)
    worst = sorted(placed, key=lambda each: each[0].severity.rank)[:MAX_RESULTS]
    lost = f"{len(placed) - MAX_RESULTS:,} results are left out: a run holds {MAX_RESULTS:,}."
    return worst, (shown, lost)


def _about(review: Review) -> dict[str, Json]:
    """Return what SARIF has a place for only where the repository's address is known too."""
    known = {"baseCommit": review.change.base, "headCommit": review.change.head}
    known["rulesCommit"] = review.change.rules.commit
    about: dict[str, Json] = {"mode": review.mode, "rulesFrom": review.change.rules.origin}
    return about | {name: value for name, value in known.items() if value}


def _results(
    placed: Sequence[tuple[Finding, Place]],
    indexes: Mapping[str, int],
    shown: Mapping[str, Mapping[int, str]],
) -> list[Json]:
    return [_result(finding, place, indexes, shown.get(place.path, {})) for finding, place in placed]


def _result(finding: Finding, place: Place, indexes: Mapping[str, int], lines: Mapping[int, str]) -> Json:
    rule = rule_for(finding.rule, finding.lens)
    return {
        "ruleId": rule.id,
        "ruleIndex": indexes[rule.id],
        "level": LEVELS[finding.severity],
        "rank": RANKS[finding.severity],
        "message": {"text": _message(finding) or rule.title},
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
        "partialFingerprints": {"chargehand/finding/v1": finding.fingerprint},
        "properties": {
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
            "lens": finding.lens,
            "model": finding.model,
        },
    }


def _region(finding: Finding, place: Place, lines: Mapping[int, str]) -> Json:
    region: dict[str, Json] = {
        "startLine": place.start_line,
        "startColumn": 1,
        "endLine": place.end_line,
        "endColumn": len(lines.get(place.end_line, "")) + 1,
    }
    # The finding's own copy of the lines, in which secrets are concealed; the diff has them in the open.
    if finding.code.strip() and not place.is_whole_file:
        region["snippet"] = {"text": finding.code.replace("\r\n", "\n").removesuffix("\r")}
    return region


def _shown_lines(review: Review) -> dict[str, dict[int, str]]:
    """Return the new-side lines of the diff, by path and number, of each file with a finding."""
    wanted = {finding.path for finding in review.findings}
    shown: dict[str, dict[int, str]] = {path: {} for path in wanted}
    for file in review.diff.files:
        if file.path in wanted:
            for line in file.lines():
                if line.new_number is not None:
                    shown[file.path][line.new_number] = line.text.removesuffix("\r")
    return shown


def _message(finding: Finding) -> str:
    title = finding.title.strip().rstrip(".")
    suggestion = f"Suggestion:\n{suggested(finding)}" if suggested(finding) else ""
    parts = (f"{title}." if title else "", finding.message, suggestion, remark(finding))
    # A closing bracket before an opening parenthesis is a link in SARIF's plain text.
    return "\n\n".join(filter(None, parts)).replace("](", "] (")


def _placeless(finding: Finding, indexes: Mapping[str, int]) -> Json:
    """Return a finding without a place: GitHub demands one of every result, GitLab drops those without."""
    rule = rule_for(finding.rule, finding.lens)
    text = f"{finding.severity.value} finding: {_message(finding)}"
    return {
        **notification(FINDING_WITHOUT_PLACE, text, level=LEVELS[finding.severity]),
        "associatedRule": {"id": rule.id, "index": indexes[rule.id]},
    }
