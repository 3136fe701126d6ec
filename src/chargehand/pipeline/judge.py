"""Which claims stand: two judges rule, by what is at stake, on what no check and no earlier run settled."""

from collections.abc import Collection, Mapping, Sequence

from chargehand.core.errors import UNREACHED, ModelError, NoAnswer, OverBudget
from chargehand.core.finding import Finding, by_place
from chargehand.pipeline.answers import Ruling
from chargehand.pipeline.bench import Bench, Heard, Judge, hear, prompts
from chargehand.pipeline.docket import (
    NOBODY,
    Docket,
    Queue,
    could_block,
    queue_of,
    recalled_docket,
    standing_of,
    summary_of,
)
from chargehand.pipeline.judge_prompt import FEW_CLAIMS, Wanted
from chargehand.pipeline.judgement import Judgement

# A summary is carried on from push to push until it is this long; then it is written anew.
CARRIED_LENGTH = 1000
CAPPED = "no money was left to judge all claims"


def judge(findings: Sequence[Finding], bench: Bench) -> Judgement:
    """Return the judgement on findings; if no model's claim is new, or one alone and mild, there is no call.

    What a check found stands unasked. What no answer came for stands unjudged, and `gap` says so. The cheaper
    judge comes first: what it would have fail the build is then for the orchestrator, whose summary is about
    what is left.
    """
    recalled = recalled_docket(findings, bench)
    facts = [finding for finding in findings if finding.is_fact]
    queue = queue_of(recalled, bench, is_blocked=could_block((*facts, *standing_of(recalled, bench)), bench))
    recalled = recalled._replace(judges=recalled.judges | dict.fromkeys(queue.aside, NOBODY))
    docket = _decided(_triaged(recalled, queue, bench), queue, bench)
    if bench.unasked:
        bench.unasked.keep(docket.claims, queue.aside, {})
    return _beside_facts(_judgement(docket, queue, bench), findings)


def unjudged(findings: Sequence[Finding], reason: str, bench: Bench) -> Judgement:
    """Return what stands without asking anyone, with the gap that new claims were not judged."""
    docket = recalled_docket(findings, bench)
    gap = _gap([reason]) if len(docket.judges) < len(docket.claims) else ""
    return _beside_facts(_ruled(docket, bench).evolve(gap=gap), findings)


def _triaged(docket: Docket, queue: Queue, bench: Bench) -> Docket:
    """Have the cheaper judge rule on what cannot fail the build."""
    triage = bench.triage
    if triage is None or not queue.mild:
        return docket
    beside_grave = _beside(docket, queue.grave, bench)
    ahead = prompts(
        bench.orchestrator, docket.claims, queue.grave, beside_grave, _wanted(docket), queue.grave
    )
    bench.set_aside([prompt for _, prompt in ahead])

    def keep(judged: Collection[int], rulings: Mapping[int, Ruling]) -> None:
        after = docket._replace(triages=docket.triages | dict(rulings))
        raised = after.bounded(bench).raised
        triage.cache.keep(docket.claims, [index for index in judged if index not in raised], after.triages)

    wanted: Wanted = "none" if queue.grave else _wanted(docket)
    heard = hear(triage, docket.claims, queue.mild, _beside(docket, queue.mild, bench), wanted, keep)
    return _after(docket._replace(triages=docket.triages | dict(heard.rulings)), heard, triage)


def _decided(docket: Docket, queue: Queue, bench: Bench) -> Docket:
    """Have the orchestrator rule on what could fail the build, itself or by what the triage said.

    It also gets what the triage gave no usable answer to; not if there is no money, or no call can succeed.
    """
    orchestrator = bench.orchestrator
    raised = docket.bounded(bench).raised
    unsure = {index for index in raised if docket.judges.get(index) != orchestrator.name}
    takes_over = all(isinstance(error, NoAnswer) for error in docket.errors)
    about = tuple(sorted({*queue.grave, *unsure, *(docket.unheard if takes_over else ())}))
    if not about:
        return docket

    def keep(judged: Collection[int], rulings: Mapping[int, Ruling]) -> None:
        orchestrator.cache.keep(docket.claims, judged, docket.orchestrators | dict(rulings))

    standing = docket.bounded(bench).ruled.standing
    shown = [standing.get(index, claim) for index, claim in enumerate(docket.claims)]
    close = [index for index in about if index in unsure or bench.stakes.could_block(docket.claims[index])]
    beside, wanted = _shown_beside(docket, about, close, bench)
    heard = hear(orchestrator, shown, about, beside, wanted, keep, close)
    docket = docket._replace(errors=(), unheard=()) if takes_over else docket
    return _after(
        docket._replace(orchestrators=docket.orchestrators | dict(heard.rulings)), heard, orchestrator
    )


def _after(docket: Docket, heard: Heard, judge: Judge) -> Docket:
    docket = docket._replace(
        judges=docket.judges | dict.fromkeys(heard.judged, judge.name),
        asked=(*docket.asked, judge),
        errors=docket.errors + heard.errors,
        unheard=docket.unheard + heard.unheard,
    )
    return docket._replace(summary=heard.summary, writer=judge) if heard.judged else docket


def _beside(docket: Docket, about: Collection[int], bench: Bench) -> dict[int, Finding]:
    """Return what stands beside the claims that are asked about, what could fail the build first."""
    standing = docket.bounded(bench).ruled.standing
    others = [index for index in standing if index not in about]
    others.sort(key=lambda index: not bench.stakes.could_block(standing[index]))
    return {index: standing[index] for index in others}


def _shown_beside(
    docket: Docket, about: Sequence[int], close: Sequence[int], bench: Bench
) -> tuple[dict[int, Finding], Wanted]:
    """Return what the orchestrator sees beside the claims that it is asked about, and what summary is wanted.

    Beside one grave claim alone that is what other answers claim in the same file, and some words about it
    are summary enough, as long as few others are new and none could fail the build.
    """
    beside = _beside(docket, (*about, *docket.unheard), bench)
    aside = sum(judge == NOBODY for judge in docket.judges.values())
    says_all = bench.orchestrator.looks_at_one(about, close) and not docket.asked and aside < FEW_CLAIMS
    if not says_all or len(docket.carried) > CARRIED_LENGTH or could_block(tuple(beside.values()), bench):
        return beside, _wanted(docket)
    claim = docket.claims[about[0]]
    others = (each for each in beside if beside[each].path == claim.path)
    return {index: beside[index] for index in others if beside[index].reader != claim.reader}, "brief"


def _wanted(docket: Docket) -> Wanted:
    return "more" if 0 < len(docket.carried) <= CARRIED_LENGTH else "whole"


def _judgement(docket: Docket, queue: Queue, bench: Bench) -> Judgement:
    """Return what the rulings make of the claims, with the summary of this run or of an earlier one."""
    judgement = _ruled(docket, bench).evolve(
        gap=CAPPED if _is_capped(docket) else _gap(docket.errors),
        is_capped=_is_capped(docket),
        is_outage=bool(docket.errors) and all(map(_is_outage, docket.errors)),
        lone=len(queue.lone),
        aside=sum(judge == NOBODY for judge in docket.judges.values()),
        reused=tuple(each.role for each in bench.judges if _is_reused(each, docket)),
    )
    if docket.writer:
        begun = docket.carried if _wanted(docket) == "more" else ""
        summary = " ".join(filter(None, (begun, docket.summary)))
        if not docket.errors:
            docket.writer.cache.keep_summary(standing_of(docket, bench), summary)
        return judgement.evolve(summary=summary)
    standing = standing_of(docket, bench)
    kept = summary_of(standing, bench) if docket.judges else None
    is_unwritten = kept is None and bool(standing) and not docket.errors
    return judgement.evolve(summary=kept or "", is_unwritten=is_unwritten)


def _ruled(docket: Docket, bench: Bench) -> Judgement:
    ruled, judges = docket.bounded(bench).ruled, docket.judges
    standing = (each.evolve(judged_by=judges.get(index, "")) for index, each in ruled.standing.items())
    dismissed = (
        each.evolve(finding=each.finding.evolve(judged_by=judges.get(ruled.ends[index], "")))
        for index, each in ruled.dismissed.items()
    )
    return Judgement(findings=tuple(sorted(standing, key=by_place)), dismissed=tuple(dismissed))


def _is_reused(judge: Judge, docket: Docket) -> bool:
    return judge.name in docket.judges.values() and judge not in docket.asked


def _is_capped(docket: Docket) -> bool:
    return any(isinstance(error, OverBudget) for error in docket.errors)


def _is_outage(error: ModelError) -> bool:
    return isinstance(error, NoAnswer) and error.failure in UNREACHED


def _gap(reasons: Sequence[object]) -> str:
    whys = "; ".join(dict.fromkeys(map(str, reasons)))
    return f"the findings were not judged ({whys})" if whys else ""


def _beside_facts(judgement: Judgement, findings: Sequence[Finding]) -> Judgement:
    facts = (finding for finding in findings if finding.is_fact)
    return judgement.evolve(findings=tuple(sorted((*facts, *judgement.findings), key=by_place)))
