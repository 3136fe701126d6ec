"""What the models give: a plan, how each of its tasks ended, and which claims stand."""

from collections.abc import Sequence
from decimal import Decimal

from chargehand.batching import batched_worker, picked_up_plan
from chargehand.diff import Diff
from chargehand.errors import ProviderStopped
from chargehand.finding import Finding
from chargehand.judge import Judgement, judge, unjudged
from chargehand.llm.batch import BatchRun
from chargehand.llm.cached import Cached, cached_call
from chargehand.llm.chain import Chain
from chargehand.locate import locate
from chargehand.memory import Memory
from chargehand.plan import Outcome, Plan, Reviewed
from chargehand.planner import Planning, make_plan, static_plan
from chargehand.precedents import Precedents
from chargehand.prefixes import Sharing, share_prefixes
from chargehand.progress import Progress
from chargehand.spend import Call, Role
from chargehand.stopwatch import Stopwatch
from chargehand.value import Value
from chargehand.workers import INTERRUPTED, PROVIDER, Brake, Crew, run_tasks


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
    memory: Memory | None = None,
    batch: BatchRun | None = None,
) -> Asked:
    """Plan, work, judge. Whatever stops on the way, what was had until then is returned.

    What is in `memory` is neither asked nor paid for again, and what is answered is kept there at once.
    With a `batch`, workers answer in it; raises InputError where one is under way for another change.
    """
    brake = Brake()
    memory = memory or Memory()
    planning, chain = _recall(memory, crew, planning, chain, progress)
    with watch.stage("plan_s"):
        under_way = picked_up_plan(batch, diff, crew, planning) if batch else None
        plan = under_way or _plan(diff, crew, planning, chain, brake)
    progress.planned(plan)
    sharing = Sharing() if batch else _sharing(plan, crew, chain)
    with watch.stage("work_s"):
        worker = batched_worker(batch, plan, diff, crew, chain, brake) if batch else chain.worker
        outcomes = run_tasks(
            plan,
            diff,
            crew,
            worker,
            brake,
            sharing=sharing,
            ledger=chain.ledger,
            on_reply=memory.keep,
            on_outcome=progress.ended,
        )
    progress.worked(outcomes)
    outcomes = (*memory.recalled, *outcomes)
    claims = [claim for outcome in outcomes if isinstance(outcome, Reviewed) for claim in outcome.claims]
    with watch.stage("judge_s"):
        precedents = Precedents(memory.shelf, crew.fleet.orchestrator)
        judgement = _judge(locate(claims, diff), crew, chain, brake, progress, precedents)
    return Asked(
        outcomes=outcomes,
        judgement=judgement,
        calls=chain.ledger.calls,
        token_ratio=chain.ledger.token_ratio,
        notices=(
            *_notices(plan, sharing),
            *_cache_notices(memory, judgement),
            *(batch.notices if batch else ()),
        ),
        is_interrupted=brake.reason == INTERRUPTED,
    )


def _sharing(plan: Plan, crew: Crew, chain: Chain) -> Sharing:
    models = {task.id: crew.model_for(task) for task in plan.tasks}
    return share_prefixes(plan.tasks, models, chain.prices, crew.threads, crew.instructions)


def _recall(
    memory: Memory, crew: Crew, planning: Planning, chain: Chain, progress: Progress
) -> tuple[Planning, Chain]:
    """Book what earlier runs read, and return how to plan and whom to ask for the rest."""
    if memory.shelf is None:
        return planning, chain
    for outcome in memory.recalled:
        task = outcome.task
        chain.ledger.note(cached_call(Role.WORKER, task.id, task.lens, crew.model_for(task)))
    progress.say(f"cache: {len(memory.recalled)} answers of earlier runs hold")
    orchestrator = Cached(chain.orchestrator, memory.shelf, chain.ledger)
    return (
        planning.model_copy(update={"known": memory.known}),
        chain._replace(orchestrator=orchestrator),
    )


def _cache_notices(memory: Memory, judgement: Judgement) -> tuple[str, ...]:
    unwritten = (
        "Earlier runs judged all that stands, but never wrote a summary of just this: there is none."
        if judgement.is_cached and judgement.findings and not judgement.summary
        else ""
    )
    return tuple(filter(None, (unwritten, memory.shelf.complaint if memory.shelf else "")))


def _notices(plan: Plan, sharing: Sharing) -> tuple[str, ...]:
    static = f"The plan is the static one: {plan.note}." if plan.note else ""
    leaders = len(set(sharing.leader_of.values()))
    ahead = (
        f"{leaders} of {len(plan.tasks)} tasks ran ahead, so that the others find their part of it in "
        f"the provider's cache: at list prices this saves ${sharing.saved_usd:.4f}."
    )
    return tuple(filter(None, (static, ahead if leaders else "")))


def _plan(diff: Diff, crew: Crew, planning: Planning, chain: Chain, brake: Brake) -> Plan:
    try:
        return make_plan(diff, crew.lenses, planning, chain.orchestrator)
    except ProviderStopped as error:
        brake.pull(f"{PROVIDER}: {error}")
    except KeyboardInterrupt:
        brake.pull(INTERRUPTED)
    return static_plan(diff, crew.lenses, planning)


def _judge(
    findings: Sequence[Finding],
    crew: Crew,
    chain: Chain,
    brake: Brake,
    progress: Progress,
    precedents: Precedents,
) -> Judgement:
    if findings:
        progress.say(f"judging {len(findings)} claims")
    try:
        if brake.reason is None:
            judgement = judge(findings, crew.fleet.orchestrator, chain.orchestrator, precedents)
            if judgement.is_cached:
                chain.ledger.note(cached_call(Role.JUDGE, "judge", None, crew.fleet.orchestrator))
            return judgement
    except KeyboardInterrupt:
        brake.pull(INTERRUPTED)
    return unjudged(findings, brake.reason or INTERRUPTED, precedents)
