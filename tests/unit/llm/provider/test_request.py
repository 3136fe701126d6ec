import json
from typing import Any

import pytest

from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role
from chargehand.llm.provider.request import request_of
from tests.unit.llm.asking import ORCHESTRATOR, SONNET, prompt


def material_of(asked: Prompt) -> dict[str, Any]:  # Any: a block of a request
    block = request_of(asked)["messages"][0]["content"][0]
    assert isinstance(block, dict)
    return block


def test_questions_about_the_same_material_share_everything_before_the_question() -> None:
    first, second = (request_of(prompt(question=question, lens=question)) for question in ("a", "b"))
    assert first.pop("messages")[0]["content"][0] == second.pop("messages")[0]["content"][0]
    assert json.dumps(first) == json.dumps(second)


def test_a_prompt_alone_asks_for_no_cache() -> None:
    assert "cache_control" not in material_of(prompt(cache_prefix=False))


def test_a_model_that_is_not_known_to_cache_is_not_asked_to() -> None:
    assert "cache_control" not in material_of(prompt(model="llama-local"))


def test_without_material_there_is_only_the_question() -> None:
    content = request_of(prompt(material=""))["messages"][0]["content"]
    assert content == [{"type": "text", "text": "Any claims?"}]


def test_max_tokens_stay_within_the_models_limit() -> None:
    assert request_of(prompt(model="claude-haiku-4-5", max_tokens=100_000))["max_tokens"] == 64_000


def test_a_server_that_may_ignore_the_schema_reads_it_in_the_instructions() -> None:
    system = request_of(prompt(model="llama-local"))["system"]
    assert system.startswith("Review this.\n\nAnswer with one JSON object")
    assert json.loads(system.partition("schema:\n")[2])["required"] == ["claims"]


@pytest.mark.parametrize(
    ("role", "effort"),
    [(Role.PLAN, "low"), (Role.WORKER, "low"), (Role.ESCALATION, "medium"), (Role.JUDGE, "medium")],
)
def test_each_role_has_its_effort(role: Role, effort: str) -> None:
    assert request_of(prompt(model=ORCHESTRATOR, role=role))["output_config"]["effort"] == effort


def test_a_prompt_may_ask_for_less_effort_than_its_role() -> None:
    asked = prompt(model=ORCHESTRATOR, role=Role.JUDGE).evolve(effort="low")
    assert request_of(asked)["output_config"]["effort"] == "low"
    assert "effort" not in request_of(asked.evolve(model="llama-local"))["output_config"]


def test_a_model_that_always_thinks_is_not_told_to_stop() -> None:
    assert "thinking" not in request_of(prompt(model=ORCHESTRATOR))
    assert request_of(prompt(model=SONNET))["thinking"] == {"type": "between_tools"}
