"""What the models give: a plan, how each of its tasks ended, and which claims stand."""

from collections.abc import Sequence
from decimal import Decimal

from chargehand.diff import Diff
from chargehand.errors import ProviderStopped
from chargehand.finding import Finding
from chargehand.judge import Judgement, judge, unjudged
from chargehand.llm.chain import Chain
from chargehand.locate import locate
from chargehand.plan import Outcome, Plan, Reviewed
from chargehand.planner import Planning, make_plan, static_plan
from chargehand.prefixes import Sharing, share_prefixes
from chargehand.progress import Progress
from chargehand.spend import Call
from chargehand.stopwatch import Stopwatch
from chargehand.value import Value
from chargehand.workers import INTERRUPTED, PROVIDER, Brake, Crew, run_tasks


class Asked(Value):
    """What the models gave; as it stands, nobody was asked.

    `token_ratio` is what a reported token was to an estimated one, None where no call reported any.
    """

    outcomes: tuple[Outcome, ...] = ()
    judgement: Judgement = Judgement(findings=())
    calls: tuple[Call, ...] = ()
    notices: tuple[str, ...] = ()
    token_ratio: Decimal | None = None
    is_interrupted: bool = False


def ask_models(
    diff: Diff, crew: Crew, planning: Planning, chain: Chain, progress: Progress, watch: Stopwatch
) -> Asked:
    """Plan, work, judge. Whatever stops on the way, what was had until then is returned."""
    brake = Brake()
    with watch.stage("plan_s"):
        plan = _plan(diff, crew, planning, chain, brake)
    progress.planned(plan)
    models = {task.id: crew.model_for(task) for task in plan.tasks}
    sharing = share_prefixes(plan.tasks, models, chain.prices, crew.instructions)
    with watch.stage("work_s"):
        outcomes = run_tasks(
            plan, diff, crew, chain.worker, brake, sharing=sharing, on_outcome=progress.ended
        )
    progress.worked(outcomes)
    claims = [claim for outcome in outcomes if isinstance(outcome, Reviewed) for claim in outcome.claims]
    with watch.stage("judge_s"):
        judgement = _judge(locate(claims, diff), crew, chain, brake, progress)
    return Asked(
        outcomes=outcomes,
        judgement=judgement,
        calls=chain.ledger.calls,
        token_ratio=chain.ledger.token_ratio,
        notices=_notices(plan, sharing),
        is_interrupted=brake.reason == INTERRUPTED,
    )


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
    findings: Sequence[Finding], crew: Crew, chain: Chain, brake: Brake, progress: Progress
) -> Judgement:
    if findings:
        progress.say(f"judging {len(findings)} claims")
    try:
        if brake.reason is None:
            return judge(findings, crew.fleet.orchestrator, chain.orchestrator)
    except KeyboardInterrupt:
        brake.pull(INTERRUPTED)
    return unjudged(findings, brake.reason or INTERRUPTED)
