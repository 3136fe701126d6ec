import re
from pathlib import Path

import pytest

from chargehand.core.models import EFFORTS
from chargehand.core.usage import Role
from chargehand.cost.assumptions import ASSUMED, thinking, written


@pytest.mark.parametrize("role", Role)
def test_a_model_that_always_thinks_thinks_by_its_effort(role: Role) -> None:
    assert thinking("claude-opus-5-5", role) == ASSUMED.thinking_tokens[EFFORTS[role]]


@pytest.mark.parametrize("model", ["claude-haiku-5-5", "claude-opus-4-7", "claude-haiku-4-5", "qwen-local"])
def test_a_model_that_can_be_kept_from_thinking_does_not_think(model: str) -> None:
    assert thinking(model, Role.JUDGE) == 0


def test_a_model_that_thinks_between_tools_only_thinks_little() -> None:
    assert thinking("claude-sonnet-5-5", Role.ESCALATION) == ASSUMED.between_tools_tokens


def test_the_same_text_is_fewer_tokens_for_an_older_model() -> None:
    assert written(130, "claude-haiku-5-5") == 130
    assert written(130, "claude-haiku-4-5-20251001") == 100


def test_the_document_names_every_assumption_with_its_figures() -> None:
    page = (Path(__file__).parents[3] / "docs/cost.md").read_text("utf-8")
    rows = {
        name: row
        for row in page.splitlines()
        for name in re.findall("`([a-z_0-9]+)`", row.partition(" | ")[0])
    }
    for name, value in ASSUMED.model_dump().items():
        figures = value.values() if isinstance(value, dict) else [value]
        for figure in figures:
            assert re.search(rf"\b{figure}\b", rows[name].split(" | ")[1]), name
