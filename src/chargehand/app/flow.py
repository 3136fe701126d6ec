"""The whole flow on one page: a change goes in, reports and a verdict come out."""

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from chargehand.app.demo import demo_change, demo_settings
from chargehand.app.job import Job
from chargehand.app.outputs import check_outputs, write_outputs
from chargehand.app.run import Run
from chargehand.app.without_key import job_without_key
from chargehand.change import find_change, find_repository
from chargehand.config import ConfigFile, choose_settings, load_settings, with_brought
from chargehand.core import exit_codes
from chargehand.core.cancellation import Cancellation
from chargehand.core.change import Change
from chargehand.core.diff import Diff
from chargehand.core.errors import ChargehandError, InputError
from chargehand.core.review import Review
from chargehand.core.usage import Bill, Counterfactuals, Usage
from chargehand.core.verdict import Status, Verdict, decide
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.stopwatch import Stopwatch
from chargehand.reports.headline import exit_line

if TYPE_CHECKING:
    from chargehand.budget.estimate import Estimates


ZERO = Decimal(0)
NO_BILL = Bill(
    total_usd=ZERO,
    orchestrator_usd=ZERO,
    workers_usd=ZERO,
    by_role={},
    by_model={},
    by_lens={},
    calls=0,
    usage=Usage(),
    counterfactuals=Counterfactuals(single_pass_usd=ZERO, all_orchestrator_usd=ZERO),
    prices_from="no call",
)


def run(
    job: Job,
    *,
    cwd: Path,
    environ: Mapping[str, str],
    stdout: TextIO,
    progress: Progress,
    cancellation: Cancellation | None = None,
) -> Verdict:
    """Review the change that `job` means, write its reports and return the verdict.

    Whoever cancels the run gets a report of what was finished. Raises InputError, with nothing spent,
    if nothing can be reviewed; the reports then say why.
    """
    watch = Stopwatch()
    try:
        return _reviewed(job, cwd, environ, stdout, progress, watch, cancellation or Cancellation())
    except InputError as error:
        _report_error(job, error, watch, stdout)
        raise


def _reviewed(
    job: Job,
    cwd: Path,
    environ: Mapping[str, str],
    stdout: TextIO,
    progress: Progress,
    watch: Stopwatch,
    cancellation: Cancellation,
) -> Verdict:
    check_outputs(job.outputs)
    job, notice = job_without_key(job, environ)
    run = _find(job, cwd, environ)
    if notice:
        run = run.evolve(change=run.change.evolve(notices=(notice, *run.change.notices)))
    if run.change.diff.strip():
        # Start-up time: nothing of this is needed if there is nothing to review.
        from chargehand.app.reviewing import review_change  # noqa: PLC0415 - as above

        review = review_change(run, progress, watch, cancellation)
    else:
        review = _nothing(job, run.change, watch)
    for notice in review.said:
        progress.say(notice)
    verdict = decide(review, run.settings.gate())
    write_outputs(review, verdict, job.outputs, stdout)
    if job.outputs.takes_stdout:
        progress.say(exit_line(review, verdict))
    return verdict


def estimate(job: Job, *, cwd: Path, environ: Mapping[str, str], is_exact: bool = False) -> "Estimates":
    """Return what a review of the change that `job` means would cost; no model is asked.

    If `is_exact`, the provider counts the tokens of the prompts, which is free.
    """
    from chargehand.app.estimating import estimate_change  # noqa: PLC0415 - start-up time, as above

    return estimate_change(_find(job, cwd, environ), is_exact=is_exact)


def _find(job: Job, cwd: Path, environ: Mapping[str, str]) -> Run:
    """Find the change that `job` means, and the settings that count for it."""
    checkout = find_repository(cwd, environ)
    if job.selection is None:
        change = demo_change()
        settings = load_settings(ConfigFile(name="the demo", table=demo_settings()), {}, {})
    else:
        change = with_brought(find_change(job.selection, checkout), checkout, job.config)
        change, settings = choose_settings(change, checkout, job.config, environ, job.flags)
    return Run(job=job, checkout=checkout, change=change, settings=settings)


def _report_error(job: Job, error: InputError, watch: Stopwatch, stdout: TextIO) -> None:
    """Write the reports that were asked for, so that who looks there learns why nothing was reviewed."""
    said = str(error)
    nothing = Change(source="unknown", diff=b"", is_whole=False)
    review = _nothing(job, nothing, watch).evolve(gaps=(said,))
    verdict = Verdict(status=Status.ERROR, exit_code=exit_codes.INPUT_ERROR, reasons=(said,))
    if job.outputs.paths:
        with suppress(ChargehandError):  # the error itself is shown in any case
            write_outputs(review, verdict, job.outputs, stdout, is_for_person=False)


def _nothing(job: Job, change: Change, watch: Stopwatch) -> Review:
    return Review(
        change=change,
        diff=Diff(),
        mode="offline" if job.is_offline else "live",
        lenses=(),
        findings=(),
        coverage=(),
        notices=change.notices,
        summary="",
        bill=NO_BILL,
        timing=watch.timing(),
    )
