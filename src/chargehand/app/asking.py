"""Has models look at a change: opens what they need, keeps to the cap, and asks."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeGuard

from chargehand.app.preparing import Prepared
from chargehand.app.resources import open_batch, open_cache, open_model, refuse_unsealed
from chargehand.budget.estimate import Estimate, estimate
from chargehand.budget.smallest_cap import CapNeeds
from chargehand.core.cancellation import Cancellation
from chargehand.core.clouds import Cloud, is_elsewhere
from chargehand.core.limit import DEFAULT_CAP_USD, Limit
from chargehand.core.models import capabilities
from chargehand.core.money import usd_exact
from chargehand.core.prompt import Model
from chargehand.core.review import Mode
from chargehand.core.time_limit import Step, TimeIsUp, steps_until
from chargehand.llm.cache.store import CacheStore
from chargehand.llm.chain import Chain, build_chain
from chargehand.llm.provider.claude import Claude
from chargehand.pipeline.asked import Asked, nobody_asked
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.few_lines import depth_told
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.recall import recall_replies
from chargehand.pipeline.reply_cache import ReplyCache
from chargehand.pipeline.rest import rest_in_one_call
from chargehand.pipeline.session import Session
from chargehand.pipeline.stages import ask_models
from chargehand.pipeline.stopwatch import Stopwatch

# With so many times the worst case of all calls, money does not run out, and no task waits for its turn.
_AMPLE = 2
# A hunk takes as long to measure as so many lines to read.
_STEPS_A_MEASURE = 20


def ask(
    prepared: Prepared, progress: Progress, watch: Stopwatch, cancellation: Cancellation
) -> tuple[Asked, Mode]:
    """Ask models what the cache does not answer, if there is anything to review.

    Raises NoCredentials, and TimeIsUp if the run has to end before it is known what to ask.
    """
    run, brief, account = prepared.run, prepared.brief, prepared.account
    job, diff, crew = run.job, brief.diff, brief.crew
    if not diff.reviewable:
        return nobody_asked(brief), "live"
    cancellation.is_cooperative = True
    with open_cache(run, diff) as store:
        reply_cache, planning, cost = _foreseen(prepared, store, cancellation)
        with open_model(run, brief.mask, cancellation) as (base, mode):
            refuse_unsealed(run)
            limit = account.limit(run.settings.max_spend, is_priced=job.is_paid and _is_priced(cost))
            chain = _chain(prepared, base, progress, cancellation, limit, cost.cap_needs)
            planning = account.fit(planning, cost.cap_needs, limit, chain.worst_case_usd)
            chain.ledger.hold(cost.cap_needs.held_under(limit.usd if limit else None))
            batch = open_batch(run, base, progress.say)
            session = Session(chain, progress, watch, reply_cache, batch)
            with account.entering(chain.ledger, run.change.head):
                asked = ask_models(brief.evolve(planning=planning), session)
                asked = _probed(prepared, asked, chain)
    depth = depth_told(run.settings.depth, planning.depth)
    unheld = _unheld(cost) if job.is_paid and limit is None else ()
    left_unasked = _left_unasked(crew, run.cloud) if isinstance(base, Claude) else ()
    notices = (*depth, *asked.notices, *unheld, *left_unasked)
    asked = asked.evolve(estimate_usd=cost.expected_usd, limit=limit, notices=notices)
    return asked, "batch" if batch else mode


def _foreseen(
    prepared: Prepared, store: CacheStore | None, cancellation: Cancellation
) -> tuple[ReplyCache, Planning, Estimate]:
    """Return what earlier runs have answered, how the rest is split, and what it would cost; or TimeIsUp.

    That is before a model is opened, which waits for the SDK: it is being imported meanwhile.
    """
    brief = prepared.brief
    step = steps_until(lambda: cancellation.reason is not None, TimeIsUp())
    measure = brief.planning.measure
    timed = brief.planning.evolve(measure=partial(_measured, measure, step))
    reply_cache = recall_replies(store, brief.diff, brief.crew, timed, step)
    planning = rest_in_one_call(reply_cache.left(timed), brief.diff, brief.crew)
    cost = estimate(
        brief.diff,
        brief.crew,
        planning,
        prepared.prices,
        stakes=brief.stakes,
        is_batch=prepared.run.job.batch is not None,
        step=step,
    )
    if cancellation.reason:
        raise TimeIsUp
    return reply_cache, planning.evolve(measure=measure), cost


def _measured(measure: Callable[[str], int], step: Step, text: str) -> int:
    step(_STEPS_A_MEASURE)
    return measure(text)


def _probed(prepared: Prepared, asked: Asked, chain: Chain) -> Asked:
    """Return what models gave, and whether workers noticed planted defects, if they are to be tried.

    Answers from a recording are no worker's, so nobody is tried then.
    """
    rate = prepared.run.settings.probe_rate
    if not rate or not prepared.run.job.is_paid:
        return asked
    from chargehand.app.probing import probed  # noqa: PLC0415 - start-up time: few runs plant anything

    return probed(prepared.run, prepared.brief, asked, chain)


def _is_priced(cost: Estimate) -> bool:
    return cost.cap_needs.most_usd is not None


def _unheld(cost: Estimate) -> Iterator[str]:
    """Yield why there is no cap at all."""
    models = ", ".join(cost.high.bill.unpriced)
    if models and not _is_priced(cost):
        yield (
            f"The default cap of {usd_exact(DEFAULT_CAP_USD)} does not hold: the price of {models} is not "
            "known. With max_spend, no call of unknown price would be sent."
        )


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


def _chain(
    prepared: Prepared,
    base: Model,
    progress: Progress,
    cancellation: Cancellation,
    limit: Limit | None,
    needs: CapNeeds,
) -> Chain:
    job = prepared.run.job
    chain = build_chain(
        base,
        prepared.prices,
        limit.usd if limit else None,
        cap=limit.name if limit else "",
        is_ample=bool(limit and needs.most_usd is not None and limit.usd >= _AMPLE * needs.most_usd),
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
