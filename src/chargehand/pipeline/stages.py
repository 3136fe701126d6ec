"""What the models give: a plan, how each of its tasks ended, and which claims stand."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from chargehand.core.cancellation import INTERRUPTED, provider_stopped
from chargehand.core.diff import Diff
from chargehand.core.errors import ProviderStopped, RunEnding
from chargehand.core.money import usd
from chargehand.core.plan import Outcome, Plan, Reviewed, Task
from chargehand.core.prompt import Model
from chargehand.core.usage import Call, Role
from chargehand.core.value import Value
from chargehand.cost.ledger import Ledger
from chargehand.llm.batch.run import BatchRun
from chargehand.llm.cache.cached import Cached, cached_call
from chargehand.llm.chain import Chain
from chargehand.pipeline.batching import batched_worker, picked_up_plan
from chargehand.pipeline.escalation import can_escalate, escalate
from chargehand.pipeline.judge import Judgement, judge, unjudged
from chargehand.pipeline.locate import locate
from chargehand.pipeline.planner import Planning, make_plan, static_plan
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.prompt_cache import Sharing, share_prefixes
from chargehand.pipeline.reply_cache import ReplyCache
from chargehand.pipeline.ruling_cache import RulingCache
from chargehand.pipeline.stopwatch import Stopwatch
from chargehand.pipeline.workers import Crew, run_tasks


class Asked(Value):
    """What the models gave; as it stands, nobody was asked.

    `token_ratio` is what a reported token was to an estimated one, None where no call reported any;
    `estimate_usd` what was expected before the first call.
    """

    outcomes: tuple[Outcome, ...] = ()
    judgement: Judgement = Judgement(findings=())
    calls: tuple[Call, ...] = ()
    notices: tuple[str, ...] = ()
    token_ratio: Decimal | None = None
    estimate_usd: Decimal | None = None
    is_interrupted: bool = False


def ask_models(
    diff: Diff,
    crew: Crew,
    planning: Planning,
    chain: Chain,
    progress: Progress,
    watch: Stopwatch,
    reply_cache: ReplyCache | None = None,
    batch: BatchRun | None = None,
) -> Asked:
    """Plan, work, judge. Whatever stops on the way, what was had until then is returned.

    What `reply_cache` holds is neither asked nor paid for again, and every answer is kept there at once.
    With a `batch`, workers answer in it; raises InputError where one is under way for another change.
    """
    desk = _Desk(diff, crew, chain, progress, reply_cache or ReplyCache())
    planning, desk = _recall(desk, planning)
    with watch.stage("plan_s"):
        under_way = picked_up_plan(batch, diff, crew, planning) if batch else None
        plan = under_way or _plan(desk, planning)
    progress.planned(plan)
    sharing = Sharing() if batch else _sharing(desk, plan)
    with watch.stage("work_s"):
        worker = batched_worker(batch, plan, diff, crew, chain) if batch else chain.worker
        outcomes = (*desk.reply_cache.recalled, *_work(desk, plan, worker, sharing))
    with watch.stage("judge_s"):
        judgement = _judge(desk, outcomes)
    if chain.cancellation.has_to_end:
        chain.ledger.abandon()
    return Asked(
        outcomes=outcomes,
        judgement=judgement,
        calls=chain.ledger.calls,
        token_ratio=chain.ledger.token_ratio,
        notices=(
            *_notices(plan, sharing),
            *_cache_notices(desk.reply_cache, judgement),
            *(batch.notices if batch else ()),
            *_excess(chain.ledger),
        ),
        is_interrupted=chain.cancellation.is_interrupted,
    )


class _Desk(NamedTuple):
    """What every stage has at hand: the diff, who looks at it, whom to ask, and what is known and told."""

    diff: Diff
    crew: Crew
    chain: Chain
    progress: Progress
    reply_cache: ReplyCache


def _recall(desk: _Desk, planning: Planning) -> tuple[Planning, _Desk]:
    """Book what earlier runs read, and return how to plan and whom to ask for the rest."""
    reply_cache, chain = desk.reply_cache, desk.chain
    if reply_cache.store is None:
        return planning, desk
    for outcome in reply_cache.recalled:
        task = outcome.task
        chain.ledger.note(cached_call(Role.WORKER, task.id, task.lens, desk.crew.model_for(task)))
    desk.progress.say(f"cache: {len(reply_cache.recalled)} answers of earlier runs hold")
    orchestrator = Cached(chain.orchestrator, reply_cache.store, chain.ledger)
    return (
        planning.model_copy(update={"known": reply_cache.known}),
        desk._replace(chain=chain._replace(orchestrator=orchestrator)),
    )


def _plan(desk: _Desk, planning: Planning) -> Plan:
    lenses, chain = desk.crew.lenses, desk.chain
    try:
        return chain.cancellation.run(lambda: make_plan(desk.diff, lenses, planning, chain.orchestrator))
    except ProviderStopped as error:
        chain.cancellation.cancel(provider_stopped(error))
    except RunEnding:
        pass  # the tasks are listed all the same, so that each is seen to be skipped
    return static_plan(desk.diff, lenses, planning)


def _sharing(desk: _Desk, plan: Plan) -> Sharing:
    crew = desk.crew
    models = {task.id: crew.model_for(task) for task in plan.tasks}
    return share_prefixes(plan.tasks, models, desk.chain.prices, crew.threads, crew.instructions)


def _work(desk: _Desk, plan: Plan, worker: Model, sharing: Sharing) -> tuple[Outcome, ...]:
    """Have the workers do the tasks, then the stronger model some of those that they did not answer."""
    crew, chain, progress = desk.crew, desk.chain, desk.progress
    run = partial(
        run_tasks,
        diff=desk.diff,
        crew=crew,
        cancellation=chain.cancellation,
        ledger=chain.ledger,
        on_reply=desk.reply_cache.keep,
    )

    def again(tasks: tuple[Task, ...]) -> Sequence[Outcome]:
        stronger = crew.fleet.escalation
        progress.say(f"{len(tasks)} tasks that no worker answered go to {stronger}")
        chosen = plan.model_copy(update={"tasks": tasks})
        return run(chosen, model=chain.worker, escalate_to=stronger, on_outcome=progress.ended)

    outcomes = run(plan, model=worker, sharing=sharing, on_outcome=partial(_ended_for_good, desk))
    if not chain.cancellation.reason:
        outcomes = escalate(outcomes, crew, again)
    for outcome in outcomes:
        if can_escalate(outcome, crew):
            progress.ended(outcome)
    progress.worked(outcomes)
    return outcomes


def _ended_for_good(desk: _Desk, outcome: Outcome) -> None:
    if not can_escalate(outcome, desk.crew):
        desk.progress.ended(outcome)


def _judge(desk: _Desk, outcomes: Sequence[Outcome]) -> Judgement:
    chain, orchestrator = desk.chain, desk.crew.fleet.orchestrator
    claims = [claim for outcome in outcomes if isinstance(outcome, Reviewed) for claim in outcome.claims]
    findings = locate(claims, desk.diff)
    ruling_cache = RulingCache(desk.reply_cache.store, orchestrator)
    if findings:
        desk.progress.say(f"judging {len(findings)} claims")
    try:
        judgement = chain.cancellation.run(
            lambda: judge(findings, orchestrator, chain.orchestrator, ruling_cache)
        )
    except RunEnding:
        return unjudged(findings, chain.cancellation.reason or INTERRUPTED, ruling_cache)
    if judgement.is_cached:
        chain.ledger.note(cached_call(Role.JUDGE, "judge", None, orchestrator))
    return judgement


def _notices(plan: Plan, sharing: Sharing) -> tuple[str, ...]:
    static = f"The plan is the static one: {plan.note}." if plan.note else ""
    leaders = len(set(sharing.leader_of.values()))
    ahead = (
        f"{leaders} of {len(plan.tasks)} tasks ran ahead, so that the others find their part of it in "
        f"the provider's cache: at list prices this saves {usd(sharing.saved_usd)}."
    )
    return tuple(filter(None, (static, ahead if leaders else "")))


def _excess(ledger: Ledger) -> tuple[str, ...]:
    excess_usd = ledger.excess_usd
    told = f"Calls cost {usd(excess_usd)} more than was put aside for them, so the cap may have been passed."
    return (told,) if ledger.has_cap and excess_usd else ()


def _cache_notices(reply_cache: ReplyCache, judgement: Judgement) -> tuple[str, ...]:
    unwritten = (
        "Earlier runs judged all that stands, but never wrote a summary of just this: there is none."
        if judgement.is_cached and judgement.findings and not judgement.summary
        else ""
    )
    return tuple(filter(None, (unwritten, reply_cache.store.complaint if reply_cache.store else "")))
