"""What a report says beside its findings: what was not reviewed, who reviewed, and what else is to be known.

Every report gets it from `notifications`, and only renders it: none can forget a kind.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Literal

from chargehand.core.counting import count
from chargehand.core.diff import Skip
from chargehand.core.escaping import one_line
from chargehand.core.finding import Finding
from chargehand.core.plain_value import PlainValue
from chargehand.core.review import Mode, Review

_NAMED = 3

Level = Literal["error", "warning", "note"]


class Kind(str, Enum):
    """What a notification is about, in the order in which they come."""

    MODE = "mode"
    GAP = "gap"
    NOT_REVIEWED = "not-reviewed"
    UNREADABLE = "unreadable"
    SKIPPED = "skipped"
    RULES = "rules"
    BASELINE = "baseline"
    NOTICE = "notice"


class Notification(PlainValue):
    """Something that is so for all of `paths` (none: for the whole run), grouped so that equals read as one.

    `level` is `error` if the review is incomplete because of it, `warning` if nobody looked and nobody was
    meant to, else `note`. `reason` is a word (how the task ended, or why a file is left out), `sentence`
    says it to a person. `lenses` are those that did not look.
    """

    kind: Kind
    level: Level
    sentence: str
    paths: tuple[str, ...] = ()
    lenses: tuple[str, ...] = ()
    reason: str = ""


MODES_WITH_MODELS: tuple[Mode, ...] = ("live", "batch", "replayed")

MODE_LABELS: dict[Mode, str] = {
    "live": "",
    "batch": "",
    "replayed": "Replayed: the answers are recordings of models, and nothing was spent in this run.",
    "scripted": "Scripted: the answers were written by hand, no model looked, and nothing was spent.",
    "offline": "Offline: only the free checks ran, and no model was asked.",
}


# Nearly every part of every report asks for them, and a large change takes a second to gather them.
_GATHERED: list[tuple[Review, tuple[Notification, ...]]] = []


def notifications(review: Review) -> tuple[Notification, ...]:
    """Return all that is to be said beside the findings, in the order of the kinds.

    Those of the review that was asked about last are remembered: a review never changes.
    """
    for known, said in tuple(_GATHERED):
        if known is review:
            return said
    gathered = _gathered(review)
    _GATHERED[:] = [(review, gathered)]
    return gathered


def _gathered(review: Review) -> tuple[Notification, ...]:
    return (
        *_mode(review),
        *(Notification(kind=Kind.GAP, level="error", sentence=gap) for gap in (*review.gaps, *review.capped)),
        *_not_reviewed(review),
        *_left_out(review),
        *_rules(review),
        *_baseline(review),
        *(Notification(kind=Kind.NOTICE, level="note", sentence=said) for said in review.said),
    )


def of_kind(review: Review, *kinds: Kind) -> Iterator[Notification]:
    """Yield the notifications of some kinds, in the order in which the kinds are given."""
    every = notifications(review)
    return (each for kind in kinds for each in every if each.kind is kind)


def is_complete(review: Review) -> bool:
    """Tell whether everything was looked at that this run set out to look at.

    An offline run sets out to ask no model: its coverage is no gap, and its reports say so in words.
    """
    return not review.is_interrupted and all(each.level != "error" for each in notifications(review))


def left_out(review: Review) -> str:
    """Return in a few words which files are left out on purpose, empty if none is."""
    paths = list(dict.fromkeys(path for each in of_kind(review, Kind.SKIPPED) for path in each.paths))
    if not paths:
        return ""
    more = len(paths) - _NAMED
    named = ", ".join(one_line(path) for path in paths[:_NAMED])
    return f"left out: {named}" + (f" and {count(more, 'more file')}" if more > 0 else "")


def has_models(review: Review) -> bool:
    """Tell whether models looked, now or when their answers were recorded."""
    return review.mode in MODES_WITH_MODELS


def replaces_earlier(review: Review) -> bool:
    """Tell whether the reports may take the place of those of an earlier run.

    Models looked at all of the change, and the change is all that its branch brings: an upload for less would
    close what was found in the rest.
    """
    return is_complete(review) and has_models(review) and review.change.is_whole


def looked_at(review: Review) -> str:
    """Return in a few words how much models read; a reading is one file under one lens."""
    if not review.diff.reviewable:
        return "nothing to review" if is_complete(review) else "nothing could be read"
    if review.mode == "offline":
        return "no model looked"
    asked, done = len(review.coverage), sum(not each.is_gap for each in review.coverage)
    files = count(len({each.path for each in review.coverage}), "file")
    lenses = _lenses(review)
    before = sum(each.is_reused for each in review.coverage)
    earlier = f", {before:,} of {count(asked, 'reading')} in an earlier run" if before else ""
    if done < asked:
        return f"{done:,} of {count(asked, 'reading')} done ({files} under {lenses}){earlier}"
    return f"{_all(files)} read under {lenses}{earlier}"


def _lenses(review: Review) -> str:
    """Return how many lenses read each file; a lens may have files of its own to read."""
    paths = {each.path for each in review.coverage}
    lenses = {each.lens for each in review.coverage}
    is_each_by_all = len(review.coverage) == len(paths) * len(lenses)
    number = "1 lens" if len(lenses) == 1 else f"{len(lenses)} lenses"
    return _all(number) if is_each_by_all else "the lenses that apply"


def _all(counted: str) -> str:
    number, _, noun = counted.partition(" ")
    return {"1": counted, "2": f"both {noun}"}.get(number, f"all {counted}")


def _rules(review: Review) -> Iterator[Notification]:
    rules = review.change.rules
    if review.change.is_found:
        of = f"Reviewed: {review.change.shown}. " if review.change.shown else ""
        sentence = f"{of}Rules: {rules.shown}."
        yield Notification(kind=Kind.RULES, level="note", sentence=sentence, reason=rules.origin)


def _baseline(review: Review) -> Iterator[Notification]:
    baseline = review.baseline
    if baseline is None:
        return
    of = f" (of {baseline.head})" if baseline.head else ""
    partly = ", of a review that was not complete" if baseline.is_partial else ""
    gone = f", {len(baseline.gone):,} gone" if baseline.gone else ""
    sentence = (
        f"Baseline: {one_line(baseline.name)}{of} has {count(baseline.total, 'finding')}{partly}: "
        f"{baseline.existing:,} found again{gone}. New: {len(new_findings(review)):,}, and only these can "
        "fail the build."
    )
    yield Notification(kind=Kind.BASELINE, level="note", sentence=sentence)


def new_findings(review: Review) -> tuple[Finding, ...]:
    """Return the findings that the baseline does not have, and that nobody accepted."""
    return tuple(each for each in review.findings if each.state == "new" and each.suppression is None)


def existing_findings(review: Review) -> tuple[Finding, ...]:
    """Return the findings that the baseline has already, and that nobody accepted."""
    return tuple(each for each in review.findings if each.state == "existing" and each.suppression is None)


def late_findings(review: Review) -> tuple[Finding, ...]:
    """Return the findings on lines that the last review read already, and that nobody accepted."""
    return tuple(each for each in review.findings if each.state == "late" and each.suppression is None)


def suppressed_findings(review: Review) -> tuple[Finding, ...]:
    """Return the findings that somebody accepted."""
    return tuple(each for each in review.findings if each.suppression is not None)


def _mode(review: Review) -> Iterator[Notification]:
    label = MODE_LABELS[review.mode] if review.change.is_found else ""
    if review.unasked:
        label = f"Offline: no model was asked, because {review.unasked.reason}. Only the free checks ran."
    if label:
        level: Level = "note" if has_models(review) else "warning"
        yield Notification(kind=Kind.MODE, level=level, sentence=label)


def _not_reviewed(review: Review) -> Iterator[Notification]:
    """Yield the gaps of the coverage, in the order of the first file of each."""
    lenses: dict[tuple[str, str, str], list[str]] = {}
    for cell in (each for each in review.coverage if each.is_gap):
        lenses.setdefault((cell.path, cell.outcome, cell.reason), []).append(cell.lens)
    paths: dict[tuple[tuple[str, ...], str, str], list[str]] = {}
    for (path, outcome, reason), each in lenses.items():
        paths.setdefault((tuple(each), outcome, reason), []).append(path)
    for (names, outcome, reason), group in paths.items():
        yield Notification(
            kind=Kind.NOT_REVIEWED,
            level="warning" if review.mode == "offline" else "error",
            sentence=reason,
            paths=tuple(group),
            lenses=names,
            reason=outcome,
        )


def _left_out(review: Review) -> Iterator[Notification]:
    """Yield the files that are not reviewed, those that could not be read first."""
    paths: dict[Skip, list[str]] = {}
    for file in review.diff.skipped:
        if file.skip:
            paths.setdefault(file.skip, []).append(file.path)
    for skip, group in sorted(paths.items(), key=lambda each: not each[0].is_gap):
        yield Notification(
            kind=Kind.UNREADABLE if skip.is_gap else Kind.SKIPPED,
            level="error" if skip.is_gap else "note",
            sentence=skip.detail,
            paths=tuple(dict.fromkeys(group)),
            reason=skip.reason.value,
        )
