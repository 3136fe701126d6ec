"""Few lines are read in one call for all lenses, if no second call could read them from a cache."""

import pytest

from chargehand.core.fleets import FLEETS
from chargehand.lenses import built_in_lenses
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.few_lines import IN_ONE_CALL, depth_told, in_one_call
from chargehand.pipeline.planning import Planning
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
