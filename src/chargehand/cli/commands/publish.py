"""`chargehand publish`: a finished report, posted where people review."""

import os
from pathlib import Path

import click

from chargehand.cli.options import PATH, QUIET, REQUEST
from chargehand.cli.running import progress


@click.command()
@click.argument("report", metavar="REPORT", type=PATH)
@REQUEST
@QUIET
def publish(report: Path, *, request: int | None, quiet: bool) -> int:
    """Post a finished review to its pull or merge request.

    REPORT is what `chargehand review --json` wrote. It is posted only if the request's newest commit is the
    one that was reviewed. No model is asked and no key is needed; the forge's token is taken from the
    environment.

    Exit codes: 0 posted, or nothing to do; 2 no such report, request or token; 3 the forge did not take all.
    """
    from chargehand.app.publishing import publish_report

    publish_report(report, environ=os.environ, number=request, say=progress(-1 if quiet else 0).say)
    return 0
