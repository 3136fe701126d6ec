import re
import threading
from collections.abc import Callable, Sequence
from decimal import Decimal
from io import StringIO

import pytest
from pydantic import BaseModel

from chargehand.core.cancellation import INTERRUPTED, Cancellation
from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.fleets import FLEETS, Fleet
from chargehand.core.plan import Chunk, Failed, Outcome, Refused, Reviewed, Skipped, Task
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.core.usage import ABANDONED, Role
from chargehand.cost.prices import Prices
from chargehand.llm.chain import build_chain
from chargehand.pipeline.answers import WorkerAnswer
from chargehand.pipeline.asked import Asked
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.reply_cache import ReplyCache
from chargehand.pipeline.session import Session
from chargehand.pipeline.stages import ask_models, escalate
from chargehand.pipeline.stopwatch import Stopwatch
from tests.unit.crew import LENSES, FunctionModel, diff_of, reader_of, silent
from tests.unit.pipeline.test_pool import claim

FLEET = FLEETS["5"]
DIFF = diff_of("a.py", "b.py")
SMALL = Planning(orchestrator=FLEET.orchestrator, small_files=9, small_lines=99, chunk_tokens=60, measure=len)
PLANNED = SMALL.evolve(small_files=0)


class Told(Progress):
    """Remembers which tasks it was told of."""

    def __init__(self) -> None:
        super().__init__(StringIO(), verbosity=-1)
        self.ended_tasks: list[str] = []

    def ended(self, outcome: Outcome) -> None:
        self.ended_tasks.append(outcome.task.id)


def ask(
    base: Model,
    planning: Planning = SMALL,
    *,
    cancellation: Cancellation | None = None,
    cap: Decimal | None = None,
    progress: Progress | None = None,
) -> Asked:
    crew = Crew(fleet=FLEET, lenses=LENSES, threads=2)
    chain = build_chain(base, Prices(), cap, cancellation=cancellation, sleep=lambda _seconds: None)
    brief = Brief(diff=DIFF, crew=crew, planning=planning)
    return ask_models(brief, Session(chain, progress or Told(), Stopwatch(), ReplyCache()))


def claiming(prompt: Prompt) -> BaseModel:
    return WorkerAnswer(claims=[claim()]) if prompt.role is Role.WORKER else silent(prompt)


class Hanging:
    """A model that answers as another does, but never to the role that hangs; then it cancels the run."""

    def __init__(self, role: Role, cancellation: Cancellation, answer: Callable[[Prompt], BaseModel]) -> None:
        self.is_over = threading.Event()
        self._role = role
        self._cancellation = cancellation
        self._model = FunctionModel(answer)

    def ask(self, prompt: Prompt) -> Reply:
        if prompt.role is self._role:
            self._cancellation.cancel(INTERRUPTED)
            self.is_over.wait(60)
        return self._model.ask(prompt)


def interrupted_at(role: Role) -> Asked:
    cancellation = Cancellation()
    cancellation.grace_s = 0.05
    model = Hanging(role, cancellation, claiming)
    asked = ask(model, PLANNED, cancellation=cancellation)
    model.is_over.set()
    assert asked.is_interrupted
    (left,) = [call for call in asked.calls if call.outcome == ABANDONED]
    assert left.role is role
    assert left.cost_usd
    return asked


def test_a_plan_call_that_is_interrupted_leaves_every_task_skipped() -> None:
    asked = interrupted_at(Role.PLAN)
    assert {type(outcome) for outcome in asked.outcomes} == {Skipped}
    assert len(asked.outcomes) == 4


def test_a_judge_that_is_interrupted_leaves_the_claims_unjudged() -> None:
    asked = interrupted_at(Role.JUDGE)
    assert {type(outcome) for outcome in asked.outcomes} == {Reviewed}
    assert asked.judgement.findings
    assert asked.judgement.gap == "the findings were not judged (interrupted)"


def test_every_task_is_told_once_whoever_gets_it() -> None:
    def answer(prompt: Prompt) -> BaseModel:
        if prompt.role is Role.WORKER and prompt.lens == "security":
            raise NoAnswer(Failure.REJECTED, "no")
        return silent(prompt)

    progress = Told()
    asked = ask(FunctionModel(answer), progress=progress)
    assert sorted(progress.ended_tasks) == sorted(outcome.task.id for outcome in asked.outcomes)
    assert [type(outcome) for outcome in asked.outcomes] == [Reviewed] * 4


def test_nothing_is_escalated_after_the_run_was_ended() -> None:
    cancellation = Cancellation()

    def answer(prompt: Prompt) -> BaseModel:
        if prompt.role is Role.WORKER:
            cancellation.cancel(INTERRUPTED)
            raise NoAnswer(Failure.REJECTED, "no")
        return silent(prompt)

    asked = ask(FunctionModel(answer), cancellation=cancellation)
    failed = [outcome for outcome in asked.outcomes if isinstance(outcome, Failed)]
    assert failed
    assert {outcome.reason for outcome in failed} == {str(NoAnswer(Failure.REJECTED, "no"))}


def test_what_the_stronger_model_does_not_get_stays_failed() -> None:
    def answer(prompt: Prompt) -> BaseModel:
        if prompt.role is Role.WORKER:
            raise NoAnswer(Failure.REJECTED, "no")
        return silent(prompt)

    progress = Told()
    asked = ask(FunctionModel(answer), progress=progress)
    assert [type(outcome) for outcome in asked.outcomes] == [Reviewed, Reviewed, Failed, Failed]
    assert len(set(progress.ended_tasks)) == len(progress.ended_tasks) == 4


class Dear:
    """A model whose prompts are a hundred times as long as anybody would think."""

    def ask(self, prompt: Prompt) -> Reply:
        reply = FunctionModel(silent).ask(prompt)
        assert reply.usage is not None
        return reply.evolve(usage=reply.usage.evolve(input_tokens=10**6))


def test_a_call_that_cost_more_than_was_put_aside_is_told_where_there_is_a_cap() -> None:
    def told(cap: Decimal | None) -> list[str]:
        return [each for each in ask(Dear(), cap=cap).notices if "reserved for them" in each]

    within, above = told(Decimal(9)), told(Decimal("0.02"))
    assert [each.partition(". ")[2] for each in within] == ["The bill stayed within the cap all the same."]
    assert [re.sub(r"\$[\d.]+\d", "$N", each) for each in above] == [
        "Calls cost $N more than was reserved for them, so the bill passed the cap by $N."
    ]
    assert not told(None)


TASKS = [
    Task(id=f"task-{n}", reader=reader_of("security"), chunk=Chunk(number=n, excerpts=(), tokens=0), parts=())
    for n in range(10)
]
THREE = Fleet(name="test", orchestrator="strong", worker="cheap", escalation="middling")


def crew_with(share: str = "0.3") -> Crew:
    return Crew(fleet=THREE, lenses=LENSES, threads=4, escalation_share=Decimal(share))


def reviewed(task: Task, model: str = "cheap") -> Reviewed:
    return Reviewed(task=task, model=model, claims=())


def failed(task: Task, model: str = "cheap") -> Failed:
    return Failed(task=task, model=model, reason="timeout: silence")


def stronger(tasks: tuple[Task, ...]) -> Sequence[Outcome]:
    return [reviewed(task, "middling") for task in tasks]


def test_what_no_worker_answered_the_stronger_model_gets() -> None:
    refused = Refused(task=TASKS[2], model="cheap", reason="cyber")
    outcomes: list[Outcome] = [reviewed(TASKS[0]), failed(TASKS[1]), refused]
    ended = escalate(outcomes, crew_with("1"), stronger)
    assert ended == (outcomes[0], reviewed(TASKS[1], "middling"), reviewed(TASKS[2], "middling"))


@pytest.mark.parametrize(("share", "most"), [("0", 0), ("0.01", 1), ("0.3", 3), ("0.31", 4), ("1", 10)])
def test_it_gets_the_first_ones_up_to_its_share_rounded_up(share: str, most: int) -> None:
    ended = escalate([failed(task) for task in TASKS], crew_with(share), stronger)
    assert [isinstance(outcome, Reviewed) for outcome in ended] == [n < most for n in range(10)]


def test_what_is_beyond_the_share_says_so() -> None:
    ended = escalate([failed(task) for task in TASKS], crew_with(), stronger)
    assert isinstance(ended[9], Failed)
    assert ended[9].reason == (
        "timeout: silence; not escalated: the stronger model got 3 tasks, which is its share"
    )


def test_with_no_share_nobody_is_asked() -> None:
    def unasked(_tasks: tuple[Task, ...]) -> Sequence[Outcome]:
        raise AssertionError("nobody should be asked")

    (ended,) = escalate([failed(TASKS[0])], crew_with("0"), unasked)
    assert isinstance(ended, Failed)
    assert ended.reason.endswith("not escalated: none is")


def test_a_worker_that_is_the_stronger_model_is_not_asked_twice() -> None:
    outcomes = (failed(TASKS[0], "middling"),)
    assert escalate(outcomes, crew_with(), stronger) == outcomes


def test_a_task_that_was_skipped_is_not_escalated() -> None:
    outcomes = (Skipped(task=TASKS[0], reason="budget"),)
    assert escalate(outcomes, crew_with(), stronger) == outcomes
