from pathlib import Path

from chargehand.core.diff import Diff
from chargehand.core.fleets import FLEETS
from chargehand.core.plan import Excerpt
from chargehand.llm.batch.run import BatchRun
from chargehand.llm.batch.state_file import BatchFile
from chargehand.llm.provider.claude import Claude
from chargehand.pipeline.batching import picked_up_plan
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planning import Planning
from tests.unit.crew import LENSES, diff_of

CREW = Crew(fleet=FLEETS["5"], lenses=LENSES, threads=4)
PLANNING = Planning(orchestrator="x", small_files=9, small_lines=9, chunk_tokens=300, measure=len)
PART = Excerpt(path="a.py", first=0, last=0)


class Opened(BatchRun):
    """A run that only hears which change it is opened for."""

    def __init__(self) -> None:
        super().__init__(Claude(1, api_key="x"), BatchFile(Path("unused"), ""))
        self.change = ""

    def open(self, change: str) -> None:
        self.change = change


def key(diff: Diff | None = None, crew: Crew = CREW, planning: Planning = PLANNING) -> str:
    opened = Opened()
    picked_up_plan(opened, Brief(diff=diff or diff_of("a.py"), crew=crew, planning=planning))
    return opened.change


def test_threads_do_not_tell_one_change_from_another() -> None:
    assert key(crew=CREW.evolve(threads=1)) == key()


def test_lines_crew_and_what_is_reused_do() -> None:
    keys = [
        key(),
        key(diff_of("b.py")),
        key(diff_of("a.py", lines=3)),
        key(crew=CREW.evolve(fleet=FLEETS["4"])),
        key(crew=CREW.evolve(project_instructions="Be kind.")),
        key(planning=PLANNING.evolve(reused={"security": frozenset({PART})})),
    ]
    assert len(set(keys)) == len(keys)


def test_undecodable_paths_have_a_key_too() -> None:
    assert key(diff_of("caf\udce9.py")) != key(diff_of("caf\udcea.py"))
