"""Which findings are put before readers: under names that do not tell the fleet, in an order of chance."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from random import Random
from typing import Literal

from chargehand.core.value import Value
from chargehand.parity.sample.case import Case
from chargehand.parity.score.scores import paired
from chargehand.parity.score.spoken import Said, Spoken
from chargehand.parity.trial.folder import Trial

Rating = Literal["right", "wrong", "unsure"]

# What readers said, by the id of an item.
Ratings = Mapping[str, Rating]


class Item(Value):
    """One finding of one fleet; its `id` tells nothing of either."""

    id: str
    case: str
    fleet: int
    said: Said


def items(trial: Trial, cases: Sequence[Case], spoken: Sequence[Spoken], outputs: int) -> tuple[Item, ...]:
    """Return the findings of models in the first so many changes that every fleet reviewed, shuffled.

    An output is all that a fleet said of a change. What free checks found is the same for every fleet.
    """
    first = [each for each in paired(cases, spoken) if each.repeat == 0]
    wanted = list(dict.fromkeys(case.id for case in cases if any(each.case == case.id for each in first)))[
        :outputs
    ]
    found = [
        Item(id=_id(trial, each, said, nth), case=each.case, fleet=each.fleet, said=said)
        for each in first
        if each.case in wanted
        for nth, said in enumerate(each.said)
        if not said.is_fact and said.spots[0].file
    ]
    Random(trial.sample).shuffle(found)  # noqa: S311 - the same page again for the same comparison
    return tuple(found)


def _id(trial: Trial, spoken: Spoken, said: Said, nth: int) -> str:
    fleets = "|".join(each.settings for each in trial.fleets)
    names = (trial.sample, fleets, spoken.case, str(spoken.fleet), said.id, str(nth))
    return sha256("\0".join(names).encode("utf-8", "surrogatepass")).hexdigest()[:20]
