"""How a change of a sample becomes a run: as a diff that a program holds, under settings that are given."""

from typing import NamedTuple

from chargehand.app.job import Job
from chargehand.app.outputs import Outputs
from chargehand.app.run import Run
from chargehand.change import Checkout, Given, find_change
from chargehand.config import Settings
from chargehand.parity.sample.case import Case


class Ends(NamedTuple):
    """The commits before and after a change, of the repository that it was cut from."""

    base: str
    head: str


def run_of(case: Case, settings: Settings, checkout: Checkout, ends: Ends | None = None) -> Run:
    """Return the run that reviews a change of a sample; with its `ends`, what stands beside it is shown."""
    diff = case.diff.encode("utf-8", "surrogateescape")
    selection = Given(diff=diff, **ends._asdict()) if ends else Given(diff=diff)
    job = Job(selection=selection, flags={}, settings=settings, outputs=Outputs())
    return Run(job=job, checkout=checkout, change=find_change(selection, checkout), settings=settings)
