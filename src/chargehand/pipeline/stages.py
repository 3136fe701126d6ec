"""What the models give: a plan, how each of its tasks ended, and which claims stand."""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from math import ceil
from typing import TypeGuard

from chargehand.core.cancellation import INTERRUPTED, provider_stopped
from chargehand.core.counting import count
from chargehand.core.errors import ProviderStopped, RunEnding
from chargehand.core.finding import Finding
from chargehand.core.money import usd
from chargehand.core.plan import Failed, Outcome, Plan, Refused, Reviewed, Task
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.core.usage import Role
from chargehand.cost.doubts import doubts
from chargehand.llm.cache.replies import CachedReplies
from chargehand.llm.chain import Chain
from chargehand.pipeline.agreement import agreed
from chargehand.pipeline.asked import Asked
from chargehand.pipeline.batching import batched_worker, picked_up_plan
from chargehand.pipeline.bench import Bench, Judge
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.called_secrets import conceal_called, mask_called
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.docket import NOBODY
from chargehand.pipeline.judge import judge, unjudged
from chargehand.pipeline.judge_prompt import Region, evidence
from chargehand.pipeline.judgement import Judgement
from chargehand.pipeline.locate import locate
from chargehand.pipeline.planner import make_plan, static_plan
from chargehand.pipeline.pool import run_tasks
from chargehand.pipeline.prompt_cache import Sharing, share_prefixes
from chargehand.pipeline.reply_cache import ReplyCache
from chargehand.pipeline.ruling_cache import RulingCache
from chargehand.pipeline.session import Session
from chargehand.pipeline.surroundings import Surroundings
from chargehand.pipeline.suspicion import is_doubtful, is_steered, speaks
from chargehand.pipeline.twins import merge_twins
from chargehand.pipeline.worker import MOST_CLAIMS, Worker


def ask_models(brief: Brief, session: Session) -> Asked:
    """Plan, work, judge. If something stops it on the way, what was finished is returned.

    What the reply cache holds is neither asked nor paid for again, and every answer is kept there at once.
    Raises InputError if a batch is under way for another change.
    """
    _recall(brief, session)
    chain, watch, batch = session.chain, session.watch, session.batch
    with watch.stage("plan_s"):
        plan = (picked_up_plan(batch, brief) if batch else None) or _plan(brief, session)
    session.progress.planned(plan, brief.crew.threads)
    sharing = Sharing() if batch else _sharing(brief.crew, plan, chain)
    with watch.stage("work_s"):
        outcomes = (*session.reply_cache.recalled, *_work(brief, session, plan, sharing))
    with watch.stage("judge_s"):
        judgement = _judge(brief, session, outcomes)
        judgement = judgement.evolve(findings=agreed(judgement.findings, outcomes))
    if chain.cancellation.has_to_end:
        chain.ledger.abandon()
    return Asked(
        outcomes=outcomes,
        judgement=judgement,
        calls=chain.ledger.calls,
        token_ratio=chain.ledger.token_ratio,
        notices=(
            *_notices(plan, sharing),
            *_too_many(outcomes),
            *_unasked(judgement),
            *_cache_notices(session.reply_cache, judgement),
            *(batch.notices if batch else ()),
            *doubts(chain.ledger),
        ),
        is_interrupted=chain.cancellation.is_interrupted,
    )


def _recall(brief: Brief, session: Session) -> None:
    """Record what earlier runs read, which is not asked again."""
    reply_cache, chain = session.reply_cache, session.chain
    if reply_cache.store is None:
        return
    for outcome in reply_cache.recalled:
        task = outcome.task
        chain.ledger.record_reuse(Role.WORKER, task.id, task.lens, brief.crew.model_for(task))
    session.progress.say(f"cache: {count(len(reply_cache.recalled), 'answer')} from earlier runs reused")


def _remembering(session: Session, *, keeps: bool = True) -> Model:
    """Return the model for plan and judges: what an earlier run asked of it is not asked again.

    No answer is kept unless it `keeps`, nor one to text that speaks to its reader, nor one that does so.
    """
    chain, store = session.chain, session.reply_cache.store
    if store is None:
        return chain.model

    def may_keep(prompt: Prompt, reply: Reply) -> bool:
        return keeps and not is_steered(prompt) and not speaks(reply.text)

    return CachedReplies(chain.model, store, chain.ledger, may_keep)


def _plan(brief: Brief, session: Session) -> Plan:
    diff, lenses, planning, chain = brief.diff, brief.crew.lenses, brief.planning, session.chain
    try:
        return chain.cancellation.run(lambda: make_plan(diff, lenses, planning, _remembering(session)))
    except ProviderStopped as error:
        chain.cancellation.cancel(provider_stopped(error))
    except RunEnding:
        pass  # the tasks are listed all the same, so that each is seen to be skipped
    return static_plan(diff, lenses, planning)


def _sharing(crew: Crew, plan: Plan, chain: Chain) -> Sharing:
    models = {task.id: crew.model_for(task) for task in plan.tasks}
    return share_prefixes(plan.tasks, models, chain.prices, crew.threads, crew.instructions)


def _work(brief: Brief, session: Session, plan: Plan, sharing: Sharing) -> tuple[Outcome, ...]:
    """Have the workers do the tasks, then the stronger model some of those that they did not answer."""
    crew, chain, progress = brief.crew, session.chain, session.progress
    model = batched_worker(session.batch, plan, brief, chain) if session.batch else chain.model
    worker = Worker(brief.diff, crew, model, chain.cancellation, session.reply_cache.keep)

    def ended_for_good(outcome: Outcome) -> None:
        if not can_escalate(outcome, crew):
            progress.ended(outcome)

    def again(tasks: tuple[Task, ...]) -> Sequence[Outcome]:
        stronger = worker._replace(model=chain.model, escalate_to=crew.fleet.escalation)
        progress.say(f"no worker answered {count(len(tasks), 'task')}: asking {stronger.escalate_to}")
        return run_tasks(tasks, stronger, chain=chain, on_outcome=progress.ended)

    outcomes = run_tasks(
        plan.tasks,
        worker,
        sharing=sharing,
        chain=chain,
        on_outcome=ended_for_good,
        on_wait=progress.waited,
    )
    if not chain.cancellation.reason:
        outcomes = escalate(outcomes, crew, again)
    for outcome in outcomes:
        if can_escalate(outcome, crew):
            progress.ended(outcome)
    progress.worked(outcomes)
    return outcomes


def escalate(
    outcomes: Sequence[Outcome], crew: Crew, run: Callable[[tuple[Task, ...]], Sequence[Outcome]]
) -> tuple[Outcome, ...]:
    """Return the outcomes, with how `run` ended the tasks that the stronger model gets in their places.

    It gets them in the plan's order, which no race between threads can change, and at most
    `crew.escalation_share` of all tasks, rounded up: if the worker model fails at everything, the review
    does not quietly become one by the stronger model. A task beyond that says so.
    """
    unanswered = [outcome for outcome in outcomes if can_escalate(outcome, crew)]
    most = ceil(crew.escalation_share * len(outcomes))
    chosen = tuple(outcome.task for outcome in unanswered[:most])
    ended = {outcome.task.id: outcome for outcome in run(chosen)} if chosen else {}
    ended |= {outcome.task.id: _beyond(outcome, most) for outcome in unanswered[most:]}
    return tuple(ended.get(outcome.task.id, outcome) for outcome in outcomes)


def can_escalate(outcome: Outcome, crew: Crew) -> TypeGuard[Failed | Refused]:
    """Tell whether a stronger model could still answer the task."""
    return isinstance(outcome, Failed | Refused) and outcome.model != crew.fleet.escalation


def _beyond(outcome: Failed | Refused, most: int) -> Outcome:
    stronger = f"the stronger model got {most} tasks, which is its share" if most else "none is"
    return outcome.evolve(reason=f"{outcome.reason}; not escalated: {stronger}")


def _judge(brief: Brief, session: Session, outcomes: Sequence[Outcome]) -> Judgement:
    chain = session.chain
    claims = [claim for outcome in outcomes if isinstance(outcome, Reviewed) for claim in outcome.claims]
    # What the checks found is merged with the rest but not judged: no dismissal takes it away.
    found = (*locate(claims, brief.diff), *brief.facts, *brief.crew.reported)
    findings = agreed(merge_twins(conceal_called(found, brief.diff)), outcomes)
    bench = _bench(brief, session, findings, Surroundings(brief.diff, mask_called(found, brief.diff)))
    if said := sum(not finding.is_fact for finding in findings):
        session.progress.say(f"judging {count(said, 'claim')}")
    try:
        judgement = chain.cancellation.run(lambda: judge(findings, bench))
    except RunEnding:
        return unjudged(findings, chain.cancellation.reason or INTERRUPTED, bench)
    for each in bench.judges:
        if each.role in judgement.reused:
            chain.ledger.record_reuse(each.role, each.role.value, None, each.name)
    return judgement


def _bench(brief: Brief, session: Session, findings: Sequence[Finding], surroundings: Surroundings) -> Bench:
    """Return who judges: two models by what is at stake, or one if the fleet has no cheaper one for it."""
    fleet, steered = brief.crew.fleet, session.reply_cache.steered_paths
    keeps = not any(is_doubtful(each, steered) for each in findings if not each.is_fact)
    model = _remembering(session, keeps=keeps)

    def of(name: str, role: Role, region: Region | None) -> Judge:
        seen = partial(evidence, region=region) if region else None
        cache = RulingCache(session.reply_cache.store, name, keeps=keeps, evidence=seen)
        return Judge(name, model, cache, role, region)

    orchestrator = of(fleet.orchestrator, Role.JUDGE, surroundings.shown)
    is_one = fleet.escalation == fleet.orchestrator
    return Bench(
        orchestrator,
        None if is_one else of(fleet.escalation, Role.TRIAGE, None),
        brief.stakes,
        unasked=RulingCache(session.reply_cache.store, NOBODY, keeps=keeps),
        set_aside=partial(_set_aside, session.chain),
    )


def _set_aside(chain: Chain, prompts: Sequence[Prompt]) -> None:
    """Hold what these calls of the orchestrator need at least: what it was expected to need is no more true.

    So the triage, which comes first, has all that is left beside them.
    """
    if chain.ledger.has_cap:
        shortest = (prompt.evolve(max_tokens=prompt.least_tokens) for prompt in prompts)
        needs = (chain.worst_case_usd(prompt, Decimal(0)) for prompt in shortest)
        chain.ledger.hold({Role.JUDGE: sum((usd for usd in needs if usd is not None), Decimal(0))})


def _notices(plan: Plan, sharing: Sharing) -> tuple[str, ...]:
    static = f"The built-in plan was used: {plan.note}." if plan.note else ""
    leaders = len(set(sharing.leader_of.values()))
    ahead = (
        f"{leaders} of {len(plan.tasks)} tasks ran ahead, so that the others find their part of it in "
        f"the provider's cache: at list prices this saves {usd(sharing.saved_usd)}."
    )
    return tuple(filter(None, (static, ahead if leaders else "")))


def _too_many(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Return a sentence if workers made more claims than they may."""
    flooded: Counter[str] = Counter()
    for each in outcomes:
        if isinstance(each, Reviewed) and each.left_out:
            flooded[each.task.lens] += each.left_out
    if not flooded:
        return ()
    which = ", ".join(f"{number:,} of {lens}" for lens, number in sorted(flooded.items()))
    asked_for = f"Workers made more than the {MOST_CLAIMS} claims a task that they were asked for"
    return (f"{asked_for}. The least grave ones do not count: {which}.",)


def _unasked(judgement: Judgement) -> tuple[str, ...]:
    """Return a sentence for each kind of claim that nobody judged because nothing depends on it."""
    lone = "One claim was not judged: it is alone, and too mild or unsure to fail the build."
    were = "was" if judgement.aside == 1 else "were"
    aside = (
        f"{count(judgement.aside, 'claim')} {were} not judged: too mild or unsure to fail "
        "the build, and made in one answer with what could, so that there is nothing to merge."
    )
    return (lone,) * judgement.lone + (aside,) * (judgement.aside > 0)


def _cache_notices(reply_cache: ReplyCache, judgement: Judgement) -> tuple[str, ...]:
    unwritten = (
        "There is no summary: earlier runs judged all of these findings, but never exactly this set of them."
        if judgement.is_unwritten
        else ""
    )
    steered = len(reply_cache.steered_paths)
    unkept = (
        f"The cache keeps no answer about {count(steered, 'file')}: text that was shown with them speaks to "
        "reviewers, so that it may have dictated the answers."
        if steered
        else ""
    )
    complaint = reply_cache.store.complaint if reply_cache.store else ""
    return tuple(filter(None, (unwritten, unkept, complaint)))
