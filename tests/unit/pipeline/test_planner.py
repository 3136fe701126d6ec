from collections.abc import Sequence

import pytest

from chargehand.change.diff.chunks import excerpts_of
from chargehand.core.coverage import applies
from chargehand.core.diff import Diff
from chargehand.core.errors import Failure, NoAnswer, OverBudget
from chargehand.core.plan import Excerpt, Lens, Plan
from chargehand.core.prompt import Prompt
from chargehand.pipeline.answers import Group, PlanAnswer
from chargehand.pipeline.planner import complete, make_plan, manifest
from chargehand.pipeline.planning import Planning
from tests.unit.crew import LENSES, FunctionModel, diff_of, silent

SMALL = Planning(orchestrator="strong", small_files=8, small_lines=400, chunk_tokens=1000, measure=len)
ALWAYS_ASK = SMALL.evolve(small_files=0)


def cells(plan: Plan) -> list[tuple[str, str]]:
    return [(path, task.lens) for task in plan.tasks for path in task.chunk.paths]


def wanted(diff: Diff, lenses: Sequence[Lens]) -> list[tuple[str, str]]:
    return [(file.path, lens.name) for file in diff.reviewable for lens in lenses if applies(lens, file.path)]


def whole_files(diff: Diff) -> list[Excerpt]:
    """Return the parts of a change whose files are read whole."""
    return [excerpt for excerpt, _ in excerpts_of(diff, SMALL.measure, SMALL.chunk_tokens)]


def test_a_small_change_is_planned_without_a_call() -> None:
    model = FunctionModel(silent)
    plan = make_plan(diff_of("a.py", "b.py"), LENSES, SMALL, model)
    assert model.prompts == []
    assert plan.author == "static"
    assert sorted(cells(plan)) == sorted(wanted(diff_of("a.py", "b.py"), LENSES))


def test_the_orchestrator_sees_the_manifest_and_no_line_of_the_diff() -> None:
    model = FunctionModel(silent)
    make_plan(diff_of("a.py"), LENSES, ALWAYS_ASK, model)
    (prompt,) = model.prompts
    assert "1 a.py (modified) +2 -0" in prompt.question
    assert "a.py line 1" not in prompt.question + prompt.material + prompt.instructions


def test_what_a_plan_leaves_out_is_added_in_code() -> None:
    answer = PlanAnswer(groups=[Group(files=[2, 99, 0, 2], lenses=["SECURITY", "astrology"], focus="x\ny")])
    diff = diff_of("a.py", "b.py", "c.py")
    plan = make_plan(diff, LENSES, ALWAYS_ASK, FunctionModel(lambda _: answer))
    assert plan.author == "orchestrator"
    assert sorted(cells(plan)) == sorted(wanted(diff, LENSES))
    assert plan.tasks[0].lens == "security"
    assert plan.tasks[0].hint == "x y"


def test_a_file_that_two_groups_name_is_read_once_a_lens() -> None:
    groups = [Group(files=[1], lenses=[], focus=""), Group(files=[1, 2], lenses=[], focus="")]
    done = complete(groups, diff_of("a.py", "b.py").reviewable, LENSES)
    assert [group.paths for group in done] == [("a.py",), ("b.py",)]


@pytest.mark.parametrize(
    "error", [NoAnswer(Failure.REFUSED, "no"), NoAnswer(Failure.INVALID, "bad"), OverBudget("the cap")]
)
def test_a_plan_call_without_a_plan_gives_the_static_plan_and_says_why(error: Exception) -> None:
    def fail(_prompt: Prompt) -> PlanAnswer:
        raise error

    diff = diff_of("a.py", "b.py")
    plan = make_plan(diff, LENSES, ALWAYS_ASK, FunctionModel(fail))
    assert plan.author == "static"
    assert str(error) in plan.note
    assert sorted(cells(plan)) == sorted(wanted(diff, LENSES))


def test_a_lens_with_paths_gets_only_its_files() -> None:
    web = Lens(name="a11y", purpose="p", instructions="i", paths=("*.tsx",))
    diff = diff_of("a.py", "b.tsx")
    plan = make_plan(diff, (*LENSES, web), SMALL, FunctionModel(silent))
    assert sorted(cells(plan)) == sorted(wanted(diff, (*LENSES, web)))
    assert [task.chunk.paths for task in plan.tasks if task.lens == "a11y"] == [("b.tsx",)]


def test_lenses_over_the_same_files_share_their_chunks() -> None:
    diff = diff_of("a.py", "b.py", lines=40)
    plan = make_plan(diff, LENSES, SMALL, FunctionModel(silent))
    by_lens = {lens.name: [t.chunk for t in plan.tasks if t.lens == lens.name] for lens in LENSES}
    assert by_lens["correctness"] == by_lens["security"]
    assert len(by_lens["security"]) > 1


def test_task_ids_are_unique() -> None:
    diff = diff_of(*(f"{n}.py" for n in range(9)), lines=30)
    ids = [task.id for task in make_plan(diff, LENSES, SMALL, FunctionModel(silent)).tasks]
    assert len(ids) == len(set(ids))


def test_a_name_in_the_manifest_cannot_break_its_line() -> None:
    shown = manifest(diff_of("a\n2 b.py", "c\u202e.py").reviewable)
    assert len(shown.splitlines()) == 2
    assert "\u202e" not in shown


def test_what_is_reused_under_a_lens_is_left_out_under_this_lens() -> None:
    diff = diff_of("a.py", "b.py")
    parts = whole_files(diff)
    reused = SMALL.evolve(reused={"security": frozenset(parts[:1])})
    plan = make_plan(diff, LENSES, reused, FunctionModel(silent))
    assert cells(plan) == [("a.py", "correctness"), ("b.py", "correctness"), ("b.py", "security")]
    assert len({task.chunk.number for task in plan.tasks}) == 2


def test_where_little_is_left_to_read_nobody_is_asked_for_a_plan() -> None:
    diff = diff_of(*(f"{n}.py" for n in range(20)))
    parts = whole_files(diff)
    reused = {lens.name: frozenset(parts[:-2]) for lens in LENSES}
    model = FunctionModel(silent)
    plan = make_plan(diff, LENSES, SMALL.evolve(reused=reused), model)
    assert model.prompts == []
    assert {path for path, _ in cells(plan)} == {"18.py", "19.py"}
    make_plan(diff, LENSES, SMALL.evolve(reused={"security": frozenset(parts)}), model)
    assert len(model.prompts) == 1


def test_a_plan_for_what_is_left_is_asked_about_the_whole_change_so_that_it_can_be_remembered() -> None:
    diff = diff_of("a.py", "b.py")
    parts = whole_files(diff)
    reused = ALWAYS_ASK.evolve(reused={"security": frozenset(parts[:1])})
    model = FunctionModel(silent)
    for planning in (reused, ALWAYS_ASK):
        make_plan(diff, LENSES, planning, model)
    assert model.prompts[0] == model.prompts[1]


def test_where_all_is_reused_there_is_no_task() -> None:
    diff = diff_of("a.py", "b.py")
    parts = frozenset(whole_files(diff))
    reused = SMALL.evolve(reused={lens.name: parts for lens in LENSES})
    assert make_plan(diff, LENSES, reused, FunctionModel(silent)).tasks == ()
