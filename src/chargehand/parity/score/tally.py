"""Counts what was found of what is known, for each change: all of it, by lens, by severity."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chargehand.core.finding import Severity
from chargehand.parity.sample.case import Case, Golden
from chargehand.parity.score.matching import match
from chargehand.parity.score.spoken import Said, Spoken

ALL = "all"
LENS, SEVERITY = "lens ", "severity "


class Count(NamedTuple):
    """Of one change: `known` defects, how many of them were `found`, findings made, and those that `hit`."""

    known: int = 0
    found: int = 0
    made: int = 0
    hit: int = 0

    def plus(self, other: "Count") -> "Count":
        """Return both together."""
        return Count(*(a + b for a, b in zip(self, other, strict=True)))


# By what is counted (ALL, a lens, a severity), and then by change.
Tally = dict[str, dict[str, Count]]


def tally(cases: Sequence[Case], spoken: Iterable[Spoken], fleet: int) -> Tally:
    """Return what a fleet found, all repeats together; changes of which nothing is known are left out.

    A lens is measured by itself: by its own findings, and the defects that are its business. What free checks
    say is the same for every fleet: it may find a defect, and is no finding of a fleet.
    """
    known = {case.id: case.golden for case in cases if case.golden is not None}
    counted: Tally = {}
    for each in spoken:
        if each.fleet != fleet or each.case not in known:
            continue
        for group, count in _counts(known[each.case] or (), each.said).items():
            by_case = counted.setdefault(group, {})
            by_case[each.case] = by_case.get(each.case, Count()).plus(count)
    return counted


def _counts(golden: Sequence[Golden], said: Sequence[Said]) -> dict[str, Count]:
    found, own = match(golden, said), [each for each in said if not each.is_fact]
    hits = [said[finding] for finding in found.values() if not said[finding].is_fact]
    counts = {ALL: Count(len(golden), len(found), len(own), len(hits))}
    for severity in Severity:
        counts[f"{SEVERITY}{severity.value}"] = Count(
            known=sum(each.severity is severity for each in golden),
            found=sum(golden[defect].severity is severity for defect in found),
            made=sum(each.severity is severity for each in own),
            hit=sum(each.severity is severity for each in hits),
        )
    lenses = sorted({each.lens for each in golden} | {lens for each in own for lens in each.lenses[:1]})
    return counts | {f"{LENS}{lens}": _of_lens(lens, golden, said, found) for lens in lenses}


def _of_lens(lens: str, golden: Sequence[Golden], said: Sequence[Said], found: dict[int, int]) -> Count:
    """Count what a lens found of its own defects; a finding of its that hit another's is no false alarm."""
    mine = [each for each in golden if each.lens == lens]
    spoken = [each for each in said if lens in each.lenses]
    hits = match(mine, spoken)
    own = [finding for finding, each in enumerate(said) if each.lenses[0] == lens and not each.is_fact]
    return Count(
        known=len(mine),
        found=len(hits),
        made=len(own),
        hit=sum(finding in found.values() for finding in own),
    )
