from collections.abc import Sequence
from decimal import Decimal

import pytest

from chargehand.core.fleets import Fleet
from chargehand.core.plan import Chunk, Failed, Outcome, Refused, Reviewed, Skipped, Task
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.escalation import escalate
from tests.unit.crew import LENSES

TASKS = [
    Task(id=f"task-{n}", lens="security", chunk=Chunk(number=n, excerpts=(), tokens=0)) for n in range(10)
]
FLEET = Fleet(name="test", orchestrator="strong", worker="cheap", escalation="middling")


def crew(share: str = "0.3") -> Crew:
    return Crew(fleet=FLEET, lenses=LENSES, threads=4, escalation_share=Decimal(share))


def reviewed(task: Task, model: str = "cheap") -> Reviewed:
    return Reviewed(task=task, model=model, claims=())


def failed(task: Task, model: str = "cheap") -> Failed:
    return Failed(task=task, model=model, reason="timeout: silence")


def stronger(tasks: tuple[Task, ...]) -> Sequence[Outcome]:
    return [reviewed(task, "middling") for task in tasks]


def test_what_no_worker_answered_the_stronger_model_gets() -> None:
    refused = Refused(task=TASKS[2], model="cheap", reason="cyber")
    outcomes: list[Outcome] = [reviewed(TASKS[0]), failed(TASKS[1]), refused]
    ended = escalate(outcomes, crew("1"), stronger)
    assert ended == (outcomes[0], reviewed(TASKS[1], "middling"), reviewed(TASKS[2], "middling"))


@pytest.mark.parametrize(("share", "most"), [("0", 0), ("0.01", 1), ("0.3", 3), ("0.31", 4), ("1", 10)])
def test_it_gets_the_first_ones_up_to_its_share_rounded_up(share: str, most: int) -> None:
    ended = escalate([failed(task) for task in TASKS], crew(share), stronger)
    assert [isinstance(outcome, Reviewed) for outcome in ended] == [n < most for n in range(10)]


def test_what_is_beyond_the_share_says_so() -> None:
    ended = escalate([failed(task) for task in TASKS], crew(), stronger)
    assert isinstance(ended[9], Failed)
    assert ended[9].reason == (
        "timeout: silence; not escalated: the stronger model got 3 tasks, which is its share"
    )


def test_with_no_share_nobody_is_asked() -> None:
    def unasked(_tasks: tuple[Task, ...]) -> Sequence[Outcome]:
        raise AssertionError("nobody should be asked")

    (ended,) = escalate([failed(TASKS[0])], crew("0"), unasked)
    assert isinstance(ended, Failed)
    assert ended.reason.endswith("not escalated: none is")


def test_a_worker_that_is_the_stronger_model_is_not_asked_twice() -> None:
    outcomes = (failed(TASKS[0], "middling"),)
    assert escalate(outcomes, crew(), stronger) == outcomes


def test_a_task_that_was_skipped_is_not_escalated() -> None:
    outcomes = (Skipped(task=TASKS[0], reason="budget"),)
    assert escalate(outcomes, crew(), stronger) == outcomes
