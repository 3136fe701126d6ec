"""How a change is reviewed: read, checked for free, estimated, asked about, and put together."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from chargehand.app.job import TIMEOUT_S, Job
from chargehand.app.resources import open_batch, open_cache, open_model
from chargehand.budget.estimate import Estimates, estimate, one_pass
from chargehand.budget.pr_budget import Account, open_account
from chargehand.change import Checkout, Repository, read_paths
from chargehand.change.read import read_diff
from chargehand.checks import Tree, run_checks
from chargehand.config import Settings
from chargehand.core.cancellation import Cancellation
from chargehand.core.change import Change
from chargehand.core.coverage import cover
from chargehand.core.diff import Diff
from chargehand.core.finding import Claim, Dismissed, conceal, mask
from chargehand.core.fleets import FLEETS
from chargehand.core.plan import Reviewed
from chargehand.core.review import Mode, Review
from chargehand.core.tokens import estimate_for_any, largest_chunk
from chargehand.core.usage import Bill
from chargehand.cost.bill import make_bill
from chargehand.cost.prices import Prices
from chargehand.llm.chain import build_chain
from chargehand.llm.provider.claude import Claude, warm_up
from chargehand.pipeline.brief import Brief as Work
from chargehand.pipeline.brief import Session
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.judge import merge
from chargehand.pipeline.locate import identify, locate
from chargehand.pipeline.planner import Planning
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.reply_cache import ReplyCache, recall_replies
from chargehand.pipeline.stages import Asked, ask_models
from chargehand.pipeline.stopwatch import Stopwatch


class Brief(NamedTuple):
    """All that is known before a model is asked: the change as it is shown, and who looks at what price.

    `doubts` are sentences about files that git counts otherwise, `claims` those of the free checks.
    """

    job: Job
    checkout: Checkout
    change: Change
    settings: Settings
    diff: Diff
    doubts: tuple[str, ...]
    claims: tuple[Claim, ...]
    crew: Crew
    planning: Planning
    prices: Prices
    account: Account


def review_change(
    job: Job,
    change: Change,
    settings: Settings,
    checkout: Checkout,
    environ: Mapping[str, str],
    progress: Progress,
    watch: Stopwatch,
    cancellation: Cancellation,
) -> Review:
    """Return the review of a change that is not empty."""
    if settings.deadline:
        cancellation.set_deadline(settings.deadline)
    brief = _brief(job, change, settings, checkout)
    asked, mode = _ask(brief, environ, progress, watch, cancellation)
    return _review(brief, asked, mode, watch)


def estimate_change(
    job: Job,
    change: Change,
    settings: Settings,
    checkout: Checkout,
    environ: Mapping[str, str],
    *,
    is_exact: bool,
) -> Estimates:
    """Return what a review would cost with the configured fleet, and with each that is built in."""
    fleets = dict.fromkeys((settings.chosen_fleet(), *FLEETS.values()))
    crews = [_crew(settings).model_copy(update={"fleet": fleet}) for fleet in fleets]
    made = []
    with Claude(TIMEOUT_S) as claude:
        for crew in crews:
            planning = _planning(settings, crew)
            rules = settings.reading_rules()
            diff, _ = read_diff(change, checkout, rules, planning.measure, planning.chunk_tokens)
            if diff.reviewable:
                count = claude.count_tokens if is_exact else None
                planning = _unread(job, diff, crew, planning, checkout, environ)
                prices = Prices(settings.prices)
                made.append(estimate(diff, crew, planning, prices, count, is_batch=job.batch is not None))
    notices = (*change.notices, *diff.notices, *filter(None, (each.note for each in made)))
    return Estimates(change=change, diff=diff, estimates=tuple(made), notices=notices)


def _unread(
    job: Job, diff: Diff, crew: Crew, planning: Planning, checkout: Checkout, environ: Mapping[str, str]
) -> Planning:
    """Return how to plan for what no earlier run has read; an estimate makes no cache where none is."""
    if job.cache is None or not job.cache.exists():
        return planning
    with open_cache(job, diff, checkout, environ) as store:
        reply_cache = recall_replies(store, diff, crew, planning) if store else ReplyCache()
    return planning.model_copy(update={"known": reply_cache.known})


def _brief(job: Job, change: Change, settings: Settings, checkout: Checkout) -> Brief:
    account = Account()
    if job.is_paid:
        warm_up()
        account = open_account(job.state, settings.pr_budget, checkout)
    crew = _crew(settings)
    planning = _planning(settings, crew)
    diff, doubts = read_diff(
        change,
        checkout,
        settings.reading_rules(),
        planning.measure,
        planning.chunk_tokens,
        is_for_models=not job.is_offline,
    )
    claims = run_checks(diff, settings.disabled_checks(), partial(_tree_before, change, checkout))
    prices = Prices(settings.prices)
    return Brief(job, checkout, change, settings, diff, doubts, claims, crew, planning, prices, account)


def _tree_before(change: Change, checkout: Checkout) -> Tree | None:
    """Return which files were there before the change, None if no repository can say it."""
    if change.base is None or not isinstance(checkout, Repository):
        return None
    return Tree(paths=read_paths(checkout, change.base))


def _ask(
    brief: Brief, environ: Mapping[str, str], progress: Progress, watch: Stopwatch, cancellation: Cancellation
) -> tuple[Asked, Mode]:
    """Have models look, unless nothing is to be looked at or none shall. What is known is not asked."""
    job, diff, crew, prices, account = brief.job, brief.diff, brief.crew, brief.prices, brief.account
    if job.is_offline or not diff.reviewable:
        return Asked(), "offline" if job.is_offline else "live"
    max_spend = brief.settings.max_spend
    cancellation.is_cooperative = True
    with (
        open_cache(job, diff, brief.checkout, environ) as store,
        open_model(job, cancellation) as (base, mode),
    ):
        reply_cache = recall_replies(store, diff, crew, brief.planning) if store else ReplyCache()
        planning = brief.planning.model_copy(update={"known": reply_cache.known})
        cost = estimate(diff, crew, planning, prices, is_batch=job.batch is not None)
        chain = build_chain(
            base,
            prices,
            account.cap_usd(max_spend),
            threads=crew.threads,
            cancellation=cancellation,
            on_call=progress.called,
            on_failure=lambda asked, error, wait_s: progress.failed(asked.role, asked.task, error, wait_s),
            sleep=_no_sleep if job.replay else None,
            count=base.count_tokens if isinstance(base, Claude) and job.batch is None else None,
        )
        planning = account.fit(planning, cost.cap_needs, max_spend, chain.worst_case_usd)
        progress.spent = lambda: chain.ledger.spent_usd
        batch = open_batch(job, base, environ, progress.say)
        with account.entering(chain.ledger, brief.change.head):
            asked = ask_models(
                Work(diff=diff, crew=crew, planning=planning),
                Session(chain, progress, watch, reply_cache, batch),
            )
    return asked.model_copy(update={"estimate_usd": cost.expected_usd}), mode


def _review(brief: Brief, asked: Asked, mode: Mode, watch: Stopwatch) -> Review:
    """Return all that was seen, found, left out and paid, with no secret in it that a check knows."""
    change, diff, account, judged = brief.change, brief.diff, brief.account, asked.judgement
    secrets = {secret for claim in brief.claims for secret in claim.conceal}
    found = merge((*judged.findings, *locate(brief.claims, diff)))
    return Review(
        change=change,
        diff=diff,
        mode=mode,
        lenses=brief.crew.lenses,
        findings=identify(conceal(each, secrets) for each in found),
        dismissed=tuple(
            Dismissed(finding=conceal(each.finding, secrets), reason=mask(each.reason, secrets))
            for each in judged.dismissed
        ),
        coverage=cover(diff, brief.crew.lenses, asked.outcomes),
        gaps=(*brief.doubts, *filter(None, [judged.gap]), *account.gaps),
        notices=(*change.notices, *diff.notices, *account.notices, *asked.notices),
        summary=mask(judged.summary, secrets),
        bill=_bill(brief, asked),
        calls=asked.calls,
        timing=watch.timing(),
        is_interrupted=asked.is_interrupted,
    )


def _bill(brief: Brief, asked: Asked) -> Bill:
    """Return the bill, beside what one pass over the same lines with the same instructions would cost."""
    read = {
        path
        for outcome in asked.outcomes
        if isinstance(outcome, Reviewed)
        for path in outcome.task.chunk.paths
    }
    instead = one_pass(brief.diff, brief.crew, read, asked.token_ratio)
    orchestrator = brief.crew.fleet.orchestrator
    bill = make_bill(asked.calls, brief.prices, orchestrator, instead, estimate_usd=asked.estimate_usd)
    return bill.model_copy(update={"pr": brief.account.spending})


def _no_sleep(_seconds: float) -> None:
    """Pass at once: what was recorded needs no patience."""


def _crew(settings: Settings) -> Crew:
    return Crew(
        fleet=settings.chosen_fleet(),
        lenses=settings.active_lenses(),
        threads=settings.threads,
        project_instructions=settings.instructions,
        escalation_share=settings.escalation_share,
    )


def _planning(settings: Settings, crew: Crew) -> Planning:
    return Planning(
        orchestrator=crew.fleet.orchestrator,
        small_files=settings.plan.small_change_files,
        small_lines=settings.plan.small_change_lines,
        chunk_tokens=largest_chunk(crew.workers, settings.plan.chunk_tokens),
        measure=partial(estimate_for_any, models=crew.workers),
    )
