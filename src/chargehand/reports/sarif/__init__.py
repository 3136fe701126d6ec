"""SARIF 2.1.0 for GitHub and GitLab: findings are results, what nobody looked at is a notification."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from chargehand import __version__
from chargehand.core.change import Change
from chargehand.core.counting import count
from chargehand.core.finding import Finding, Severity
from chargehand.core.masking import holds_marker
from chargehand.core.review import Review
from chargehand.core.verdict import Verdict
from chargehand.lenses import rule_for
from chargehand.lenses.rule import Rule
from chargehand.reports.code import in_plain_text, suggestion_heading
from chargehand.reports.document import Json, as_text
from chargehand.reports.headline import exit_line
from chargehand.reports.merging import sentences
from chargehand.reports.notifications import Kind, Notification, is_complete, notifications
from chargehand.reports.places import Place, is_inside, place_of, remark
from chargehand.reports.sarif.rules import LEVELS, descriptor, rules_in

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

# What GitHub calls the root of the checkout.
ROOT = "%SRCROOT%"

# GitLab reads the severity off the rank, on the scale of CVSS times ten.
RANKS = {Severity.CRITICAL: 95.0, Severity.HIGH: 80.0, Severity.MEDIUM: 55.0, Severity.LOW: 25.0}

# GitHub refuses a run with more results or a larger file, and of what it takes it shows the worst 5,000.
MAX_RESULTS, SHOWN_RESULTS, MAX_GZIP_BYTES = 25_000, 5_000, 10_000_000

# The last two kinds are only this format's, beside those of every report.
LIMIT, FINDING_WITHOUT_PLACE = "limit", "finding-without-place"
KINDS = {
    Kind.MODE.value: "How the review was run",
    Kind.GAP.value: "What makes the review less than a full look",
    Kind.NOT_REVIEWED.value: "Files that got no answer",
    Kind.UNREADABLE.value: "Files that could not be read",
    Kind.SKIPPED.value: "Files that were left out",
    Kind.BASELINE.value: "What the baseline knows already",
    Kind.NOTICE.value: "What is to be known of the change",
    LIMIT: "What this file has no room for",
    FINDING_WITHOUT_PLACE: "A finding that no line of the change shows",
}

# What may stand in a part of a path beside letters, digits and -._~ (RFC 3986, 3.3), but for the colon.
_IN_PATHS = "!$&'()*+,;=@"


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
    placed = [(finding, place) for finding in review.findings if (place := place_of(finding))]
    results, limits = _within_limits(placed)
    beside = [
        *_notified(review),
        *(_placeless(finding, indexes) for finding in review.findings if not place_of(finding)),
        *(_notification(LIMIT, each) for each in (*limits, *warnings)),
    ]
    run: dict[str, Json] = {
        "tool": {"driver": _driver(rules)},
        "automationDetails": {"id": "chargehand/"},
        "invocations": [_invocation(review, verdict, beside)],
        **_provenance(review.change),
        "columnKind": "unicodeCodePoints",
        "properties": _about(review),
        "results": _results(review, results, indexes),
    }
    run_whole = _based(run) if "versionControlProvenance" in run else run
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run_whole]}


def _provenance(change: Change) -> dict[str, Json]:
    """Return which commit of which repository was reviewed; without its address SARIF has no place for it."""
    if change.pages is None or change.head is None:
        return {}
    known: dict[str, Json] = {"repositoryUri": change.pages.address, "revisionId": change.head}
    branch: dict[str, Json] = {"branch": change.branch} if change.branch else {}
    return {"versionControlProvenance": [{**known, **branch, "mappedTo": {"uriBaseId": ROOT}}]}


def _based(node: Json) -> Json:
    """Return the node with each place of a file relative to the root of the repository that is named."""
    match node:
        case Mapping():
            based = {"uriBaseId": ROOT} if "uri" in node else {}
            return {**{key: _based(each) for key, each in node.items()}, **based}
        case list() | tuple():
            return [_based(each) for each in node]
        case _:
            return node


def _driver(rules: Sequence[Rule]) -> Json:
    return {
        "name": "chargehand",
        "fullName": f"chargehand {__version__}",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": "https://github.com/chargehand/chargehand",
        "rules": [descriptor(rule) for rule in rules],
        "notifications": [_declared(kind, text) for kind, text in KINDS.items()],
    }


def _declared(kind: str, text: str) -> Json:
    """Return the descriptor of a kind of notification, with what GitHub's rules ask of each descriptor."""
    whole = {"text": f"{text}."}
    return {"id": kind, "shortDescription": {"text": text}, "fullDescription": whole, "help": whole}


def _invocation(review: Review, verdict: Verdict, beside: Sequence[Json]) -> Json:
    return {
        "executionSuccessful": is_complete(review),
        "exitCode": verdict.exit_code,
        "exitCodeDescription": exit_line(review, verdict),
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
    """Return what SARIF has a place for only if the repository's address is known too."""
    known = {"baseCommit": review.change.base, "headCommit": review.change.head}
    known["rulesCommit"] = review.change.rules.commit
    about: dict[str, Json] = {"mode": review.mode, "rulesFrom": review.change.rules.origin}
    return about | {name: value for name, value in known.items() if value}


def _results(
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
    rule = rule_for(finding.rule, finding.lens)
    return {
        "ruleId": rule.id,
        "ruleIndex": indexes[rule.id],
        "level": _level(finding),
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
    if finding.state == "late":
        properties["late"] = True
    if finding.graded:
        properties["gradedFrom"] = finding.graded.was.value
        properties["gradedBecause"] = finding.graded.reason
    return properties


def _level(finding: Finding) -> str:
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


def _message(finding: Finding) -> str:
    title = finding.title.strip().rstrip(".")
    beside = "\n".join(sentences(finding))
    parts = (f"{title}." if title else "", finding.message, *in_plain_text(finding), beside, remark(finding))
    # A closing bracket before an opening parenthesis is a link in SARIF's plain text.
    return "\n\n".join(filter(None, parts)).replace("](", "] (")


def _placeless(finding: Finding, indexes: Mapping[str, int]) -> Json:
    """Return a finding without a place: GitHub demands one of every result, GitLab drops those without."""
    rule = rule_for(finding.rule, finding.lens)
    accepted = "" if finding.suppression is None else f"suppressed ({finding.suppression}) "
    text = f"{accepted}{finding.severity.value} finding: {_message(finding)}"
    return {
        **_notification(FINDING_WITHOUT_PLACE, text, level=_level(finding)),
        "associatedRule": {"id": rule.id, "index": indexes[rule.id]},
    }


def _notified(review: Review) -> Iterator[Json]:
    """Yield what was not looked at, gaps first, one notification for all files that share the reason.

    The rules stand among the run's properties, where a program finds their commit.
    """
    for each in notifications(review):
        if each.kind is not Kind.RULES:
            yield _notification(each.kind.value, _text(each), each.paths, level=each.level)


def _text(each: Notification) -> str:
    match each.kind:
        case Kind.NOT_REVIEWED:
            files = count(len(each.paths), "file")
            return f"{', '.join(each.lenses)}: {files} {each.reason}: {each.sentence}"
        case Kind.UNREADABLE | Kind.SKIPPED:
            return f"{count(len(each.paths), 'file')} not reviewed, {each.reason}: {each.sentence}"
        case Kind.MODE | Kind.GAP | Kind.RULES | Kind.BASELINE | Kind.NOTICE:
            return each.sentence


def _notification(
    kind: str, text: str, paths: Sequence[str] = (), *, level: str = "warning"
) -> dict[str, Json]:
    """Return one notification; files outside the repository are named in its text, never as locations."""
    named = [path for path in paths if is_inside(path)]
    unnamed = ", ".join(path for path in paths if not is_inside(path))
    entry: dict[str, Json] = {
        "descriptor": {"id": kind},
        "level": level,
        "message": {"text": f"{text} ({unnamed})" if unnamed else text},
    }
    if named:
        entry["locations"] = [{"physicalLocation": {"artifactLocation": artifact(path)}} for path in named]
    return entry


def artifact(path: str) -> dict[str, Json]:
    """Return where a file is: its own bytes, relative to the repository's root.

    Only what RFC 3986 does not allow in a path is percent-encoded, for not every reader decodes. A colon in
    the first part would make a scheme of it.
    """
    first, slash, rest = path.encode("utf-8", "surrogateescape").partition(b"/")
    return {"uri": quote(first, safe=_IN_PATHS) + slash.decode() + quote(rest, safe=f"{_IN_PATHS}:/")}
