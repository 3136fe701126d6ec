"""What is read without pydantic is what pydantic reads, and what that refuses is never read so."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tomli
from pydantic import ValidationError

from chargehand.config.settings import Settings
from chargehand.config.tables import TABLES
from chargehand.core.plain_reading import read_plainly
from chargehand.core.shape import read

EXAMPLE = Path(__file__).parents[3] / "examples/chargehand.toml"
VALUES: tuple[Any, ...] = (  # Any: what a file may have
    *(None, True, False, 0, 1, -1, 7, 600, 10**6, 0.0, 0.5, 1.0, float("nan"), float("inf"), Decimal("0.25")),
    *(
        "",
        "5",
        "0",
        "high",
        "medium",
        "fail",
        "quick",
        "deep",
        "bedrock",
        "never",
        "off",
        "0.1",
        "99.0",
        "true",
    ),
    *(
        "src/**",
        "!a",
        "./a",
        "# a",
        "/abs",
        "a b",
        "a" * 5_000,
        "https://git.example/a.git",
        "0" * 40,
        "x.toml",
    ),
    *("style/other", "style/none", "none/none", "tool/ruff/F401", "claude-haiku-5-5", "2027-06-30", "a\nb"),
    *([], ["src/**"], ["!a"], [1], ["long"], ["long", "binary"], ["secrets"], ["none"], [["a"]], ("a",)),
    *({}, {"a": 1}, {"*": "warn"}, {"src/**": "fail"}, {"./a": "fail"}, {"style": "low"}, {"none": "low"}),
    *({"style/other": "off"}, {"style": {"enabled": False}}, {"own": {}}, {"own": {"instructions": "x"}}),
    *({"m": {"input": 1, "output": "2"}}, {"m": {"input": 1}}, {"m": {"input": -1, "output": 2}}, {1: 2}),
    *([{"rule": "style/other", "reason": "x"}], [{"rule": "style/other"}], [{"reason": "x"}], [{"x": 1}]),
)
USUAL = """
minimum_version = "0.0"
fail_on = "medium"
max_spend = 0.5
threads = 4
baseline = "old.json"
sarif_in = ["a.sarif"]
[models]
worker = "claude-haiku-5-5"
[lenses.style]
enabled = false
[lenses.own]
instructions = "Look for it."
paths = ["/*", "!docs/"]
[paths]
ignore = ["vendor/**"]
max_changed_lines = 900
on_unread = "warn"
[gate]
rules = {"tests/missing" = "low"}
lenses = {own = "never"}
confidence = "high"
[comments]
severity = "low"
[prices."my/model"]
input = 1
output = 2.5
[[suppressions]]
rule = "own/other"
reason = "known"
until = 2027-06-30
"""


def trees() -> Iterator[dict[str, Any]]:  # Any: as above
    for value in VALUES:
        yield from ({name: value} for name in (*Settings.field_names(), "unknown"))
        for table, kind in TABLES.items():
            for name in (*kind.field_names(), "unknown"):
                inner = {name: value}
                yield {table: inner}
                if table == "lenses":
                    yield {table: {"own": {**inner, "instructions": "x"}}}
                elif table == "suppressions":
                    yield {table: [{"rule": "style/other", "reason": "x", **inner}]}


def test_it_reads_as_pydantic_does_or_leaves_it_to_that() -> None:
    numbers = [0, 0, 0]
    for tree in trees():
        plain = read_plainly(Settings, tree)
        try:
            whole = read(Settings, tree)
        except ValidationError:
            assert plain is None, tree
            numbers[0] += 1
        else:
            assert plain is None or repr(vars(plain)) == repr(vars(whole)), tree
            numbers[1 if plain else 2] += 1
    refused, read_so, left = numbers
    assert min(refused, read_so) > 300
    assert left < read_so


@pytest.mark.parametrize("text", [USUAL, EXAMPLE.read_text("utf-8")], ids=["usual", "example"])
def test_a_usual_file_needs_no_pydantic(text: str) -> None:
    tree = tomli.loads(text)
    assert repr(read_plainly(Settings, tree)) == repr(read(Settings, tree))
