"""What SARIF says of a run beside its results: where nobody looked, and what was left out."""

from collections.abc import Iterator, Sequence
from typing import Literal
from urllib.parse import quote

from chargehand.core.review import Review
from chargehand.reports.amounts import count
from chargehand.reports.document import Json
from chargehand.reports.headline import MODE_LABELS, has_models
from chargehand.reports.places import is_inside
from chargehand.reports.unseen import left_out, unseen

Kind = Literal[
    "not-reviewed", "unreadable", "skipped", "gap", "mode", "notice", "limit", "finding-without-place"
]

LEVELS: dict[Kind, str] = {
    "not-reviewed": "error",
    "unreadable": "error",
    "gap": "error",
    "mode": "warning",
    "limit": "warning",
    "finding-without-place": "warning",
    "skipped": "note",
    "notice": "note",
}


def notifications(review: Review) -> Iterator[Json]:
    """Yield what was not looked at, gaps first, one notification for all files that share the reason."""
    if label := MODE_LABELS[review.mode]:
        yield notification("mode", label, level="warning" if not has_models(review) else "note")
    for gap in review.gaps:
        yield notification("gap", gap)
    for group in unseen(review):
        told = f"{', '.join(group.lenses)}: {count(len(group.paths), 'file')} {group.outcome}: {group.reason}"
        level = "warning" if review.mode == "offline" else "error"
        yield notification("not-reviewed", told, group.paths, level=level)
    for left in left_out(review):
        told = f"{count(len(left.paths), 'file')} not reviewed, {left.reason.value}: {left.detail}"
        yield notification("unreadable" if left.reason.is_unreadable else "skipped", told, left.paths)
    for notice in (*review.diff.notices, *review.notices):
        yield notification("notice", notice)


def notification(kind: Kind, text: str, paths: Sequence[str] = (), *, level: str = "") -> dict[str, Json]:
    """Return one notification; files outside the repository are named in its text, never as locations."""
    named = [path for path in paths if is_inside(path)]
    unnamed = ", ".join(path for path in paths if not is_inside(path))
    said: dict[str, Json] = {
        "descriptor": {"id": kind},
        "level": level or LEVELS[kind],
        "message": {"text": f"{text} ({unnamed})" if unnamed else text},
    }
    if named:
        said["locations"] = [{"physicalLocation": {"artifactLocation": artifact(path)}} for path in named]
    return said


def artifact(path: str) -> dict[str, Json]:
    """Return where a file is: percent-encoded, its own bytes, relative to the repository's root."""
    return {"uri": quote(path.encode("utf-8", "surrogateescape"), safe="/")}
