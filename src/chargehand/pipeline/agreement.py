"""How sure a finding is if every part was read by several samples: as sure as many of them say it."""

from collections.abc import Sequence

from chargehand.core.finding import Confidence, Finding
from chargehand.core.plan import Outcome, Reviewed

_BY_SAMPLES = {1: Confidence.LOW, 2: Confidence.MEDIUM}


def agreed(findings: Sequence[Finding], outcomes: Sequence[Outcome]) -> tuple[Finding, ...]:
    """Return the findings with the confidence that the samples give them.

    Where one sample alone answered under a lens, nobody could agree, and its own word stands. So does what a
    free check found.
    """
    answered: dict[str, set[int]] = {}
    for outcome in outcomes:
        if isinstance(outcome, Reviewed):
            for lens in outcome.task.reader.lenses:
                answered.setdefault(lens, set()).add(outcome.task.reader.sample)
    return tuple(
        each
        if each.is_fact or len(answered.get(each.lens, ())) < 2
        else each.evolve(confidence=_BY_SAMPLES.get(len(each.samples), Confidence.HIGH))
        for each in findings
    )
