"""What each lens is asked about three real, public changes, and what the judge reads first.

The changes are excerpts of MIT-licensed projects, each beside its licence.
"""

from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot

from chargehand.change.diff.parse.files import parse_diff
from chargehand.core.fleets import FLEETS
from chargehand.core.tokens import estimate_for_any, largest_chunk
from chargehand.lenses import built_in_lenses
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planner import static_plan
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.prompts import judge_instructions
from chargehand.pipeline.worker import worker_prompt

CHANGES = sorted(path.parent for path in Path(__file__).parent.glob("prompts/*/change.diff"))
CREW = Crew(fleet=FLEETS["5"], lenses=built_in_lenses(), threads=1)
PLANNING = Planning(
    orchestrator=CREW.fleet.orchestrator,
    small_files=10,
    small_lines=1000,
    chunk_tokens=largest_chunk(CREW.workers, 20_000),
    measure=lambda text: estimate_for_any(text, models=CREW.workers),
)


def test_there_are_three_changes() -> None:
    assert len(CHANGES) == 3


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_every_lens_asks_as_it_is_written_down(change: Path, snapshot: Snapshot) -> None:
    diff = parse_diff((change / "change.diff").read_bytes())
    plan = static_plan(diff, CREW.lenses, PLANNING)
    prompts = [worker_prompt(task, diff, CREW) for task in plan.tasks]
    assert [prompt.lens for prompt in prompts] == [lens.name for lens in CREW.lenses]
    prefixes = {f"{prompt.instructions}\n{prompt.material}\n" for prompt in prompts}
    assert len(prefixes) == 1
    asked = {f"{prompt.lens}.txt": prompt.question for prompt in prompts}
    snapshot.snapshot_dir = change
    snapshot.assert_match_dir(asked | {"shared.txt": prefixes.pop()}, "asked")


def test_the_judge_reads_what_is_written_down(snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = Path(__file__).parent / "prompts"
    snapshot.assert_match(judge_instructions(), "judge.txt")
    snapshot.assert_match(judge_instructions(is_about_one=True), "judge_one.txt")
