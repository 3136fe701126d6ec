"""The whole flow on one page: a change goes in, reports and a verdict come out."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from chargehand.app.comparing import compared
from chargehand.app.demo import demo_change, demo_settings
from chargehand.app.job import Job
from chargehand.app.nothing import nothing, report_error
from chargehand.app.outputs import check_outputs, write_outputs
from chargehand.app.run import Run
from chargehand.app.unasked import told, with_policy
from chargehand.app.waiving import hear, read_waivers
from chargehand.app.without_key import job_without_key
from chargehand.change import find_change, find_repository
from chargehand.config import ConfigFile, choose_settings, find_baseline, load_settings, with_brought
from chargehand.core import exit_codes
from chargehand.core.cancellation import Cancellation
from chargehand.core.errors import ChargehandError, InputError
from chargehand.core.review import Review
from chargehand.core.verdict import Verdict, decide
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.stopwatch import Stopwatch
from chargehand.reports.headline import exit_line

if TYPE_CHECKING:
    from chargehand.budget.estimate import Estimates
    from chargehand.forges.forge import Forge


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

    If the run is cancelled, the reports show what was finished. Raises InputError, with nothing spent,
    if nothing can be reviewed; the reports then say why.
    """
    watch = Stopwatch()
    try:
        return _reported(job, cwd, environ, stdout, progress, watch, cancellation or Cancellation())
    except InputError as error:
        report_error(job.outputs, str(error), watch, stdout)
        raise


def review(
    job: Job,
    *,
    cwd: Path,
    environ: Mapping[str, str],
    progress: Progress,
    cancellation: Cancellation | None = None,
) -> Review:
    """Return the review of the change that `job` means, and write or post nothing; raises as `run` does."""
    run, _ = _opened(job, cwd, environ)
    return _reviewed(run, progress, Stopwatch(), cancellation or Cancellation())


def _reported(
    job: Job,
    cwd: Path,
    environ: Mapping[str, str],
    stdout: TextIO,
    progress: Progress,
    watch: Stopwatch,
    cancellation: Cancellation,
) -> Verdict:
    check_outputs(job.outputs)
    run, forge = _opened(job, cwd, environ)
    review = _reviewed(run, progress, watch, cancellation)
    for sentence in (*review.said, *review.diff.hints):
        progress.say(sentence)
    verdict = decide(review, review.gate)
    write_outputs(review, verdict, job.outputs, stdout)
    if job.outputs.takes_stdout:
        progress.say(exit_line(review, verdict))
    return _posted(review, verdict, forge, progress) if forge else verdict


def _opened(job: Job, cwd: Path, environ: Mapping[str, str]) -> "tuple[Run, Forge | None]":
    """Return the run with all that it is compared with, and the request to which it is posted, if to one."""
    job, notice = job_without_key(job, environ)
    run = with_policy(_find(job, cwd, environ))
    forge = _request(run, environ)
    if run.unasked:
        run = run.evolve(job=run.job.without_models())
    if notice:
        run = run.evolve(change=run.change.evolve(notices=(notice, *run.change.notices)))
    run = run.evolve(
        baseline=find_baseline(run.checkout, run.change, run.settings.baseline, run.job.cache),
        waived=hear(forge) if forge else read_waivers(job.waivers, run.checkout),
    )
    return run, forge


def _reviewed(run: Run, progress: Progress, watch: Stopwatch, cancellation: Cancellation) -> Review:
    """Return the review of what was found, with the gate that says what it means."""
    if run.change.diff.strip():
        # Start-up time: nothing of this is needed if there is nothing to review.
        from chargehand.app.reviewing import review_change  # noqa: PLC0415 - as above

        review = review_change(run, progress, watch, cancellation)
    else:
        review = nothing(run.change, "offline" if run.job.is_offline else "live", watch)
        from chargehand.app.concealing import without_secrets  # noqa: PLC0415 - as above

        review = without_secrets(compared(review, run.baseline))
    review = told(review, run.unasked)
    return review.evolve(gate=run.settings.whole_gate(), category=run.settings.category)


def _request(run: Run, environ: Mapping[str, str]) -> "Forge | None":
    """Return the request to which the review is posted, None if to none; InputError if it cannot be."""
    if not run.job.is_commenting:
        return None
    if run.change.head is None:
        raise InputError(
            "Nothing was reviewed: --comment posts to the request whose newest commit was reviewed, and this "
            "change has no commit. Leave DIFF out, or name the commits with --base and --head."
        )
    from chargehand.forges.table import open_request  # noqa: PLC0415 - start-up time

    return open_request(environ, time.sleep, None)


def _posted(review: Review, verdict: Verdict, forge: "Forge", progress: Progress) -> Verdict:
    """Post the review; if that fails, the reports are there, and a verdict that passes does so no longer."""
    from chargehand.app.publishing import post_review  # noqa: PLC0415 - as above

    try:
        post_review(review, verdict, forge, progress.say)
    except ChargehandError as error:
        progress.say(str(error))
        return verdict.evolve(exit_code=verdict.exit_code or exit_codes.INCOMPLETE)
    return verdict


def estimate(job: Job, *, cwd: Path, environ: Mapping[str, str], is_exact: bool = False) -> "Estimates":
    """Return what a review of the change that `job` means would cost; no model is asked.

    If `is_exact`, the provider counts the tokens of the prompts, which is free.
    """
    from chargehand.app.estimating import estimate_change  # noqa: PLC0415 - start-up time, as above

    return estimate_change(with_policy(_find(job, cwd, environ)), is_exact=is_exact)


def _find(job: Job, cwd: Path, environ: Mapping[str, str]) -> Run:
    """Find the change that `job` means, and the settings that count for it."""
    checkout = find_repository(cwd, environ)
    if job.selection is None:
        change = demo_change()
        settings = load_settings(ConfigFile(name="the demo", table=demo_settings()), {}, {})
    elif job.settings is not None:
        change, settings = find_change(job.selection, checkout), job.settings
    else:
        change = with_brought(find_change(job.selection, checkout), checkout, job.config)
        change, settings = choose_settings(change, checkout, job.config, environ, job.flags)
    return Run(job=job.kept_by(settings), checkout=checkout, change=change, settings=settings)
