"""Which model each lens needs: the cheapest one within the margin, as a comparison of fleets shows."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from chargehand.core.errors import InputError
from chargehand.core.money import usd
from chargehand.core.value import Value
from chargehand.parity.comparing import score
from chargehand.parity.score.parity import Parity
from chargehand.parity.score.scores import Row, Scores
from chargehand.parity.score.spoken import Spoken, read_spoken
from chargehand.parity.score.tally import LENS
from chargehand.parity.shown.words import verdict
from chargehand.parity.trial.folder import Fleet, Folder


class Candidate(Value):
    """A model under one lens: what its reading cost, None if that is not known, and how it compares."""

    model: str
    cost_usd: Decimal | None
    row: Row
    is_baseline: bool


class Proposal(Value):
    """What a comparison says of one lens: all models that were tried, and the cheapest that is good enough.

    `model` is None if only the baseline is known to be: then nothing is proposed.
    """

    lens: str
    model: str | None
    candidates: tuple[Candidate, ...]


def audit(folder: Folder, margin: float) -> tuple[Scores, tuple[Proposal, ...]]:
    """Return the scores, and for each lens with a known defect what is proposed. Raises InputError."""
    scores = score(folder, margin)
    spoken, _ = read_spoken(folder, folder.cases())
    lenses = _lenses(scores)
    if not lenses:
        raise InputError(
            "Nothing is proposed: nothing is known of the changes of this comparison, or the baseline found "
            "none of it. Run one over golden findings, planted defects or reversed fixes, or have "
            "`chargehand parity judge` rate it."
        )
    return scores, tuple(_proposal(lens, scores, spoken) for lens in lenses)


def as_settings(proposals: Sequence[Proposal]) -> Mapping[str, str]:
    """Return the model to set by lens."""
    return {each.lens: each.model for each in proposals if each.model}


def lines(scores: Scores, proposals: Sequence[Proposal]) -> Iterator[str]:
    """Yield for each lens what was tried, what it cost, and what is proposed."""
    for proposal in proposals:
        yield f"{proposal.lens}: {proposal.model or 'no cheaper model is known to be as good'}"
        for each in proposal.candidates:
            cost = "unknown" if each.cost_usd is None else usd(each.cost_usd)
            said = "the baseline" if each.is_baseline else verdict(each.row, scores.margin)
            yield f"  {each.model}: {cost}, {each.row.found:,} of {each.row.known:,} found; {said}"


def _lenses(scores: Scores) -> list[str]:
    """Return the lenses under which the baseline found something: without that, nothing can be compared."""
    rows = scores.views[0].fleets[0] if scores.views else ()
    return [row.group.removeprefix(LENS) for row in rows if row.group.startswith(LENS) and row.found]


def _proposal(lens: str, scores: Scores, spoken: Sequence[Spoken]) -> Proposal:
    candidates = [
        Candidate(
            model=_model(fleet, lens),
            cost_usd=_cost(lens, spoken, index),
            row=next(row for row in scores.views[0].fleets[index] if row.group == f"{LENS}{lens}"),
            is_baseline=index == 0,
        )
        for index, fleet in enumerate(scores.trial.fleets)
    ]
    baseline, *others = candidates
    good = [each for each in others if each.row.parity is Parity.WITHIN and each.cost_usd is not None]
    cheapest = min(good, key=lambda each: each.cost_usd or Decimal(0), default=None)
    is_worth_it = cheapest and (baseline.cost_usd is None or (cheapest.cost_usd or 0) < baseline.cost_usd)
    return Proposal(
        lens=lens,
        model=cheapest.model if cheapest and is_worth_it else None,
        candidates=tuple(sorted(candidates, key=lambda each: each.cost_usd or Decimal(0))),
    )


def _model(fleet: Fleet, lens: str) -> str:
    return fleet.models.get(f"lenses.{lens}", fleet.models["worker"])


def _cost(lens: str, spoken: Sequence[Spoken], fleet: int) -> Decimal | None:
    """Return what the calls under a lens cost a fleet; a review without such a call cost nothing for it."""
    amounts = [each.lens_usd.get(lens, Decimal(0)) for each in spoken if each.fleet == fleet]
    return None if None in amounts else sum((each for each in amounts if each is not None), Decimal(0))
