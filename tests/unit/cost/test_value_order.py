"""When money runs out, the first tasks of the plan have had it, whatever the number of threads."""

import random
import threading
import time
from decimal import Decimal
from threading import Lock

import pytest
from pydantic import BaseModel

from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.fleets import FLEETS
from chargehand.core.plan import BUDGET, Plan, Reviewed, Skipped
from chargehand.core.prompt import Prompt, Reply
from chargehand.core.tokens import estimate_prompt_tokens
from chargehand.core.usage import Usage
from chargehand.cost.prices import Prices
from chargehand.llm.attempts.metered import worst_case_usd
from chargehand.llm.chain import build_chain
from chargehand.pipeline.answers import WorkerAnswer
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planner import static_plan
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.pool import run_tasks
from chargehand.pipeline.prompt_cache import Sharing
from chargehand.pipeline.worker import Worker, worker_prompt
from tests.unit.crew import LENSES, FunctionModel, diff_of, silent

FLEET = FLEETS["5"]
DIFF = diff_of(*(f"file{number}.py" for number in range(12)), lines=30)
PLANNING = Planning(
    orchestrator=FLEET.orchestrator, small_files=99, small_lines=9999, chunk_tokens=1000, measure=len
)
PLAN = static_plan(DIFF, LENSES, PLANNING)
IDS = [task.id for task in PLAN.tasks]
PRICES = Prices()
WORST = worst_case_usd(
    worker_prompt(PLAN.tasks[0], DIFF, Crew(fleet=FLEET, lenses=LENSES, threads=1)), PRICES
)


class Uneven:
    """Takes a while and writes a while: both are drawn from the task, so that a task always costs the same.

    The first attempt at a task in `busy` is turned away and costs nothing. A prompt turns out to be
    its estimate, or down to `share` of it, drawn from the chunk.
    """

    def __init__(self, seed: int, busy: frozenset[str] = frozenset(), share: float = 1) -> None:
        self._seed = seed
        self._share = share
        self._busy = set(busy)
        self._lock = Lock()

    def ask(self, prompt: Prompt) -> Reply:
        chance = random.Random(f"{self._seed} {prompt.task}")  # noqa: S311  # no secret
        size = random.Random(f"{self._seed} {prompt.material}").uniform(self._share, 1)  # noqa: S311  # as above
        time.sleep(random.random() / 200)  # noqa: S311  # as above
        with self._lock:
            if prompt.task in self._busy:
                self._busy.discard(prompt.task)
                raise NoAnswer(Failure.OVERLOADED, "busy")
        if prompt.on_begin:
            prompt.on_begin(prompt.model)
            time.sleep(0.005)
        return Reply(
            text=WorkerAnswer(claims=[]).model_dump_json(),
            stop_reason="end_turn",
            model=prompt.model,
            usage=Usage(
                input_tokens=int(size * estimate_prompt_tokens(prompt)),
                output_tokens=min(chance.randint(10, 5000), prompt.max_tokens),
            ),
            request_id=None,
            seconds=0,
        )


def reviewed(
    model: Uneven, cap: Decimal, threads: int, sharing: Sharing | None = None, plan: Plan = PLAN
) -> list[str]:
    """Return the ids of the tasks that ran; all others were skipped for the budget."""
    chain = build_chain(model, PRICES, cap, sleep=lambda _seconds: time.sleep(0.005))
    crew = Crew(fleet=FLEET, lenses=LENSES, threads=threads)
    worker = Worker(DIFF, crew, chain.model, chain.cancellation)
    outcomes = run_tasks(plan.tasks, worker, sharing=sharing, chain=chain)
    assert chain.ledger.spent_usd <= cap
    assert {each.reason for each in outcomes if isinstance(each, Skipped)} <= {BUDGET}
    return [each.task.id for each in outcomes if isinstance(each, Reviewed)]


@pytest.mark.parametrize("seed", range(4))
def test_the_same_first_tasks_run_with_any_number_of_threads(seed: int) -> None:
    assert WORST is not None
    cap = WORST * (3 + seed)
    alone = reviewed(Uneven(seed), cap, 1)
    assert 0 < len(alone) < len(IDS)
    assert alone == IDS[: len(alone)]
    for threads in (4, 16):
        assert reviewed(Uneven(seed), cap, threads) == alone


@pytest.mark.parametrize("seed", range(6))
def test_the_same_tasks_run_where_reports_show_that_the_later_ones_cost_less(seed: int) -> None:
    assert WORST is not None
    cap = WORST * (3 + seed % 3)
    alone = reviewed(Uneven(seed, share=0.2), cap, 1)
    assert alone
    for threads in (4, 16):
        assert reviewed(Uneven(seed, share=0.2), cap, threads) == alone


@pytest.mark.parametrize("threads", [4, 16])
def test_tasks_that_are_turned_away_at_first_keep_their_place(threads: int) -> None:
    assert WORST is not None
    busy = frozenset(IDS[:3])
    alone = reviewed(Uneven(1, busy), WORST * 4, 1)
    assert alone == IDS[: len(alone)]
    assert reviewed(Uneven(1, busy), WORST * 4, threads) == alone


@pytest.mark.parametrize("threads", [1, 4, 16])
def test_tasks_that_wait_for_a_leader_are_not_overtaken_by_what_is_worth_less(threads: int) -> None:
    assert WORST is not None
    sharing = Sharing(leader_of={IDS[1]: IDS[0], IDS[2]: IDS[0], IDS[5]: IDS[4]})
    ran = reviewed(Uneven(2), WORST * 3, threads, sharing)
    assert ran == IDS[: len(ran)]
    assert 0 < len(ran) < len(IDS)


# Two tasks a lens and chunk: the second one waits for the first, and so do those of the other lens.
HALVES = static_plan(DIFF, LENSES, PLANNING.evolve(chunk_tokens=1500, focus_lines=30))


def first_ahead(plan: Plan) -> Sharing:
    """Return that the first task of each chunk runs ahead of its others."""
    leaders = {task.chunk.number: task.id for task in reversed(plan.tasks)}
    leader_of = {task.id: leaders[task.chunk.number] for task in plan.tasks}
    return Sharing(leader_of={task: leader for task, leader in leader_of.items() if task != leader})


@pytest.mark.parametrize("seed", range(3))
def test_the_same_tasks_run_where_leaders_go_before_those_that_wait(seed: int) -> None:
    assert WORST is not None
    cap, sharing = WORST * (3 + 2 * seed), first_ahead(HALVES)
    alone = reviewed(Uneven(seed, share=0.5), cap, 1, sharing, HALVES)
    assert alone
    for threads in (4, 16):
        assert reviewed(Uneven(seed, share=0.5), cap, threads, sharing, HALVES) == alone


def begun_beside(cap: Decimal) -> set[str]:
    """Return which tasks are asked while nobody knows when the reply to the first one begins."""
    begun, may_end = set[str](), threading.Event()

    def answer(prompt: Prompt) -> BaseModel:
        if prompt.task == HALVES.tasks[0].id:
            may_end.wait(0.1)
            begun.update(asked.task for asked in model.prompts)
            may_end.set()
        may_end.wait()
        return silent(prompt)

    model = FunctionModel(answer)
    chain = build_chain(model, PRICES, cap)
    worker = Worker(DIFF, Crew(fleet=FLEET, lenses=LENSES, threads=8), chain.model, chain.cancellation)
    run_tasks(HALVES.tasks, worker, sharing=first_ahead(HALVES), chain=chain)
    return begun


def test_leaders_go_before_what_waits_as_far_as_there_surely_is_money_for_all_of_them() -> None:
    assert WORST is not None
    one, _, two, _, three, *_ = (task.id for task in HALVES.tasks)
    assert begun_beside(WORST * 3) == {one}
    assert begun_beside(WORST * 4) == {one, two}
    assert begun_beside(WORST * 6) == {one, two, three}


@pytest.mark.parametrize("threads", [1, 16])
def test_with_money_for_all_all_run(threads: int) -> None:
    assert reviewed(Uneven(3), Decimal(100), threads) == IDS
