"""What readers say of a comparison, as figures beside those of golden findings, and how far they agree."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chargehand.core.errors import InputError
from chargehand.core.escaping import one_line
from chargehand.core.files import read_bounded
from chargehand.parity.readers.agreement import agreement, settled
from chargehand.parity.readers.item import Item, Rating, Ratings
from chargehand.parity.readers.judge import PASSES
from chargehand.parity.readers.judging import Heard
from chargehand.parity.readers.pool import tallies
from chargehand.parity.sample.case import Case
from chargehand.parity.score.matching import match
from chargehand.parity.score.scores import View, view

_MOST_BYTES = 16 * 1024 * 1024
_MOST_NAME = 60


class Person(BaseModel):
    """What one person said on the page, as it saves it."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    kind: Literal["chargehand parity ratings"]
    reader: Annotated[str, Field(max_length=200)] = ""
    ratings: dict[str, Rating]


def read_person(path: Path) -> Person:
    """Return what a file holds that the page saved; raises InputError."""
    try:
        return Person.model_validate_json(read_bounded(path, _MOST_BYTES))
    except (OSError, ValidationError) as error:
        raise InputError(
            f"Nothing was scored: {path} holds no ratings. The page of `chargehand parity page` saves them."
        ) from error


def judge_views(
    heard: Sequence[Heard], items: Sequence[Item], cases: Sequence[Case], fleets: int, margin: float
) -> Iterator[View]:
    """Yield the figures of each model that judged; what it said in both passes alike counts."""
    for model in dict.fromkeys(each.model for each in heard):
        passes = [_pass(heard, model, number) for number in range(PASSES)]
        counting = {each: said for each, said in passes[0].items() if passes[1].get(each) == said}
        itself = agreement(passes[0], passes[1])
        notes = [f"{model} agreed with itself on {itself.words}, asked twice in another order."]
        known = _at_known_defects(items, cases)
        if told := [counting[each] for each in known if each in counting]:
            notes.append(
                f"Of {len(told):,} findings at a known defect it calls {told.count('right'):,} right."
            )
        yield _view(f"the judge {model}", items, counting, fleets, margin, notes)


def people_view(
    people: Sequence[Person], items: Sequence[Item], fleets: int, margin: float, judge: Ratings
) -> View:
    """Return the figures of the people who rated, and how far they agree with each other and with a judge."""
    mine = {item.id for item in items}
    said = [{each: rating for each, rating in person.ratings.items() if each in mine} for person in people]
    if not any(said):
        raise InputError(
            "Nothing was scored: the ratings are of another comparison; none names a finding of this one."
        )
    counting = settled(said)
    notes = [
        f"{people_named[0]} and {people_named[1]} agreed on {agreement(*pair).words}."
        for people_named, pair in zip(
            combinations([_name(people, each) for each in range(len(people))], 2),
            combinations(said, 2),
            strict=True,
        )
    ]
    both = agreement(counting, judge)
    if both.number:
        notes.append(f"People and the judge agreed on {both.words}.")
    return _view("people", items, counting, fleets, margin, notes)


def last_judge(heard: Sequence[Heard]) -> Ratings:
    """Return what the model said first that judged last; nothing if none did."""
    return _pass(heard, heard[-1].model, 0) if heard else {}


def _pass(heard: Sequence[Heard], model: str, number: int) -> dict[str, Rating]:
    mine = [each for each in heard if each.model == model and each.pass_ == number]
    return {item: rating for each in mine for item, rating in each.ratings.items()}


def _at_known_defects(items: Sequence[Item], cases: Sequence[Case]) -> Iterator[str]:
    golden = {case.id: case.golden or () for case in cases}
    for item in items:
        if match(golden[item.case], [item.said]):
            yield item.id


def _view(
    source: str, items: Sequence[Item], ratings: Ratings, fleets: int, margin: float, notes: Sequence[str]
) -> View:
    unsure = sum(each == "unsure" for each in ratings.values())
    said = (
        f"{len(ratings) - unsure:,} of {len(items):,} findings are rated; recall is of what all fleets found."
    )
    return view(source, tallies(items, ratings, fleets), margin, 1, [*notes, said])


def _name(people: Sequence[Person], number: int) -> str:
    return one_line(people[number].reader)[:_MOST_NAME] or f"Reader {number + 1}"
