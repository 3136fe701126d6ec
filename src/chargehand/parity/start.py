"""How a comparison begins, or goes on: its cost is said first, and nothing is spent without a cap."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from chargehand.change import find_repository
from chargehand.core.counting import count
from chargehand.core.errors import InputError
from chargehand.core.escaping import one_line
from chargehand.core.money import usd
from chargehand.parity.as_run import Ends
from chargehand.parity.comparing import Preset, chosen, forecast_lines
from chargehand.parity.configured import configured
from chargehand.parity.sample.case import Case
from chargehand.parity.sample.file import read_sample
from chargehand.parity.score.spoken import read_spoken
from chargehand.parity.shown.words import beside_words
from chargehand.parity.trial.contender import Contender, contender
from chargehand.parity.trial.folder import Folder, trial_of
from chargehand.parity.trial.forecast import forecast
from chargehand.parity.trial.purse import Purse
from chargehand.parity.trial.running import Ended, Place, Work, run_trial
from chargehand.parity.trial.surroundings import surroundings


class Wanted(NamedTuple):
    """What is to be compared: the sample, the baseline first and then the fleets, and how often.

    `cap_usd` is for the whole comparison, over all starts; None: it is only forecast.
    """

    sample: Path
    fleets: Sequence[str]
    repeats: int
    preset: Preset | None
    cap_usd: Decimal | None
    is_batch: bool
    config: Path | None


def start(wanted: Wanted, folder: Folder, place: Place) -> Ended | None:
    """Say what is expected, and run what is not there yet; None if nothing was, since there is no cap."""
    checkout = find_repository(place.cwd, place.environ)
    settings = configured(checkout, wanted.config, place.environ, {})
    fleets = [contender(words, settings) for words in wanted.fleets]
    if len(set(wanted.fleets)) < len(fleets):
        fleets = [each.evolve(name=f"{each.name} ({number})") for number, each in enumerate(fleets, 1)]
    cases = read_sample(wanted.sample)
    place.say(f"{count(len(cases), 'change')} in {one_line(str(wanted.sample))}; first, what it would cost")
    with surroundings(cases, checkout, place.environ) as there:
        here = place._replace(environ=there.environ)
        return _started(wanted, folder, here, Compared(cases, fleets, there.ends))


class Compared(NamedTuple):
    """What is compared: changes, fleets, and the commits of those changes that are of the repository here."""

    cases: tuple[Case, ...]
    fleets: Sequence[Contender]
    ends: Mapping[str, Ends]


def _started(wanted: Wanted, folder: Folder, place: Place, compared: Compared) -> Ended | None:
    cases, fleets, ends = compared
    checkout = find_repository(place.cwd, place.environ)
    made = forecast(cases, fleets, checkout, ends, is_batch=wanted.is_batch)
    cases = chosen(cases, made, wanted.preset)
    there = {case.id for case in cases}
    made = tuple(each for each in made if each.case in there)
    beside = len(there & ends.keys())
    for line in (beside_words(beside, len(cases)), *forecast_lines(made, fleets, wanted.repeats)):
        place.say(line)
    if wanted.cap_usd is None:
        return None
    folder.begin(trial_of(cases, fleets, wanted.repeats, beside, is_batch=wanted.is_batch), cases)
    _, spent = read_spoken(folder, cases)
    if spent >= wanted.cap_usd:
        raise InputError(
            f"Nothing was compared: {usd(spent)} of the {usd(wanted.cap_usd)} are spent "
            "already. Raise --max-spend."
        )
    purse = Purse(wanted.cap_usd - spent)
    return run_trial(Work(folder, cases, ends, fleets, made, purse), place)
