"""`chargehand review`: which options go together, and what they make of a job."""

from pathlib import Path
from typing import Any

import click

from chargehand.cli.options import (
    BATCH_STATE,
    PATH,
    SELECTING,
    SEVERITIES,
    outputs,
    reporting,
    selecting,
    selection,
)
from chargehand.cli.running import run_job
from chargehand.cli.setting import Setting

FLAGS = (
    "fleet",
    "depth",
    "fail_on",
    "baseline",
    "sarif_in",
    "max_spend",
    "fail_spend",
    "on_incomplete",
    "on_outage",
    "threads",
    "deadline",
)


@click.command()
@selecting
@click.option("--offline", is_flag=True, help="Run the free checks only; no model looks.")
@click.option("--record", metavar="FILE", type=PATH, help="Write every model reply to FILE.")
@click.option(
    "--replay", metavar="FILE", type=PATH, help="Take the model replies from FILE: no key, no network."
)
@click.option(
    "--cache",
    cls=Setting,
    metavar="DIR",
    type=PATH,
    help="Remember answers in DIR: what an earlier run asked is not paid for again.",
)
@click.option(
    "--state",
    cls=Setting,
    metavar="FILE",
    type=PATH,
    help="Keep in FILE what the pull request, or branch, has cost; pr_budget needs it.",
)
@click.option("--batch", is_flag=True, help="Have the workers answer as a batch: half price, within a day.")
@click.option(
    "--batch-state",
    metavar="FILE",
    type=PATH,
    help="Where the batch is recorded, so that another run can pick it up (default: chargehand-batch.json).",
)
@click.option(
    "--comment", is_flag=True, help="Post the review to the pull or merge request that the CI job is about."
)
@click.option(
    "--waivers", metavar="FILE", type=PATH, help="What people let through in it, by `chargehand waivers`."
)
@click.option("--fail-on", cls=Setting, type=SEVERITIES, help="Lowest severity that fails (default: high).")
@click.option(
    "--baseline",
    cls=Setting,
    metavar="REPORT",
    help="Findings that this JSON or SARIF report has fail nothing: only new ones do.",
)
@click.option(
    "--sarif-in",
    cls=Setting,
    metavar="PATH",
    multiple=True,
    help="What another tool found, in SARIF: judged with the rest. Several, or a pattern.",
)
@click.option(
    "--max-spend",
    cls=Setting,
    metavar="USD",
    help="Hard cap: no call is sent that could pass it (default: 1).",
)
@click.option("--fail-spend", cls=Setting, metavar="USD", help="Fail when the bill passes this.")
@click.option(
    "--on-incomplete",
    cls=Setting,
    type=click.Choice(("fail", "warn")),
    help="If a part was not reviewed (default: fail).",
)
@click.option(
    "--on-outage",
    cls=Setting,
    type=click.Choice(("fail", "warn")),
    help="If that is so because the provider was down (default: as --on-incomplete).",
)
@click.option("--threads", cls=Setting, metavar="N", help="Calls at a time (default: 8).")
@click.option(
    "--deadline",
    cls=Setting,
    metavar="SECONDS",
    help="Report what is finished by then (default: no deadline).",
)
@reporting
def review(
    *,
    offline: bool,
    record: Path | None,
    replay: Path | None,
    cache: Path | None,
    state: Path | None,
    batch: bool,
    batch_state: Path | None,
    comment: bool,
    waivers: Path | None,
    **options: Any,  # Any: what the decorators and the settings add, separated below
) -> int:
    """Review a change.

    DIFF is a file or - for standard input. Without it the change comes from git: what is staged, a
    range, the pull or merge request of the CI job, or this branch's commits against the default branch.
    Findings go to standard output, everything about the run to standard error.
    """
    from chargehand.app.job import Job

    _check_sources(offline=offline, record=bool(record), replay=bool(replay), batch=batch)
    if cache and replay:
        raise click.UsageError("--cache is for answers of models: it does not go with --replay")
    if state and (offline or replay):
        raise click.UsageError("--state counts what is paid: it does not go with --offline or --replay")
    if batch_state and not batch:
        raise click.UsageError(
            "--batch-state names the file in which --batch records its batch: it needs --batch"
        )
    if comment and waivers:
        raise click.UsageError("--comment looks for waivers itself: it does not go with --waivers")
    job = Job(
        selection=selection(**{name: options[name] for name in SELECTING}),
        flags={name: options[name] or None for name in FLAGS},
        config=options["config"],
        is_offline=offline,
        record=record,
        replay=replay,
        cache=cache,
        state=state,
        batch=batch_state or BATCH_STATE if batch else None,
        waivers=waivers,
        is_commenting=comment,
        outputs=outputs(options),
    )
    return run_job(job, options)


def _check_sources(*, offline: bool, record: bool, replay: bool, batch: bool) -> None:
    """Raise UsageError if the answers are to come from two places at once."""
    if sum((offline, record, replay)) > 1:
        raise click.UsageError("--offline, --record and --replay exclude each other")
    if batch and (offline or record or replay):
        raise click.UsageError("--batch does not go with --offline, --record or --replay")
