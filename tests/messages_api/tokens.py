"""Decides how many tokens something is: a fixed function of its length, so that every run counts alike."""

from collections.abc import Mapping, Sequence

from tests.messages_api.models import ModelSpec
from tests.messages_api.prompt import Block
from tests.messages_api.wire import Json, compact

PER_REQUEST = 8
PER_TURN = 4

# Thinking of one answer, by effort. The highest is far above the lowest, as it is in life.
THINKING_TOKENS: Mapping[str, int] = {
    "low": 160,
    "medium": 500,
    "high": 1_200,
    "xhigh": 2_400,
    "max": 3_600,
    "between_tools": 40,
    "off": 0,
}


def count(spec: ModelSpec, characters: int) -> int:
    """Return the tokens of a text of so many characters, rounded up."""
    return -(-characters * 10 // spec.chars_per_10_tokens)


def prefix_tokens(spec: ModelSpec, blocks: Sequence[Block], schema: Json | None) -> tuple[int, ...]:
    """Return, for each block, the tokens from the start of the prompt to its end.

    The schema is told to the model ahead of the prompt, so its text counts too.
    """
    characters = len(compact(schema)) if schema else 0
    totals = []
    for block in blocks:
        characters += len(block.text)
        totals.append(PER_REQUEST + PER_TURN * block.turn + count(spec, characters))
    return tuple(totals)


def thinking_tokens(mode: str, effort: str | None, budget: int | None, table: Mapping[str, int]) -> int:
    """Return the tokens that an answer thinks before it speaks."""
    if mode in ("off", "between_tools"):
        return table[mode]
    wanted = table[effort or "high"]
    return min(wanted, budget) if budget is not None else wanted
