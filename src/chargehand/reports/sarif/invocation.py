"""What SARIF says of a run beside its results: where nobody looked, and what was left out."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from chargehand.core.counting import count
from chargehand.core.review import Review
from chargehand.reports.document import Json
from chargehand.reports.notifications import Kind, Notification, notifications
from chargehand.reports.places import is_inside

# The kinds that only this format has, beside those of every report.
LIMIT, FINDING_WITHOUT_PLACE = "limit", "finding-without-place"


def notified(review: Review) -> Iterator[Json]:
    """Yield what was not looked at, gaps first, one notification for all files that share the reason.

    The rules stand among the run's properties, where a program finds their commit.
    """
    for each in (told for told in notifications(review) if told.kind is not Kind.RULES):
        yield notification(each.kind.value, _text(each), each.paths, level=each.level)


def _text(each: Notification) -> str:
    match each.kind:
        case Kind.NOT_REVIEWED:
            files = count(len(each.paths), "file")
            return f"{', '.join(each.lenses)}: {files} {each.reason}: {each.sentence}"
        case Kind.UNREADABLE | Kind.SKIPPED:
            return f"{count(len(each.paths), 'file')} not reviewed, {each.reason}: {each.sentence}"
        case Kind.MODE | Kind.GAP | Kind.RULES | Kind.NOTICE:
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


def artifact(path: str) -> dict[str, Json]:
    """Return where a file is: percent-encoded, its own bytes, relative to the repository's root."""
    return {"uri": quote(path.encode("utf-8", "surrogateescape"), safe="/")}
