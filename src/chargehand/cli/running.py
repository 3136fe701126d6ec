"""How a job runs from the command line: where it is, what it prints where, and who may stop it."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chargehand.core.cancellation import Cancellation
from chargehand.core.errors import InputError

if TYPE_CHECKING:
    from chargehand.app.job import Job
    from chargehand.pipeline.progress import Progress


def run_job(job: "Job", options: Mapping[str, Any]) -> int:  # Any: click's values
    """Run `job`, print its reports, and return its exit code."""
    from chargehand.app.flow import run

    shown = progress(-1 if options["quiet"] else options["verbose"])
    cancellation = click.get_current_context().ensure_object(Cancellation)
    verdict = run(
        job,
        cwd=working_folder(),
        environ=dict(os.environ),  # it is looked at hundreds of times, and this is many times as fast
        stdout=sys.stdout,
        progress=shown,
        cancellation=cancellation,
    )
    return verdict.exit_code


def working_folder() -> Path:
    """Return where we are; InputError if that folder was removed."""
    try:
        return Path.cwd()
    except OSError as error:
        raise InputError(
            f"Nothing was reviewed: the current folder cannot be entered ({error.strerror}); it may have "
            "been removed. Change to one that is there."
        ) from error


def progress(verbosity: int) -> "Progress":
    """Return what tells on standard error how the run goes."""
    from chargehand.pipeline.progress import Progress

    is_terminal = sys.stderr.isatty() and not os.environ.get("CI")
    width = shutil.get_terminal_size().columns
    return Progress(sys.stderr, verbosity=verbosity, is_terminal=is_terminal, width=width)
