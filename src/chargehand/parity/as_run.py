"""How a change of a sample becomes a run: as a diff that a program holds, under settings that are given."""

from chargehand.app.job import Job
from chargehand.app.outputs import Outputs
from chargehand.app.run import Run
from chargehand.change import Checkout, Given, find_change
from chargehand.config import Settings
from chargehand.parity.sample.case import Case


def run_of(case: Case, settings: Settings, checkout: Checkout) -> Run:
    """Return the run that reviews a change of a sample."""
    selection = Given(diff=case.diff.encode("utf-8", "surrogateescape"))
    job = Job(selection=selection, flags={}, settings=settings, outputs=Outputs())
    return Run(job=job, checkout=checkout, change=find_change(selection, checkout), settings=settings)
