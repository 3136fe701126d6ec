"""Few lines are read in one call for all lenses, if no second call could read them from a cache."""

import pytest

from chargehand.core.fleets import FLEETS
from chargehand.lenses import BUILT_IN_LENSES, built_in_lenses
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.few_lines import IN_ONE_CALL, depth_told, in_one_call
from chargehand.pipeline.planner import static_plan
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.rest import rest_in_one_call
from tests.unit.changes import added, diff_of


def planned(fleet: str, lines: int, depth: str = "standard", worker: str | None = None) -> str:
    """Return the depth at which a change of so many lines is read."""
    chosen = FLEETS[fleet].evolve(**({"worker": worker} if worker else {}))
    crew = Crew(fleet=chosen, lenses=built_in_lenses(), threads=8)
    planning = Planning(
        orchestrator=chosen.orchestrator,
        small_files=9,
        small_lines=999,
        chunk_tokens=9999,
        measure=len,
    ).evolve(depth=depth)
    return in_one_call(
        planning, diff_of(added("a.py", *(f"value_{n} = compute({n})" for n in range(lines)))), crew
    ).depth


@pytest.mark.parametrize(
    ("fleet", "lines", "depth"), [("4", 5, "quick"), ("4", 999, "standard"), ("5", 5, "standard")]
)
def test_a_change_below_the_smallest_prefix_is_read_in_one_call(fleet: str, lines: int, depth: str) -> None:
    assert planned(fleet, lines) == depth


def test_what_was_asked_for_and_what_nobody_knows_stay() -> None:
    assert planned("4", 5, depth="deep") == "deep"
    assert planned("4", 5, worker="qwen3-coder") == "standard"


def test_a_report_says_at_which_depth_it_was_read_unless_that_is_the_usual_one() -> None:
    assert depth_told("standard", "standard") == ()
    assert depth_told("standard", "quick") == (IN_ONE_CALL,)
    assert [depth_told(each, each)[0].partition(":")[0] for each in ("quick", "deep")] == [
        "Depth quick",
        "Depth deep",
    ]


PATHS = ("a.py", "b.py")
LONG = diff_of(*(added(path, *(f"value_{n} = compute({n})" for n in range(100))) for path in PATHS))


def left(*read: tuple[str, str], depth: str = "standard") -> Planning:
    """Return how the rest of a change of two files is planned, if lenses have read some of them."""
    crew = Crew(fleet=FLEETS["4"], lenses=built_in_lenses(), threads=8)
    planning = Planning(
        orchestrator="strong",
        small_files=9,
        small_lines=9999,
        chunk_tokens=99_999,
        focus_lines=600,
        measure=len,
    ).evolve(depth=depth)
    parts = {
        part.path: part for task in static_plan(LONG, crew.lenses, planning).tasks for part in task.parts
    }
    reused = {
        lens: frozenset(parts[path] for path, reader in read if reader == lens) for lens in BUILT_IN_LENSES
    }
    return rest_in_one_call(planning.evolve(reused={k: v for k, v in reused.items() if v}), LONG, crew)


def test_the_rest_is_read_in_one_call_if_all_lenses_have_read_the_others() -> None:
    by_all = [("a.py", lens) for lens in BUILT_IN_LENSES]
    assert left().depth == "standard"
    assert left(*by_all).depth == "quick"
    crew = Crew(fleet=FLEETS["4"], lenses=built_in_lenses(), threads=8)
    (task,) = static_plan(LONG, crew.lenses, left(*by_all)).tasks
    assert ([part.path for part in task.parts], len(task.reader.lenses)) == (["b.py"], len(BUILT_IN_LENSES))


def test_it_is_not_if_a_lens_has_yet_to_read_what_another_has() -> None:
    by_four = [("a.py", lens) for lens in BUILT_IN_LENSES[:4]]
    assert left(*by_four).depth == "standard"
    assert left(*by_four, ("b.py", BUILT_IN_LENSES[0])).depth == "standard"


def test_nor_if_another_depth_was_set_or_nothing_is_left() -> None:
    every = [(path, lens) for path in PATHS for lens in BUILT_IN_LENSES]
    assert left(*every).depth == "standard"
    assert left(*every[:5], depth="deep").depth == "deep"
