"""How a change is reviewed: prepared, asked about, and put together."""

from collections.abc import Iterator, Mapping, Sequence

from chargehand.app.billing import bill_of, uncompared
from chargehand.app.comparing import compared
from chargehand.app.concealing import without_secrets
from chargehand.app.late import to_remember, with_late
from chargehand.app.preparing import Prepared, prepare, with_announced
from chargehand.app.run import Run
from chargehand.app.suppressing import suppressed
from chargehand.app.waiving import with_waivers
from chargehand.app.without_key import without_model
from chargehand.budget.pr_budget import Account
from chargehand.core.cancellation import INTERRUPTED, Cancellation
from chargehand.core.coverage import cover, lenses_without_files
from chargehand.core.errors import EnvironmentFault, NoCredentials
from chargehand.core.finding import Dismissed, Finding, Severity, by_place, grade_of, regrade
from chargehand.core.identity import identify
from chargehand.core.review import Mode, Review
from chargehand.core.time_limit import TimeIsUp
from chargehand.pipeline.asked import Asked, nobody_asked
from chargehand.pipeline.beside import count_beside
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.stopwatch import Stopwatch


def review_change(run: Run, progress: Progress, watch: Stopwatch, cancellation: Cancellation) -> Review:
    """Return the review of a change that is not empty."""
    if run.settings.deadline:
        cancellation.set_deadline(run.settings.deadline)
    prepared = prepare(run, lambda: cancellation.reason is not None)
    if run.job.is_offline:
        return _review(prepared, nobody_asked(prepared.brief), "offline", watch)
    if cancellation.reason:
        return _review(prepared, _too_late(prepared, cancellation), "live", watch)
    # Start-up time: the free checks need nothing of what speaks to models.
    from chargehand.app.asking import ask  # noqa: PLC0415 - as above

    try:
        asked, mode = ask(prepared, progress, watch, cancellation)
    except TimeIsUp:
        return _review(prepared, _too_late(prepared, cancellation), "live", watch)
    except (NoCredentials, EnvironmentFault) as error:
        progress.say(str(error))
        nobody = nobody_asked(prepared.brief)
        return without_model(_review(prepared, nobody, "offline", watch), run.settings, error)
    return _review(prepared, asked, mode, watch)


def _too_late(prepared: Prepared, cancellation: Cancellation) -> Asked:
    """Return what there is if the run has to end before it is known what to ask."""
    asked = nobody_asked(prepared.brief)
    return asked.evolve(
        unplanned=cancellation.reason or INTERRUPTED, is_interrupted=cancellation.is_interrupted
    )


def _review(prepared: Prepared, asked: Asked, mode: Mode, watch: Stopwatch) -> Review:
    """Return all that was seen, found, left out and paid."""
    change, account, judged = prepared.run.change, prepared.account, asked.judgement
    diff, lenses = prepared.brief.diff, prepared.brief.crew.lenses
    grades = prepared.run.settings.grades()
    review = Review(
        change=with_announced(change, diff),
        diff=diff,
        mode=mode,
        lenses=lenses,
        findings=identify(_graded(each, grades) for each in (*judged.findings, *prepared.reported.unshown)),
        dismissed=tuple(_dismissed(judged.dismissed)),
        coverage=cover(diff, lenses, asked.outcomes, asked.unplanned),
        gaps=(*prepared.gaps, *filter(None, ["" if judged.is_capped else judged.gap]), *account.gaps),
        capped=(judged.gap,) if judged.is_capped else (),
        outages=(judged.gap,) if judged.is_outage else (),
        notices=tuple(
            dict.fromkeys(
                (
                    *change.notices,
                    *diff.notices,
                    *lenses_without_files(diff, lenses),
                    *account.notices,
                    *prepared.reported.notices,
                    *asked.notices,
                    *uncompared(asked),
                )
            )
        ),
        summary=judged.summary,
        bill=bill_of(prepared, asked),
        calls=asked.calls,
        probes=asked.probes,
        beside=None if mode == "offline" else count_beside(diff, asked.outcomes),
        timing=watch.timing(),
        tools=prepared.reported.tools,
        inline=prepared.run.settings.inline_rules(),
        is_interrupted=asked.is_interrupted,
    )
    review = suppressed(compared(review, prepared.run.baseline), prepared.run)
    review = with_waivers(review, prepared.run.waived)
    review = _remembered(with_late(review, prepared.run, account.last_review), account)
    return without_secrets(review, prepared.brief.mask)


def _remembered(review: Review, account: Account) -> Review:
    """Keep what was found for the next push, and return the review with a word if that is not possible."""
    last = to_remember(review)
    complaint = account.remember(last) if last else ""
    return review.evolve(notices=(*review.notices, complaint)) if complaint else review


def _graded(finding: Finding, grades: Mapping[str, Severity]) -> Finding:
    """Return the finding as the configuration grades its rule; without a word of it, as the judge did."""
    severity = grade_of(finding.rule, grades)
    if severity is None:
        return finding
    return regrade(finding, severity, f"the configuration grades {finding.rule} so")


def _dismissed(dismissed: Sequence[Dismissed]) -> Iterator[Dismissed]:
    """Yield what was dismissed, with fingerprints of its own count: no finding that stands moves for it."""
    in_order = sorted(dismissed, key=lambda each: by_place(each.finding))
    findings = identify(each.finding for each in in_order)
    for finding, each in zip(findings, in_order, strict=True):
        yield Dismissed(finding=finding, reason=each.reason)
