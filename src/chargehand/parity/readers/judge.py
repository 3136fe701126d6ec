"""Has a model say what findings are worth: twice, in another order, without a word of which fleet spoke."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from random import Random
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator

from chargehand.change.diff.chunks import make_chunks, show
from chargehand.core.diff import Diff
from chargehand.core.escaping import one_line, printable
from chargehand.core.prompt import Model, Prompt
from chargehand.core.tokens import estimate_for_any
from chargehand.core.usage import Role
from chargehand.parity.readers.item import Item, Rating
from chargehand.pipeline.prompts import frame

PASSES = 2
_CHUNK_TOKENS = 60_000
_AT_ONCE = 25
_TOKENS = 6_000
_LONGEST = 1_500


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


class _Rated(BaseModel):
    """What one entry is; the reason comes first, so that it is thought of first."""

    number: int
    reason: str
    worth: Annotated[Literal["right", "wrong", "unsure"], BeforeValidator(_lower)]


class RatedAnswer(BaseModel):
    """The answer of a judge of findings."""

    entries: list[_Rated]


def judged(model: Model, name: str, diff: Diff, items: Sequence[Item], pass_: int) -> dict[str, Rating]:
    """Return what the model says of the findings in one change; what it leaves out is not in it."""
    said: dict[str, Rating] = {}
    for material, some in _parts(diff, items, name):
        shuffled = list(some)
        Random(f"{pass_} {[item.id for item in some]}").shuffle(shuffled)  # noqa: S311 - it decides an order
        reply = model.ask(_prompt(name, material, shuffled, pass_))
        for entry in reply.answer_as(RatedAnswer).entries:
            if 1 <= entry.number <= len(shuffled):
                said[shuffled[entry.number - 1].id] = entry.worth
    return said


def _parts(diff: Diff, items: Sequence[Item], name: str) -> Iterator[tuple[str, Sequence[Item]]]:
    """Yield the change in parts that fit into a prompt, each with some of the findings in its files."""
    paths = [file.path for file in diff.reviewable]
    chunks = make_chunks(diff, [paths], lambda text: estimate_for_any(text, (name,)), _CHUNK_TOKENS)
    left = {item.id: item for item in items}
    for chunk in chunks:
        mine = [item for item in left.values() if item.said.spots[0].file in chunk.paths]
        left = {each: item for each, item in left.items() if item not in mine}
        for start in range(0, len(mine), _AT_ONCE):
            yield show(chunk, diff), mine[start : start + _AT_ONCE]


def _prompt(name: str, material: str, items: Sequence[Item], pass_: int) -> Prompt:
    entries = "\n\n".join(_entry(number, item) for number, item in enumerate(items, 1))
    return Prompt(
        role=Role.JUDGE,
        task=f"rate-{pass_ + 1}",
        model=name,
        instructions=files(__package__).joinpath("judge.md").read_text(encoding="utf-8"),
        material=frame(material),
        question=f"What the reviewers wrote:\n\n{frame(entries)}\n\nSay of each entry what it is.",
        answer=RatedAnswer,
        max_tokens=_TOKENS,
    )


def _entry(number: int, item: Item) -> str:
    said, spot = item.said, item.said.spots[0]
    where = one_line(spot.file) + (f", line {spot.start_line}" if spot.start_line else "")
    return f"#{number} {where}: {one_line(said.title)}\n{printable(said.message)[:_LONGEST]}"
