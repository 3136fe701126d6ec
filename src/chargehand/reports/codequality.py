"""GitLab Code Quality: findings, and what nobody looked at, in the list that a merge request shows."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from chargehand.core.counting import count
from chargehand.core.escaping import one_line
from chargehand.core.finding import Finding, Severity
from chargehand.core.review import Review
from chargehand.core.verdict import Verdict
from chargehand.reports.code import removed
from chargehand.reports.document import Json, as_text
from chargehand.reports.merging import sentences
from chargehand.reports.notifications import (
    Kind,
    Notification,
    existing_findings,
    late_findings,
    new_findings,
    of_kind,
    suppressed_findings,
)
from chargehand.reports.places import is_inside, place_of, remark

# GitLab's ladder is info, minor, major, critical, blocker. The word that both ladders have means the same on
# both: what a merge request calls critical is critical in every other report of the run, and high is not.
SEVERITIES = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "major",
    Severity.MEDIUM: "minor",
    Severity.LOW: "info",
}

# Code Climate's categories, by lens.
CATEGORIES = {"correctness": "Bug Risk", "security": "Security", "style": "Style", "documentation": "Clarity"}
_OTHER_CATEGORY = "Bug Risk"

# The format has no entry without a place. This is no path, so nothing is shown where it does not belong.
NO_PATH = "(no place in the diff)"
NOT_REVIEWED = "chargehand/not-reviewed"
_DESCRIPTION_LENGTH = 1000

# What fails nothing says so: the format has no place for that, and would show it as any other.
_STANDING = {
    "new": "",
    "existing": "In the baseline already:",
    "late": "Late, on lines that the last review read already:",
}

ORDER = (
    Kind.MODE,
    Kind.GAP,
    Kind.UNREADABLE,
    Kind.NOT_REVIEWED,
    Kind.SKIPPED,
    Kind.RULES,
    Kind.BASELINE,
    Kind.NOTICE,
)


def render(review: Review, _verdict: Verdict) -> str:
    """Return the report; gaps are entries of it, because an empty list would read as a clean review."""
    apart = (*existing_findings(review), *late_findings(review), *suppressed_findings(review))
    wanted = (*new_findings(review), *apart)
    prints = _distinct([finding.fingerprint for finding in wanted])
    findings = [_finding(finding, each) for finding, each in zip(wanted, prints, strict=True)]
    return as_text([*findings, *_gaps(review)])


def _distinct(fingerprints: Sequence[str]) -> Iterator[str]:
    """Yield the fingerprints, with a repeated one changed: GitLab shows one of equals and drops the rest."""
    seen: Counter[str] = Counter()
    for fingerprint in fingerprints:
        yield _digest(fingerprint, str(seen[fingerprint])) if seen[fingerprint] else fingerprint
        seen[fingerprint] += 1


def _finding(finding: Finding, fingerprint: str) -> Json:
    place = place_of(finding)
    said = (
        _standing(finding),
        f"{finding.title.rstrip('. ')}.",
        finding.message,
        *sentences(finding),
        _removed(finding),
        remark(finding),
    )
    return _entry(
        rule=finding.rule,
        text=" ".join(filter(None, said)),
        severity=SEVERITIES[finding.severity] if finding.suppression is None else "info",
        path=place.path if place else NO_PATH,
        line=place.start_line if place else 1,
        fingerprint=fingerprint,
    )


def _standing(finding: Finding) -> str:
    """Return why it fails nothing, empty if it may."""
    if finding.suppression is not None:
        return f"Suppressed ({finding.suppression.rstrip('. ')}):"
    return _STANDING[finding.state]


def _removed(finding: Finding) -> str:
    return f'Removed: "{finding.quote.strip()}".' if removed(finding) else ""


def _gaps(review: Review) -> Iterator[Json]:
    """Yield what makes the review less than a full look; this list has no room for other notes."""
    for each in of_kind(review, *ORDER):
        is_less = each.level != "note" or each.kind is Kind.SKIPPED
        if is_less and (entry := _gap_of(each)):
            yield entry
    for sentence in review.change.rules.announced:
        yield _gap(sentence, severity="info")


def _gap_of(each: Notification) -> Json:
    match each.kind:
        case Kind.MODE:
            return _gap(each.sentence, severity="info")
        case Kind.UNREADABLE:
            return _gap(f"{_files(each.paths)} could not be read: {each.sentence}", each.paths[0])
        case Kind.NOT_REVIEWED if each.level == "error":
            lenses = ", ".join(each.lenses)
            text = f"{_files(each.paths)} not reviewed for {lenses}: {each.reason}, {each.sentence}"
            return _gap(text, each.paths[0], identity=f"{each.reason} {lenses}")
        case Kind.NOT_REVIEWED:  # the mode says it
            return None
        case Kind.SKIPPED:
            text = f"{_files(each.paths)} left out, {each.reason}: {each.sentence}"
            return _gap(text, each.paths[0], severity="info")
        case Kind.GAP | Kind.RULES | Kind.BASELINE | Kind.NOTICE:
            return _gap(each.sentence)


def _files(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else f"{paths[0]} and {count(len(paths) - 1, 'more file')}"


def _gap(text: str, path: str = "", severity: str = "major", identity: str = "") -> Json:
    """Return an entry whose fingerprint leaves out reasons: they hold request ids, which no run repeats."""
    return _entry(
        rule=NOT_REVIEWED,
        text=text,
        severity=severity,
        path=path if is_inside(path) else NO_PATH,
        line=1,
        fingerprint=_digest(NOT_REVIEWED, path, identity or text.partition("(")[0]),
    )


def _entry(*, rule: str, text: str, severity: str, path: str, line: int, fingerprint: str) -> Json:
    # GitLab does not show the check's name, so the description says it too. It reads no category or type, but
    # hands them on to importers, one of which fails if they are missing.
    return {
        "type": "issue",
        "engine_name": "chargehand",
        "categories": [CATEGORIES.get(rule.partition("/")[0], _OTHER_CATEGORY)],
        "description": one_line(f"{rule}: {text}")[:_DESCRIPTION_LENGTH],
        "check_name": rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": line}},
    }


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]
