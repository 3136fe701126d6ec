import pytest

from chargehand.errors import Failure, ModelError, NoAnswer, OverBudget, ProviderStopped
from chargehand.llm.escalating import Escalating
from chargehand.spend import Role
from tests.unit.llm.asking import GOOD, ORCHESTRATOR, PROMPT, SONNET, Script, no_answer, prompt, reply


def test_an_answer_is_not_escalated() -> None:
    script = Script([reply()])
    assert Escalating(script, SONNET).ask(PROMPT).text == GOOD
    assert script.asked == [PROMPT]


@pytest.mark.parametrize("failure", Failure)
def test_whatever_a_worker_failed_at_is_asked_of_the_stronger_model_once(failure: Failure) -> None:
    script = Script([no_answer(failure), reply(model=SONNET)])
    assert Escalating(script, SONNET).ask(PROMPT).model == SONNET
    second = script.asked[1]
    assert (second.model, second.role, second.cache_prefix) == (SONNET, Role.ESCALATION, False)
    assert (second.question, second.material, second.task) == (PROMPT.question, PROMPT.material, PROMPT.task)


def test_the_last_failure_stands_and_names_the_first() -> None:
    script = Script([no_answer(Failure.INVALID), no_answer(Failure.REFUSED)])
    with pytest.raises(NoAnswer) as caught:
        Escalating(script, SONNET).ask(PROMPT)
    assert caught.value.failure is Failure.REFUSED
    assert isinstance(caught.value.__cause__, NoAnswer)
    assert caught.value.__cause__.failure is Failure.INVALID


@pytest.mark.parametrize("error", [OverBudget("no"), ProviderStopped("no")])
def test_what_is_no_failed_answer_is_not_escalated(error: ModelError) -> None:
    script = Script([error])
    with pytest.raises(type(error)):
        Escalating(script, SONNET).ask(PROMPT)


@pytest.mark.parametrize("role", [Role.PLAN, Role.JUDGE])
def test_the_orchestrator_is_not_escalated(role: Role) -> None:
    script = Script([no_answer(Failure.INVALID)])
    with pytest.raises(NoAnswer):
        Escalating(script, SONNET).ask(prompt(role=role, model=ORCHESTRATOR))


def test_a_worker_that_is_the_stronger_model_is_not_asked_twice() -> None:
    script = Script([no_answer(Failure.INVALID)])
    with pytest.raises(NoAnswer):
        Escalating(script, SONNET).ask(prompt(model=SONNET))


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
    script = Script([no_answer(Failure.INVALID), reply()])
    Escalating(script, to_model).ask(prompt(model=worker))
    assert script.asked[1].max_tokens == expected
