"""How a job runs from the command line: where it is, what it prints where, and who may stop it."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chargehand.core.cancellation import Cancellation

if TYPE_CHECKING:
    from chargehand.app.job import Job
    from chargehand.pipeline.progress import Progress


def run_job(job: "Job", options: Mapping[str, Any]) -> int:  # Any: click's values
    """Run `job`, print its reports, and return its exit code."""
    from chargehand.app.flow import run

    shown = progress(-1 if options["quiet"] else options["verbose"])
    cancellation = click.get_current_context().ensure_object(Cancellation)
    verdict = run(
        job, cwd=Path.cwd(), environ=os.environ, stdout=sys.stdout, progress=shown, cancellation=cancellation
    )
    return verdict.exit_code


def progress(verbosity: int) -> "Progress":
    """Return what tells on standard error how the run goes."""
    from chargehand.pipeline.progress import Progress

    is_terminal = sys.stderr.isatty() and not os.environ.get("CI")
    return Progress(sys.stderr, verbosity=verbosity, is_terminal=is_terminal)
