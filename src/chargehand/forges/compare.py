"""What has to be done so that in a request stands what should stand there: pure, tried without a network."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from chargehand.forges.comment import MOST_REMEMBERED, Marker, Posted, Wanted
from chargehand.forges.words import HINT


class Create(NamedTuple):
    """A comment is missing."""

    wanted: Wanted


class Edit(NamedTuple):
    """A comment says something else than it should."""

    posted: Posted
    body: str


class Fold(NamedTuple):
    """A comment is about something that is gone, or accepted."""

    posted: Posted
    body: str


class Unfold(NamedTuple):
    """What we folded away is there again."""

    posted: Posted
    body: str


class Delete(NamedTuple):
    """A comment of ours stands twice."""

    posted: Posted


class Leave(NamedTuple):
    """Nothing is to be done: it stands as it should, or it is not ours to touch."""

    posted: Posted


Step = Create | Edit | Fold | Unfold | Delete | Leave


class Fates(NamedTuple):
    """What became of findings that should not, or no longer, stand inline.

    `accepted` returns why somebody accepts the finding, and `is_gone` tells whether it is gone; both by the
    marker of its comment. They speak for the review of this name alone.
    """

    accepted: Callable[[Marker], str]
    is_gone: Callable[[Marker], bool]
    review: str = ""


def compare(
    wanted: Sequence[Wanted], posted: Sequence[Posted], summary: Marker | None, most: int, fates: Fates
) -> tuple[Step, ...]:
    """Return the steps, in the order in which they are to be taken; at most `most` of them create something.

    `summary` is the marker of our summary, None if none stands. A finding that it knows, without a comment,
    was told before: somebody deleted the comment, or there were too many. It is not posted again. A summary
    that remembers no more of them may have told of any, so that nothing is created beside it.
    """
    ours = of_findings(posted, fates.review)
    groups = paired([each.marker for each in wanted], ours)
    taken = {one.id for group in groups for one in group}
    told = frozenset((*summary.known, *summary.told)) if summary else frozenset()
    most = 0 if summary and len(summary.told) >= MOST_REMEMBERED else most
    steps: list[Step] = []
    missing = 0
    for each, group in zip(wanted, groups, strict=True):
        if group:
            steps += _as_wanted(each, group)
        elif not told.intersection((each.marker.first, each.marker.second)) and missing < most:
            missing += 1
            steps.append(Create(each))
    for group in _by_finding([one for one in ours if one.id not in taken]):
        steps += _unwanted(group, fates)
    return tuple(steps)


def later_ones(posted: Sequence[Posted]) -> tuple[Posted, ...]:
    """Return our comments that say what an earlier one of ours says, as two runs at once make them."""
    groups = _by_finding([each for each in posted if each.marker.kind == "finding"])
    names = dict.fromkeys(each.marker.review for each in posted)
    summaries = [list(_summaries(posted, name)) for name in names]
    return tuple(one for group in (*groups, *summaries) for one in _others(group))


def the_summary(posted: Sequence[Posted], review: str) -> Posted | None:
    """Return the summary of the review of this name, the earliest if there are several."""
    return min(_summaries(posted, review), key=_age, default=None)


def of_findings(posted: Iterable[Posted], review: str) -> list[Posted]:
    """Return the comments that stand for findings; what another review folded away stands for none here."""
    return [
        each
        for each in posted
        if each.marker.kind == "finding" and (each.marker.review == review or not each.marker.is_folded)
    ]


def _summaries(posted: Iterable[Posted], review: str) -> Iterator[Posted]:
    return (each for each in posted if each.marker.kind == "summary" and each.marker.review == review)


def is_untouched(posted: Posted) -> bool:
    """Tell whether nobody but us answered the comment, resolved its thread or hid it."""
    is_closed = posted.is_resolved or posted.is_hidden
    return not posted.is_answered and (not is_closed or posted.marker.is_folded)


def _as_wanted(wanted: Wanted, group: Sequence[Posted]) -> Iterator[Step]:
    kept = _kept(group)
    yield from map(Delete, _others(group))
    if not is_untouched(kept) or kept.marker.review != wanted.marker.review:
        yield Leave(kept)
    elif kept.marker.is_folded:
        yield Unfold(kept, wanted.body)
    elif _shown(kept.marker) != _shown(wanted.marker):
        yield Edit(kept, wanted.body)
    else:
        yield Leave(kept)


def _shown(marker: Marker) -> tuple[str, str]:
    """Return what the text has to say as it is now: the grade, and by which fingerprint it is waived."""
    return (marker.severity, marker.first)


def _unwanted(group: Sequence[Posted], fates: Fates) -> Iterator[Step]:
    kept = _kept(group)
    yield from map(Delete, _others(group))
    reason = ""
    if is_untouched(kept) and not kept.marker.is_folded and kept.marker.review == fates.review:
        accepted = fates.accepted(kept.marker)
        reason = accepted or (GONE if fates.is_gone(kept.marker) else "")
    yield Fold(kept, folded_body(kept, reason)) if reason else Leave(kept)


GONE = "Gone: the file was read again, and this line is no longer what it was."


def folded_body(posted: Posted, reason: str) -> str:
    """Return the comment's text with the reason ahead of it, and a marker that says that we folded it.

    That it blocks, which is its last paragraph, is true no longer.
    """
    marker = posted.marker.evolve(is_folded=True)
    text = posted.body.lstrip().partition("-->")[2].partition(f"\n\n{HINT}")[0].strip()
    return f"{marker.written()}\n**{reason}**\n\n{text}"


def paired(wanted: Sequence[Marker], posted: Sequence[Posted]) -> list[list[Posted]]:
    """Return for each finding's marker the comments that stand for it; each stands for one at most."""
    groups: list[list[Posted]] = [[] for _ in wanted]
    taken: set[str] = set()
    for key_of in _KEYS:
        known: dict[tuple[str, ...], list[Posted]] = {}
        for each in sorted(posted, key=_age):
            known.setdefault(key_of(each.marker), []).append(each)
        for group, marker in zip(groups, wanted, strict=True):
            key = () if group else key_of(marker)
            alike = [each for each in known.get(key, ()) if each.id not in taken and all(key)]
            group += [each for each in alike if each.marker == alike[0].marker]
            taken.update(each.id for each in group)
    return groups


# How a comment and a finding of a later run are known to be of one defect, the surest first. The first
# fingerprint changes with the number of equal lines above, the second with that of the findings on the line.
_KEYS: tuple[Callable[[Marker], tuple[str, ...]], ...] = (
    lambda marker: (marker.first, marker.second),
    lambda marker: (marker.second, marker.rule),
    lambda marker: (marker.first,),
    lambda marker: (marker.second,),
)


def _by_finding(posted: Sequence[Posted]) -> list[list[Posted]]:
    """Return equal comments together: two runs at once write the same fingerprints."""
    groups: dict[tuple[str, str], list[Posted]] = {}
    for each in posted:
        groups.setdefault((each.marker.first, each.marker.second), []).append(each)
    return list(groups.values())


def _kept(group: Sequence[Posted]) -> Posted:
    """Return the one of several equal comments that stays: one that people touched, else the earliest."""
    return min(group, key=lambda each: (is_untouched(each), *_age(each)))


def _others(group: Sequence[Posted]) -> Iterator[Posted]:
    """Yield the ones that go; what people answered stays in any case."""
    kept = _kept(group) if group else None
    return (each for each in group if each is not kept and is_untouched(each))


def _age(posted: Posted) -> tuple[int, str]:
    return (posted.order, posted.id)
