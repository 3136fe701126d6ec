import pytest

from chargehand.core.usage import Role
from chargehand.pipeline.worker import escalated
from tests.unit.llm.asking import PROMPT, SONNET, prompt


def test_a_stronger_model_is_asked_the_same_alone() -> None:
    again = escalated(PROMPT.evolve(cache_prefix=True), SONNET)
    assert (again.model, again.role, again.cache_prefix) == (SONNET, Role.ESCALATION, False)
    assert (again.question, again.material, again.task) == (PROMPT.question, PROMPT.material, PROMPT.task)


@pytest.mark.parametrize(
    ("worker", "to_model", "expected"),
    [
        ("claude-haiku-5-5", SONNET, 2000),
        ("claude-haiku-4-5-20251001", "claude-sonnet-4-6", 1000),
        ("claude-sonnet-5-5", "claude-opus-5-5", 1000),
    ],
)
def test_a_model_that_thinks_where_the_worker_did_not_gets_room_for_it(
    worker: str, to_model: str, expected: int
) -> None:
    assert escalated(prompt(model=worker), to_model).max_tokens == expected
