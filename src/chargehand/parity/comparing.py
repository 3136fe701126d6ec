"""A comparison from its start to its scores: what is chosen, what it will cost, what came of it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from chargehand.core.counting import count
from chargehand.core.errors import InputError
from chargehand.core.money import usd
from chargehand.parity.readers.item import items
from chargehand.parity.readers.judging import heard
from chargehand.parity.readers.views import judge_views, last_judge, people_view, read_person
from chargehand.parity.sample.case import Case
from chargehand.parity.score.scores import Scores, View, costs, paired, view
from chargehand.parity.score.spoken import Spoken, read_spoken
from chargehand.parity.score.tally import tally
from chargehand.parity.trial.contender import Contender
from chargehand.parity.trial.folder import Folder
from chargehand.parity.trial.forecast import Forecast, total

# So many outputs of each fleet are put before a judge and people.
OUTPUTS = 50


class Preset(NamedTuple):
    """How large a comparison is to be: so many changes, or so many tasks of workers."""

    changes: int | None
    tasks: int | None


# What is usually asked before a model works for good.
PRESETS = {"tasks": Preset(changes=None, tasks=100), "outputs": Preset(changes=OUTPUTS, tasks=None)}


def chosen(cases: Sequence[Case], forecasts: Sequence[Forecast], preset: Preset | None) -> tuple[Case, ...]:
    """Return as many changes of the sample as the preset wants, from its beginning; InputError if too few.

    Tasks are counted for the last fleet, which is the one that is tested.
    """
    if preset is None:
        return tuple(cases)
    tasks = {each.case: each.tasks for each in forecasts}
    taken: list[Case] = []
    reached = 0
    for case in cases:
        taken.append(case)
        reached += tasks[case.id]
        if (preset.tasks and reached >= preset.tasks) or len(taken) == preset.changes:
            return tuple(taken)
    wanted = f"{preset.tasks} tasks" if preset.tasks else f"{preset.changes} changes"
    raise InputError(
        f"Nothing was compared: the sample has {count(len(cases), 'change')} with {count(reached, 'task')}, "
        f"and {wanted} were asked for. Cut a larger one with `chargehand parity sample -n`."
    )


def forecast_lines(forecasts: Sequence[Forecast], fleets: Sequence[Contender], repeats: int) -> Iterator[str]:
    """Yield what a comparison would cost, for each fleet and together."""
    whole: list[Decimal | None] = []
    for fleet in fleets:
        mine = [each for each in forecasts if each.contender == fleet.name]
        expected, high = (
            _times(total(amounts), repeats)
            for amounts in ([each.expected_usd for each in mine], [each.high_usd for each in mine])
        )
        whole.append(expected)
        models = ", ".join(dict.fromkeys(fleet.models.values()))
        yield (
            f"{fleet.name} ({models}): {count(len(mine) * repeats, 'review')}, "
            f"{count(sum(each.tasks for each in mine) * repeats, 'task')}; expected {_amount(expected)}, "
            f"at most {_amount(high)} if no attempt fails"
        )
    yield f"Together: expected {_amount(total(whole))}"


def _times(amount: Decimal | None, number: int) -> Decimal | None:
    return None if amount is None else amount * number


def _amount(amount: Decimal | None) -> str:
    return "unknown" if amount is None else usd(amount)


def score(folder: Folder, margin: float, ratings: Sequence[Path] = (), outputs: int = OUTPUTS) -> Scores:
    """Return what a comparison comes to so far; InputError if no change was reviewed by every fleet.

    What a judge said of it stands in its folder, and what people said in the files of `ratings`.
    """
    trial, cases = folder.trial(), folder.cases()
    spoken, _ = read_spoken(folder, cases)
    both = paired(cases, spoken)
    fleets = range(len(trial.fleets))
    if not both or {each.fleet for each in both} != set(fleets):
        raise InputError(
            f"Nothing was scored: no change in {folder.path} was reviewed by every fleet yet. Go on with "
            "`chargehand parity run`."
        )
    known = [case for case in cases if case.golden is not None]
    tallies = [tally(known, both, fleet) for fleet in fleets]
    golden = [view("golden findings", tallies, margin, trial.repeats)] if any(tallies) else []
    return Scores(
        trial=trial,
        sample=len(cases),
        cases=len({each.case for each in both}),
        margin=margin,
        costs=costs(trial, both),
        views=(*golden, *_read(folder, cases, both, margin, ratings, outputs)),
    )


def _read(
    folder: Folder,
    cases: Sequence[Case],
    spoken: Sequence[Spoken],
    margin: float,
    ratings: Sequence[Path],
    outputs: int,
) -> Iterator[View]:
    """Yield what a judge and people said."""
    trial = folder.trial()
    shown = items(trial, cases, spoken, outputs)
    said, fleets = heard(folder), len(trial.fleets)
    yield from judge_views(said, shown, cases, fleets, margin)
    if ratings:
        yield people_view([read_person(each) for each in ratings], shown, fleets, margin, last_judge(said))
