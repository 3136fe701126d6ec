"""What a log says beside its results: notifications, each of a kind that is declared."""

from collections.abc import Iterator, Mapping, Sequence

from chargehand.core.counting import count
from chargehand.core.finding import Finding
from chargehand.core.review import Review
from chargehand.lenses import rule_of
from chargehand.reports.document import Json
from chargehand.reports.notifications import Kind, Notification, notifications
from chargehand.reports.places import is_inside
from chargehand.reports.sarif.artifacts import artifact
from chargehand.reports.sarif.results import level, message

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


def declared_kinds() -> list[Json]:
    """Return the descriptor of each kind of notification."""
    return [_declared(kind, text) for kind, text in KINDS.items()]


def _declared(kind: str, text: str) -> Json:
    """Return the descriptor of a kind of notification, with what GitHub's rules ask of each descriptor."""
    whole = {"text": f"{text}."}
    return {"id": kind, "shortDescription": {"text": text}, "fullDescription": whole, "help": whole}


def notified(review: Review) -> Iterator[Json]:
    """Yield what was not looked at, gaps first, one notification for all files that share the reason.

    The rules stand among the run's properties, where a program finds their commit.
    """
    for each in notifications(review):
        if each.kind is not Kind.RULES:
            yield notification(each.kind.value, _text(each), each.paths, level=each.level)


def placeless(finding: Finding, indexes: Mapping[str, int]) -> Json:
    """Return a finding without a place: GitHub demands one of every result, GitLab drops those without."""
    rule = rule_of(finding)
    accepted = "" if finding.suppression is None else f"suppressed ({finding.suppression}) "
    text = f"{accepted}{finding.severity.value} finding: {message(finding)}"
    return {
        **notification(FINDING_WITHOUT_PLACE, text, level=level(finding)),
        "associatedRule": {"id": rule.id, "index": indexes[rule.id]},
    }


def _text(each: Notification) -> str:
    match each.kind:
        case Kind.NOT_REVIEWED:
            files = count(len(each.paths), "file")
            return f"{', '.join(each.lenses)}: {files} {each.reason}: {each.sentence}"
        case Kind.UNREADABLE | Kind.SKIPPED:
            return f"{count(len(each.paths), 'file')} not reviewed, {each.reason}: {each.sentence}"
        case Kind.MODE | Kind.GAP | Kind.RULES | Kind.BASELINE | Kind.NOTICE:
            return each.sentence


def notification(
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
