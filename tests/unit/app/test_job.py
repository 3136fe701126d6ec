from pathlib import Path

from chargehand.app.job import Job
from chargehand.app.outputs import Outputs
from chargehand.change import Automatic
from chargehand.config import Settings

JOB = Job(selection=Automatic(), flags={}, outputs=Outputs(paths={}))
KEPT = Settings(cache="kept", state="state.json")


def test_what_is_kept_between_runs_can_be_set_and_an_option_comes_first() -> None:
    job = JOB.kept_by(KEPT)
    assert (job.cache, job.state) == (Path("kept"), Path("state.json"))
    assert JOB.evolve(cache=Path("other")).kept_by(KEPT).cache == Path("other")


def test_a_run_that_asks_no_model_keeps_nothing() -> None:
    assert JOB.evolve(is_offline=True).kept_by(KEPT).cache is None
