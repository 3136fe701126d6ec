"""Has models look at a change: opens what they need, keeps to the cap, and asks."""

from collections.abc import Iterator
from typing import TypeGuard

from chargehand.app.preparing import Prepared
from chargehand.app.resources import open_batch, open_cache, open_model, refuse_unsealed
from chargehand.budget.estimate import estimate
from chargehand.core.cancellation import Cancellation
from chargehand.core.clouds import Cloud, is_elsewhere
from chargehand.core.models import capabilities
from chargehand.core.prompt import Model
from chargehand.core.review import Mode
from chargehand.llm.chain import Chain, build_chain
from chargehand.llm.provider.claude import Claude
from chargehand.pipeline.asked import Asked, nobody_asked
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.few_lines import depth_told
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.recall import recall_replies
from chargehand.pipeline.session import Session
from chargehand.pipeline.stages import ask_models
from chargehand.pipeline.stopwatch import Stopwatch


def ask(
    prepared: Prepared, progress: Progress, watch: Stopwatch, cancellation: Cancellation
) -> tuple[Asked, Mode]:
    """Ask models what the cache does not answer, if there is anything to review. Raises NoCredentials."""
    run, brief, account = prepared.run, prepared.brief, prepared.account
    job, diff, crew, max_spend = run.job, brief.diff, brief.crew, run.settings.max_spend
    if not diff.reviewable:
        return nobody_asked(brief), "live"
    cancellation.is_cooperative = True
    with open_cache(run, diff) as store:
        reply_cache = recall_replies(store, diff, crew, brief.planning)
        planning = reply_cache.left(brief.planning)
        # Before a model is opened, which waits for the SDK: that is being imported meanwhile.
        cost = estimate(
            diff, crew, planning, prepared.prices, stakes=brief.stakes, is_batch=job.batch is not None
        )
        with open_model(run, brief.mask, cancellation) as (base, mode):
            refuse_unsealed(run)
            chain = _chain(prepared, base, progress, cancellation)
            planning = account.fit(planning, cost.cap_needs, max_spend, chain.worst_case_usd)
            batch = open_batch(run, base, progress.say)
            session = Session(chain, progress, watch, reply_cache, batch)
            with account.entering(chain.ledger, run.change.head):
                asked = ask_models(brief.evolve(planning=planning), session)
                asked = _probed(prepared, asked, chain)
    depth = depth_told(run.settings.depth, brief.planning.depth)
    left_unasked = _left_unasked(crew, run.cloud) if isinstance(base, Claude) else ()
    notices = (*depth, *asked.notices, *left_unasked)
    asked = asked.evolve(estimate_usd=cost.expected_usd, notices=notices)
    return asked, "batch" if batch else mode


def _probed(prepared: Prepared, asked: Asked, chain: Chain) -> Asked:
    """Return what models gave, and whether workers noticed planted defects, if they are to be tried.

    Answers from a recording are no worker's, so nobody is tried then.
    """
    rate = prepared.run.settings.probe_rate
    if not rate or not prepared.run.job.is_paid:
        return asked
    from chargehand.app.probing import probed  # noqa: PLC0415 - start-up time: few runs plant anything

    return probed(prepared.run, prepared.brief, asked, chain)


def _left_unasked(crew: Crew, cloud: Cloud) -> Iterator[str]:
    """Yield what is not asked of this cloud, and of models that are not known, and what is done instead."""
    if not cloud.counts_tokens:
        yield f"{cloud.title} counts no tokens before a call: how long requests are is guessed with care."
    models = dict.fromkeys((*crew.workers, crew.fleet.orchestrator, crew.fleet.escalation))
    if unknown := [model for model in models if not capabilities(model).obeys_schema]:
        yield (
            f"{', '.join(unknown)}: not known here, so its server may ignore what Claude obeys. It is told "
            "the form of its answer in words, and neither effort, thinking nor a prompt cache is asked for."
        )


def _chain(prepared: Prepared, base: Model, progress: Progress, cancellation: Cancellation) -> Chain:
    job = prepared.run.job
    chain = build_chain(
        base,
        prepared.prices,
        prepared.account.cap_usd(prepared.run.settings.max_spend),
        threads=prepared.brief.crew.threads,
        cancellation=cancellation,
        on_call=progress.called,
        on_failure=lambda asked, error, wait_s: progress.failed(asked.role, asked.task, error, wait_s),
        sleep=_no_sleep if job.replay else None,
        count=base.count_tokens if _counts(base) and job.batch is None else None,
        may_substitute=is_elsewhere(prepared.run.cloud, prepared.run.checkout.environ),
    )
    progress.spent = lambda: chain.ledger.spent_usd
    return chain


def _counts(base: Model) -> TypeGuard[Claude]:
    return isinstance(base, Claude) and base.cloud.counts_tokens


def _no_sleep(_seconds: float) -> None:
    """Return at once: a replay need not wait."""
