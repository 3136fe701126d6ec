"""What the judge's rulings make of the claims: who takes in whom, who is graded anew, who is dismissed."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chargehand.core.escaping import one_line
from chargehand.core.finding import Dismissed, Finding, regrade
from chargehand.core.taking_in import take_in
from chargehand.pipeline.answers import Ruling
from chargehand.pipeline.twins import by_importance

NO_REASON = "no reason given"


class Ruled(NamedTuple):
    """What stands, by the index of its claim, what does not, and in which claim each one ends."""

    standing: dict[int, Finding]
    dismissed: dict[int, Dismissed]
    ends: tuple[int, ...]


def apply_rulings(claims: Sequence[Finding], rulings: Mapping[int, Ruling]) -> Ruled:
    """Return what the rulings, by the index of their claim, make of the claims.

    A merge is followed to its end: what was merged into a merged claim goes where that one goes, and what
    says the same as a dismissed claim is dismissed with it. Of claims that were merged in a circle the most
    important one stands.
    """
    ends = [_end(index, claims, rulings) for index in range(len(claims))]
    standing = {
        index: _standing(index, claims, rulings, ends)
        for index in range(len(claims))
        if ends[index] == index and not _is_dismissed(index, rulings)
    }
    dismissed = {
        index: Dismissed(finding=claim, reason=_why(index, claims, rulings, ends[index]))
        for index, claim in enumerate(claims)
        if _is_dismissed(ends[index], rulings)
    }
    return Ruled(standing, dismissed, tuple(ends))


def _end(index: int, claims: Sequence[Finding], rulings: Mapping[int, Ruling]) -> int:
    """Return the claim in which the chain of merges that begins with this one ends."""
    chain = [index]
    while (into := _target(chain[-1], claims, rulings)) is not None:
        if into in chain:
            circle = chain[chain.index(into) :]
            return min(circle, key=lambda each: (by_importance(claims[each]), each))
        chain.append(into)
    return chain[-1]


def _target(index: int, claims: Sequence[Finding], rulings: Mapping[int, Ruling]) -> int | None:
    """Return the claim into which this one was merged, None if it was not."""
    ruling = rulings.get(index)
    if ruling is None or ruling.action != "merge" or not 1 <= ruling.into <= len(claims):
        return None
    return ruling.into - 1


def _is_dismissed(index: int, rulings: Mapping[int, Ruling]) -> bool:
    return index in rulings and rulings[index].action == "dismiss"


def _standing(
    index: int, claims: Sequence[Finding], rulings: Mapping[int, Ruling], ends: Sequence[int]
) -> Finding:
    """Return the claim with all that was merged into it, and with the judge's own grade if there is one."""
    finding = claims[index]
    for other, end in enumerate(ends):
        if end == index != other:
            finding = take_in(finding, claims[other], _reason(rulings[other]))
    ruling = rulings.get(index)
    if ruling and ruling.action == "regrade":
        return regrade(finding, ruling.severity, _reason(ruling))
    return finding


def _why(index: int, claims: Sequence[Finding], rulings: Mapping[int, Ruling], end: int) -> str:
    reason = _reason(rulings[end])
    if index == end:
        return reason
    return f'it says the same as "{claims[end].title}", which was dismissed: {reason}'


def _reason(ruling: Ruling) -> str:
    return one_line(ruling.reason) or NO_REASON
