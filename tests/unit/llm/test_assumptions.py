import pytest

from chargehand.llm.assumptions import ASSUMED, thinking, written
from chargehand.llm.models import EFFORTS
from chargehand.spend import Role


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
