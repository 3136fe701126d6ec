"""What of the change nobody looked at, grouped so that a thousand equal gaps read as one."""

from chargehand.core.coverage import Looked
from chargehand.core.diff import Skip, SkipReason
from chargehand.core.review import Review
from chargehand.core.value import Value


class Unseen(Value):
    """Files that the same lenses did not look at, for the same reason."""

    paths: tuple[str, ...]
    lenses: tuple[str, ...]
    outcome: Looked
    reason: str


class LeftOut(Value):
    """Files that are not reviewed, for the same reason; `detail` is a sentence about each of them."""

    paths: tuple[str, ...]
    reason: SkipReason
    detail: str


def is_complete(review: Review) -> bool:
    """Tell whether everything was looked at that this run set out to look at.

    An offline run sets out to ask no model: its coverage is no gap, and its reports say so in words.
    """
    is_covered = review.mode == "offline" or not any(cell.is_gap for cell in review.coverage)
    is_read = not any(group.reason.is_unreadable for group in left_out(review))
    return is_covered and is_read and not review.gaps and not review.is_interrupted


def looked_at(review: Review) -> str:
    """Return in a few words how much models looked at."""
    if not review.diff.reviewable:
        return "nothing to review"
    if review.mode == "offline":
        return "no model looked"
    asked = len(review.coverage)
    done = sum(not each.is_gap for each in review.coverage)
    before = sum(each.is_cached for each in review.coverage)
    earlier = f", {before:,} of them in an earlier run" if before else ""
    return f"looked at {'all' if done == asked else f'{done:,} of'} {asked:,} file × lens{earlier}"


def unseen(review: Review) -> tuple[Unseen, ...]:
    """Return the gaps of the coverage, in the order of the first file of each."""
    lenses: dict[tuple[str, Looked, str], list[str]] = {}
    for cell in review.coverage:
        if cell.is_gap:
            lenses.setdefault((cell.path, cell.outcome, cell.reason), []).append(cell.lens)
    paths: dict[tuple[tuple[str, ...], Looked, str], list[str]] = {}
    for (path, outcome, reason), names in lenses.items():
        paths.setdefault((tuple(names), outcome, reason), []).append(path)
    return tuple(
        Unseen(paths=tuple(group), lenses=names, outcome=outcome, reason=reason)
        for (names, outcome, reason), group in paths.items()
    )


def left_out(review: Review) -> tuple[LeftOut, ...]:
    """Return the files that are not reviewed, those that could not be read first."""
    paths: dict[Skip, list[str]] = {}
    for file in review.diff.skipped:
        if file.skip:
            paths.setdefault(file.skip, []).append(file.path)
    groups = [
        LeftOut(paths=tuple(group), reason=skip.reason, detail=skip.detail) for skip, group in paths.items()
    ]
    return tuple(sorted(groups, key=lambda group: not group.reason.is_unreadable))
