"""`chargehand estimate`: what a review would cost."""

import os
from pathlib import Path
from typing import Any

import click

from chargehand.cli.options import BATCH_STATE, PATH, QUIET, SELECTING, outputs, selecting, selection
from chargehand.cli.running import progress, working_folder


@click.command()
@selecting
@click.option("--exact", is_flag=True, help="Have the provider count the tokens: free, but it takes a key.")
@click.option(
    "--cache", metavar="DIR", type=PATH, help="Leave out what earlier runs with this --cache have read."
)
@click.option("--batch", is_flag=True, help="With the workers' answers as a batch: half price.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@QUIET
def estimate(
    *,
    exact: bool,
    cache: Path | None,
    batch: bool,
    as_json: bool,
    quiet: bool,
    **options: Any,  # Any: the selecting options
) -> int:
    """Say what a review would cost. Nothing is spent.

    There are three figures: low, expected and high. The change is found as `review` finds it, and the cost is
    that of each fleet, the configured one first. No model is asked.
    """
    from chargehand.app import flow
    from chargehand.app.job import Job
    from chargehand.cli.estimate_table import estimate_json, estimate_table
    from chargehand.core.escaping import for_log

    job = Job(
        selection=selection(**{name: options[name] for name in SELECTING}),
        flags={name: options[name] for name in ("fleet", "depth")},
        config=options["config"],
        cache=cache,
        batch=BATCH_STATE if batch else None,
        outputs=outputs({}),
    )
    estimates = flow.estimate(job, cwd=working_folder(), environ=os.environ, is_exact=exact)
    for notice in estimates.said:
        progress(-1 if quiet else 0).say(notice)
    click.echo(estimate_json(estimates) if as_json else for_log(estimate_table(estimates)), nl=False)
    return 0
