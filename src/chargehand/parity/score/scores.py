"""What a comparison comes to: the figures of each fleet, by who said what is a defect, and its cost."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import reduce

from chargehand.core.value import Value
from chargehand.parity.sample.case import Case
from chargehand.parity.score.bootstrap import Figure, Interval, intervals
from chargehand.parity.score.parity import Difference, Parity, compare, with_unseen, worst
from chargehand.parity.score.spoken import Spoken
from chargehand.parity.score.tally import ALL, LENS, Count, Tally
from chargehand.parity.trial.folder import Trial

MARGIN = 0.05
_NONE = Count()


class Row(Value):
    """What a fleet found of one group of defects (ALL, a lens, a severity).

    `known` defects and `made` findings count once for each repeat. The differences are to the baseline, None
    for the baseline itself, and where one of the two has no such figure.
    """

    group: str
    known: int
    found: int
    made: int
    hit: int
    recall: Interval | None
    precision: Interval | None
    recall_difference: Difference | None = None
    precision_difference: Difference | None = None

    @property
    def parity(self) -> Parity:
        """What the differences say together; too few if there is none."""
        found = [each for each in (self.recall_difference, self.precision_difference) if each]
        return worst([each.parity for each in found])


class View(Value):
    """The figures of every fleet as one source has them: golden findings, a judge model, or people.

    The first fleet is the baseline. `notes` say how far the source is to be trusted.
    """

    source: str
    changes: int
    fleets: tuple[tuple[Row, ...], ...]
    notes: tuple[str, ...] = ()


class Cost(Value):
    """What the reviews of one fleet cost, and how many there were; None: a price is not known."""

    reviews: int
    incomplete: int
    total_usd: Decimal | None

    @property
    def review_usd(self) -> Decimal | None:
        """What one review cost on average."""
        return None if self.total_usd is None or not self.reviews else self.total_usd / self.reviews


class Scores(Value):
    """All that a comparison says; `margin` is how much worse than the baseline is as good, as a share.

    So many changes of the `sample` were reviewed by every fleet: `cases`.
    """

    trial: Trial
    sample: int
    cases: int
    margin: float
    costs: tuple[Cost, ...]
    views: tuple[View, ...]


def view(
    source: str, tallies: Sequence[Tally], margin: float, repeats: int, notes: Sequence[str] = ()
) -> View:
    """Return the figures of tallies, the baseline's first; each change was reviewed `repeats` times."""
    baseline = tallies[0]
    found = dict.fromkeys(group for each in tallies for group in each)
    groups = sorted(found, key=lambda group: (group != ALL, not group.startswith(LENS)))
    return View(
        source=source,
        changes=len(baseline.get(ALL, {})),
        fleets=tuple(
            tuple(
                _row(
                    group,
                    each.get(group, {}),
                    None if each is baseline else baseline.get(group, {}),
                    margin,
                    repeats,
                )
                for group in groups
            )
            for each in tallies
        ),
        notes=tuple(notes),
    )


def costs(trial: Trial, spoken: Sequence[Spoken]) -> tuple[Cost, ...]:
    """Return what each fleet cost."""
    by_fleet = [[each for each in spoken if each.fleet == fleet] for fleet in range(len(trial.fleets))]
    return tuple(_cost(each) for each in by_fleet)


def paired(cases: Sequence[Case], spoken: Sequence[Spoken]) -> tuple[Spoken, ...]:
    """Return the reviews of which every fleet has one, so that no fleet is measured by other changes."""
    fleets = {each.fleet for each in spoken}
    there = {(each.case, each.repeat, each.fleet) for each in spoken}
    known = {case.id for case in cases}
    return tuple(
        each
        for each in spoken
        if each.case in known and all((each.case, each.repeat, fleet) in there for fleet in fleets)
    )


def _cost(spoken: Sequence[Spoken]) -> Cost:
    amounts = [each.cost_usd for each in spoken]
    known = [each for each in amounts if each is not None]
    return Cost(
        reviews=len(spoken),
        incomplete=sum(not each.is_complete for each in spoken),
        total_usd=sum(known, Decimal(0)) if len(known) == len(amounts) else None,
    )


def _row(
    group: str, own: Mapping[str, Count], other: Mapping[str, Count] | None, margin: float, repeats: int
) -> Row:
    """Return the row of one fleet; `other` are the counts of the baseline, None for its own row."""
    against = other or {}
    names = sorted(own.keys() | against.keys())
    # One row a change: the four counts of the fleet, then those of the baseline.
    rows = [(*own.get(name, _NONE), *against.get(name, _NONE)) for name in names]
    recall, precision, less_found, less_right = intervals(rows, FIGURES) if rows else (None,) * 4
    whole, instead = _together(own), _together(against)
    row = Row(
        group=group,
        **whole._asdict(),
        recall=recall and with_unseen(recall, whole.known / repeats),
        precision=precision and with_unseen(precision, whole.made / repeats),
    )
    if not instead.found:
        return row  # a baseline that finds nothing is no measure
    made = min(whole.made, instead.made)
    return row.evolve(
        recall_difference=less_found and compare(less_found, margin, len(names), whole.known / repeats),
        precision_difference=less_right and compare(less_right, margin, len(names), made / repeats),
    )


def _together(counts: Mapping[str, Count]) -> Count:
    return reduce(Count.plus, counts.values(), _NONE)


def _share(part: int, of: int) -> Figure:
    return lambda sums: sums[part] / sums[of] if sums[of] else None


def _less(part: int, of: int) -> Figure:
    own, other = _share(part, of), _share(part + 4, of + 4)

    def difference(sums: Sequence[int]) -> float | None:
        here, there = own(sums), other(sums)
        return None if here is None or there is None else here - there

    return difference


# Recall and precision, then by how much they differ from the baseline's, by the place of the counts in a row.
FIGURES = (_share(1, 0), _share(3, 2), _less(1, 0), _less(3, 2))
