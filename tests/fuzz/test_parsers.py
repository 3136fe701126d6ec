"""Each parser takes what the fuzzer starts from, and whatever small damage does to it."""

from contextlib import suppress

import pytest

from tests.fuzz.damage import damage_json
from tests.fuzz.parsers import PARSERS, Parser

ROUNDS = 4


@pytest.mark.parametrize("parser", PARSERS, ids=[each.name for each in PARSERS])
def test_a_parser_refuses_damaged_input_in_its_own_words(parser: Parser) -> None:
    seeds = list(parser.samples())
    assert seeds
    for seed in seeds:
        for number in range(ROUNDS):
            with suppress(*parser.expected):
                parser.read(damage_json(seed, number) if number else seed)


def test_damage_leaves_json_what_it_is() -> None:
    document = b'{"a": [1, {"b": "c"}], "d": null}'
    damaged = {damage_json(document, seed) for seed in range(200)}
    assert len(damaged) > 100
    assert damage_json(b"no JSON", 1) == b"no JSON"
