"""What the cheaper judge may not decide: what could fail the build is the orchestrator's."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chargehand.core.finding import Finding
from chargehand.pipeline.answers import Ruling
from chargehand.pipeline.rulings import Ruled, apply_rulings
from chargehand.pipeline.stakes import Stakes

Rulings = Mapping[int, Ruling]


class Bounded(NamedTuple):
    """The rulings that count, what they make of the claims, and the claims that are `raised`.

    Those are the ones that the cheaper judge alone would have fail the build.
    """

    rulings: dict[int, Ruling]
    ruled: Ruled
    raised: frozenset[int] = frozenset()


def bounded(claims: Sequence[Finding], orchestrators: Rulings, triages: Rulings, stakes: Stakes) -> Bounded:
    """Return both judges' rulings, by the index of their claim, without those beyond the cheaper one's power.

    A claim that could fail the build, alone or with what the orchestrator merged into it, can take in others
    by the cheaper judge's word, and nothing else. If that word alone would have claims fail the build, it
    does not count for them.
    """
    alone = apply_rulings(claims, orchestrators).standing
    grave = frozenset(index for index, finding in alone.items() if stakes.could_block(finding))
    weak = {index: each for index, each in triages.items() if index not in orchestrators}
    raised: frozenset[int] = frozenset()
    while True:
        rulings = {**weak, **orchestrators}
        ruled = apply_rulings(claims, rulings)
        held = {end for end, group in _groups(ruled).items() if group & grave and _is_final(end, rulings)}
        lifted = _lifted(ruled, grave, stakes)
        if weak.keys().isdisjoint(held | lifted):
            return Bounded(rulings, ruled, raised)
        raised |= lifted
        weak = {index: each for index, each in weak.items() if index not in held | lifted}


def _lifted(ruled: Ruled, grave: frozenset[int], stakes: Stakes) -> frozenset[int]:
    """Return the claims that could fail the build only as the rulings make them."""
    groups = (
        group
        for end, group in _groups(ruled).items()
        if end in ruled.standing and not group & grave and stakes.could_block(ruled.standing[end])
    )
    return frozenset().union(*groups)


def _is_final(end: int, rulings: Rulings) -> bool:
    """Tell whether the claim is dismissed or graded anew; one in a circle of merges is not."""
    return end in rulings and rulings[end].action != "merge"


def _groups(ruled: Ruled) -> dict[int, frozenset[int]]:
    """Return the claims that end in each claim, by its index."""
    groups: dict[int, set[int]] = {}
    for index, end in enumerate(ruled.ends):
        groups.setdefault(end, set()).add(index)
    return {end: frozenset(group) for end, group in groups.items()}
