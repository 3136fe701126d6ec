import time
from collections.abc import Sequence
from threading import Event

import pytest
from pydantic import BaseModel

from chargehand.core.cancellation import INTERRUPTED, Cancellation
from chargehand.core.errors import Failure, NoAnswer, OverBudget, ProviderStopped, RunEnding
from chargehand.core.finding import Confidence, Severity
from chargehand.core.fleets import Fleet
from chargehand.core.plan import Failed, Lens, Outcome, Plan, Refused, Reviewed, Skipped
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role
from chargehand.pipeline.answers import ClaimAnswer, WorkerAnswer
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planner import static_plan
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.pool import run_tasks
from chargehand.pipeline.prompt_cache import Sharing
from chargehand.pipeline.worker import Worker
from tests.unit.crew import LENSES, FunctionModel, diff_of, silent

DIFF = diff_of("a.py", "b.py")
PLAN = static_plan(
    DIFF, LENSES, Planning(orchestrator="s", small_files=9, small_lines=9, chunk_tokens=60, measure=len)
)


def crew(lenses: tuple[Lens, ...] = LENSES, *, threads: int) -> Crew:
    fleet = Fleet(name="test", orchestrator="strong", worker="cheap", escalation="middling")
    return Crew(fleet=fleet, lenses=lenses, threads=threads)


def run(
    model: FunctionModel, plan: Plan = PLAN, threads: int = 4, cancellation: Cancellation | None = None
) -> Sequence[Outcome]:
    return run_tasks(plan.tasks, Worker(DIFF, crew(threads=threads), model, cancellation or Cancellation()))


def claim(**changes: object) -> ClaimAnswer:
    answer = ClaimAnswer(
        rule="security/injection",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        file=1,
        line=1,
        end_line=1,
        quote="a.py line 1",
        title="Title",
        message="Message",
        replaces="",
        suggestion="",
    )
    return answer.model_copy(update=changes)


@pytest.mark.parametrize("threads", [1, 4, 16])
def test_outcomes_come_in_the_order_of_the_plan(threads: int) -> None:
    def answer(prompt: Prompt) -> BaseModel:
        time.sleep(0.01 if prompt.task == PLAN.tasks[0].id else 0)
        return silent(prompt)

    outcomes = run(FunctionModel(answer), threads=threads)
    assert [outcome.task for outcome in outcomes] == list(PLAN.tasks)
    assert all(isinstance(outcome, Reviewed) for outcome in outcomes)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NoAnswer(Failure.REFUSED, "cyber"), Refused),
        (NoAnswer(Failure.TIMEOUT, "180 s"), Failed),
        (OverBudget("cap"), Skipped),
        (RunEnding(), Skipped),
    ],
)
def test_how_a_task_ends_is_told_apart(error: Exception, kind: type) -> None:
    def answer(prompt: Prompt) -> BaseModel:
        if prompt.lens == "security":
            raise error
        return silent(prompt)

    outcomes = run(FunctionModel(answer))
    assert {type(outcome) for outcome in outcomes if outcome.task.lens == "security"} == {kind}
    assert {type(outcome) for outcome in outcomes if outcome.task.lens != "security"} == {Reviewed}


def test_when_the_provider_stops_nothing_more_is_asked() -> None:
    def answer(_prompt: Prompt) -> BaseModel:
        raise ProviderStopped("the key is not valid")

    model = FunctionModel(answer)
    outcomes = run(model, threads=1)
    assert len(model.prompts) == 1
    assert [outcome for outcome in outcomes if not isinstance(outcome, Skipped)] == []
    assert {outcome.reason for outcome in outcomes if isinstance(outcome, Skipped)} == {
        "provider: the key is not valid"
    }


def test_an_interrupt_keeps_what_was_finished() -> None:
    release, cancellation = Event(), Cancellation()
    cancellation.grace_s = 0.01

    def answer(prompt: Prompt) -> BaseModel:
        if prompt.task != PLAN.tasks[0].id:
            release.wait(5)
        return silent(prompt)

    outcomes = run_tasks(
        PLAN.tasks,
        Worker(DIFF, crew(threads=2), FunctionModel(answer), cancellation),
        on_outcome=lambda _outcome: cancellation.cancel(INTERRUPTED),
    )
    release.set()
    assert isinstance(outcomes[0], Reviewed)
    assert {outcome.reason for outcome in outcomes if isinstance(outcome, Skipped)} == {"interrupted"}
    assert len(outcomes) == len(PLAN.tasks)


def test_what_ends_within_the_grace_counts() -> None:
    cancellation = Cancellation()

    def answer(prompt: Prompt) -> BaseModel:
        if prompt.task != PLAN.tasks[0].id:
            time.sleep(0.1)
        return silent(prompt)

    outcomes = run_tasks(
        PLAN.tasks,
        Worker(DIFF, crew(threads=2), FunctionModel(answer), cancellation),
        on_outcome=lambda _outcome: cancellation.cancel(INTERRUPTED),
    )
    assert [type(outcome) for outcome in (*outcomes[:2], outcomes[-1])] == [Reviewed, Reviewed, Skipped]


def test_where_the_provider_stopped_calls_in_flight_may_take_their_time() -> None:
    cancellation, is_under_way = Cancellation(), Event()
    cancellation.grace_s = 0

    def answer(prompt: Prompt) -> BaseModel:
        if prompt.task == PLAN.tasks[0].id:
            is_under_way.wait(5)
            raise ProviderStopped("the spend limit is reached")
        is_under_way.set()
        time.sleep(0.2)
        return silent(prompt)

    outcomes = run(FunctionModel(answer), threads=2, cancellation=cancellation)
    assert isinstance(outcomes[1], Reviewed)
    assert {type(outcome) for outcome in (outcomes[0], *outcomes[2:])} == {Skipped}


def test_an_escalated_task_is_asked_of_the_stronger_model() -> None:
    model = FunctionModel(silent)
    run_tasks(PLAN.tasks, Worker(DIFF, crew(threads=1), model, Cancellation(), escalate_to="middling"))
    assert {(each.model, each.role, each.cache_prefix) for each in model.prompts} == {
        ("middling", Role.ESCALATION, False)
    }


def test_a_worker_sees_numbered_lines_and_its_lens_first() -> None:
    model = FunctionModel(silent)
    run(model, threads=1)
    prompt = model.prompts[0]
    assert prompt.question.startswith(f"Lens: {prompt.lens}\n")
    assert "[1] a.py" in prompt.material
    assert prompt.model == "cheap"


def test_prompts_over_one_chunk_differ_only_after_the_material() -> None:
    model = FunctionModel(silent)
    run(model)
    shared = {(prompt.instructions, prompt.material) for prompt in model.prompts}
    assert len(shared) == len({task.chunk.number for task in PLAN.tasks})


def test_a_lens_may_name_its_own_model() -> None:
    lenses = (LENSES[0], LENSES[1].evolve(model="special"))
    model = FunctionModel(silent)
    run_tasks(PLAN.tasks, Worker(DIFF, crew(lenses, threads=1), model, Cancellation()))
    assert {(prompt.lens, prompt.model) for prompt in model.prompts} == {
        ("correctness", "cheap"),
        ("security", "special"),
    }


def test_a_claim_has_its_path_from_the_file_number_and_its_rule_from_the_catalogue() -> None:
    answer = WorkerAnswer(claims=[claim(), claim(file=7), claim(rule="astrology")])
    outcomes = run(FunctionModel(lambda _: answer))
    (outcome,) = [
        each for each in outcomes if each.task.lens == "security" and each.task.chunk.paths[0] == "a.py"
    ]
    assert isinstance(outcome, Reviewed)
    assert [each.path for each in outcome.claims] == ["a.py", "", "a.py"]
    assert [each.rule for each in outcome.claims] == [
        "security/injection",
        "security/injection",
        "security/other",
    ]


def test_a_hostile_answer_is_harmless_and_bounded() -> None:
    answer = WorkerAnswer(claims=[claim(title="a\x1b[2J\nb" * 500, message="x" * 10**6, line=-5)])
    outcomes = run(FunctionModel(lambda _: answer))
    assert isinstance(outcomes[0], Reviewed)
    made = outcomes[0].claims[0]
    assert "\x1b" not in made.title
    assert "\n" not in made.title
    assert len(made.title) <= 200
    assert len(made.message) <= 4000
    assert made.line == 0


def test_followers_begin_when_their_leader_has_ended_and_share_its_cached_prefix() -> None:
    first, *others = [task for task in PLAN.tasks if task.chunk.number == 1]
    ended: list[str] = []

    def answer(prompt: Prompt) -> BaseModel:
        if prompt.task == first.id:
            time.sleep(0.05)
            assert not {task.id for task in others} & {each.task for each in model.prompts}
        return silent(prompt)

    model = FunctionModel(answer)
    sharing = Sharing(leader_of={task.id: first.id for task in others})
    outcomes = run_tasks(
        PLAN.tasks,
        Worker(DIFF, crew(threads=8), model, Cancellation()),
        sharing=sharing,
        on_outcome=lambda each: ended.append(each.task.id),
    )
    assert [outcome.task for outcome in outcomes] == list(PLAN.tasks)
    cached = {prompt.task for prompt in model.prompts if prompt.cache_prefix}
    assert cached == {first.id, *(task.id for task in others)}
    assert ended.index(first.id) < min(ended.index(task.id) for task in others)


def test_followers_begin_when_the_reply_to_their_leader_does() -> None:
    first, *others = [task for task in PLAN.tasks if task.chunk.number == 1]
    have_begun = Event()

    def answer(prompt: Prompt) -> BaseModel:
        if prompt.task == first.id:
            assert prompt.on_begin
            prompt.on_begin(None)
            assert have_begun.wait(5)
        elif prompt.task == others[0].id:
            have_begun.set()
        return silent(prompt)

    model = FunctionModel(answer)
    sharing = Sharing(leader_of={task.id: first.id for task in others})
    outcomes = run_tasks(PLAN.tasks, Worker(DIFF, crew(threads=8), model, Cancellation()), sharing=sharing)
    assert {type(outcome) for outcome in outcomes} == {Reviewed}
    assert {prompt.task for prompt in model.prompts if prompt.on_begin} == {first.id}


def test_when_a_leader_fails_its_followers_begin_all_the_same_and_write_no_cache() -> None:
    first, *others = [task for task in PLAN.tasks if task.chunk.number == 1]

    def answer(prompt: Prompt) -> BaseModel:
        if prompt.task == first.id:
            raise NoAnswer(Failure.REFUSED, "cyber")
        return silent(prompt)

    model = FunctionModel(answer)
    sharing = Sharing(leader_of={task.id: first.id for task in others})
    outcomes = run_tasks(PLAN.tasks, Worker(DIFF, crew(threads=2), model, Cancellation()), sharing=sharing)
    assert sum(isinstance(outcome, Reviewed) for outcome in outcomes) == len(PLAN.tasks) - 1
    assert {prompt.task for prompt in model.prompts if prompt.cache_prefix} == {first.id}
