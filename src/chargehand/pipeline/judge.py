"""Which claims stand: two judges rule, by what is at stake, on what no check and no earlier run settled."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from chargehand.core.errors import UNREACHED, ModelError, NoAnswer, OverBudget
from chargehand.core.finding import Finding, by_place
from chargehand.pipeline.answers import Ruling
from chargehand.pipeline.bench import Bench, Heard, Judge, hear, prompts
from chargehand.pipeline.judge_prompt import Wanted, rides_along
from chargehand.pipeline.judgement import Judgement
from chargehand.pipeline.powers import Bounded, bounded

# A summary is carried on from push to push until it is this long; then it is written anew.
CARRIED_LENGTH = 1000
CAPPED = "no money was left to judge all claims"


def judge(findings: Sequence[Finding], bench: Bench) -> Judgement:
    """Return the judgement on findings; if no model's claim is new, or one alone and mild, there is no call.

    What a check found stands unasked. What no answer came for stands unjudged, and `gap` says so. The cheaper
    judge comes first: what it would have fail the build is then for the orchestrator, whose summary is about
    what is left.
    """
    recalled = _recalled(findings, bench)
    facts = [finding for finding in findings if finding.is_fact]
    queue = _queue(recalled, bench, is_blocked=_could_block((*facts, *_standing(recalled, bench)), bench))
    docket = _decided(_triaged(recalled, queue, bench), queue, bench)
    return _beside_facts(_judgement(docket, queue, bench), findings)


def unjudged(findings: Sequence[Finding], reason: str, bench: Bench) -> Judgement:
    """Return what stands without asking anyone, with the gap that new claims were not judged."""
    docket = _recalled(findings, bench)
    gap = _gap([reason]) if len(docket.judges) < len(docket.claims) else ""
    return _beside_facts(_ruled(docket, bench).evolve(gap=gap), findings)


class _Docket(NamedTuple):
    """The models' claims and what is known of them, by index: each judge's rulings, and who judged which.

    `carried` is the summary of what earlier runs let stand. `writer` wrote the `summary` of this run. `asked`
    are those who were asked in it, with their `errors` and the claims that stayed `unheard`.
    """

    claims: tuple[Finding, ...]
    orchestrators: dict[int, Ruling]
    triages: dict[int, Ruling]
    judges: dict[int, str]
    carried: str = ""
    summary: str = ""
    writer: Judge | None = None
    asked: tuple[Judge, ...] = ()
    errors: tuple[ModelError, ...] = ()
    unheard: tuple[int, ...] = ()

    def bounded(self, bench: Bench) -> Bounded:
        return bounded(self.claims, self.orchestrators, self.triages, bench.stakes)


class _Queue(NamedTuple):
    """The new claims: what the orchestrator judges, what the triage does, and what needs no judge."""

    grave: tuple[int, ...]
    mild: tuple[int, ...] = ()
    lone: tuple[int, ...] = ()


def _recalled(findings: Sequence[Finding], bench: Bench) -> _Docket:
    """Return what earlier runs ruled; on what could fail the build the orchestrator's word alone counts."""
    claims = tuple(finding for finding in findings if not finding.is_fact)
    orchestrators = bench.orchestrator.cache.recall(claims)
    judges = dict.fromkeys(orchestrators, bench.orchestrator.name)
    triages: dict[int, Ruling | None] = {}
    if bench.triage:
        kept = bench.triage.cache.recall(claims)
        mild = {index for index, claim in enumerate(claims) if not bench.stakes.could_block(claim)}
        triages = {index: each for index, each in kept.items() if index in mild - judges.keys()}
        judges |= dict.fromkeys(triages, bench.triage.name)
    docket = _Docket(claims, _made(orchestrators), _made(triages), judges)
    standing = _standing(docket, bench)
    return docket._replace(carried=(_summary_of(standing, bench) or "") if standing else "")


def _made(recalled: Mapping[int, Ruling | None]) -> dict[int, Ruling]:
    return {index: ruling for index, ruling in recalled.items() if ruling}


def _could_block(findings: Sequence[Finding], bench: Bench) -> bool:
    return any(map(bench.stakes.could_block, findings))


def _queue(docket: _Docket, bench: Bench, *, is_blocked: bool) -> _Queue:
    """Return who is asked about which new claims; few mild ones go with the grave ones, if there are any.

    If the build `is_blocked` by what stands, the orchestrator is asked, as it writes the summary then.
    """
    fresh = [index for index in range(len(docket.claims)) if index not in docket.judges]
    grave = tuple(index for index in fresh if bench.stakes.could_block(docket.claims[index]))
    mild = tuple(index for index in fresh if index not in grave)
    if len(mild) == 1 and not grave:
        return _Queue((), lone=mild)
    orchestrator, most = bench.orchestrator.name, bench.most_riding
    is_one_call = rides_along(len(grave), len(mild), orchestrator, most) or (is_blocked and not grave)
    if bench.triage is None or is_one_call:
        return _Queue(tuple(fresh))
    return _Queue(grave, mild)


def _triaged(docket: _Docket, queue: _Queue, bench: Bench) -> _Docket:
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


def _decided(docket: _Docket, queue: _Queue, bench: Bench) -> _Docket:
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
    beside = _beside(docket, (*about, *docket.unheard), bench)
    heard = hear(orchestrator, shown, about, beside, _wanted(docket), keep, close)
    docket = docket._replace(errors=(), unheard=()) if takes_over else docket
    return _after(
        docket._replace(orchestrators=docket.orchestrators | dict(heard.rulings)), heard, orchestrator
    )


def _after(docket: _Docket, heard: Heard, judge: Judge) -> _Docket:
    docket = docket._replace(
        judges=docket.judges | dict.fromkeys(heard.judged, judge.name),
        asked=(*docket.asked, judge),
        errors=docket.errors + heard.errors,
        unheard=docket.unheard + heard.unheard,
    )
    return docket._replace(summary=heard.summary, writer=judge) if heard.judged else docket


def _beside(docket: _Docket, about: Collection[int], bench: Bench) -> dict[int, Finding]:
    """Return what stands beside the claims that are asked about, what could fail the build first."""
    standing = docket.bounded(bench).ruled.standing
    others = [index for index in standing if index not in about]
    others.sort(key=lambda index: not bench.stakes.could_block(standing[index]))
    return {index: standing[index] for index in others}


def _wanted(docket: _Docket) -> Wanted:
    return "more" if 0 < len(docket.carried) <= CARRIED_LENGTH else "whole"


def _judgement(docket: _Docket, queue: _Queue, bench: Bench) -> Judgement:
    """Return what the rulings make of the claims, with the summary of this run or of an earlier one."""
    judgement = _ruled(docket, bench).evolve(
        gap=CAPPED if _is_capped(docket) else _gap(docket.errors),
        is_capped=_is_capped(docket),
        is_outage=bool(docket.errors) and all(map(_is_outage, docket.errors)),
        lone=len(queue.lone),
        reused=tuple(each.role for each in bench.judges if _is_reused(each, docket)),
    )
    if docket.writer:
        begun = docket.carried if _wanted(docket) == "more" else ""
        summary = " ".join(filter(None, (begun, docket.summary)))
        if not docket.errors:
            docket.writer.cache.keep_summary(_standing(docket, bench), summary)
        return judgement.evolve(summary=summary)
    standing = _standing(docket, bench)
    kept = _summary_of(standing, bench) if docket.judges else None
    is_unwritten = kept is None and bool(standing) and not docket.errors
    return judgement.evolve(summary=kept or "", is_unwritten=is_unwritten)


def _ruled(docket: _Docket, bench: Bench) -> Judgement:
    ruled, judges = docket.bounded(bench).ruled, docket.judges
    standing = (each.evolve(judged_by=judges.get(index, "")) for index, each in ruled.standing.items())
    dismissed = (
        each.evolve(finding=each.finding.evolve(judged_by=judges.get(ruled.ends[index], "")))
        for index, each in ruled.dismissed.items()
    )
    return Judgement(findings=tuple(sorted(standing, key=by_place)), dismissed=tuple(dismissed))


def _standing(docket: _Docket, bench: Bench) -> list[Finding]:
    """Return what stands of the claims that a judge let stand."""
    standing = docket.bounded(bench).ruled.standing
    return [each for index, each in standing.items() if index in docket.judges]


def _summary_of(standing: Sequence[Finding], bench: Bench) -> str | None:
    """Return what a judge once wrote about exactly these findings, None if none did."""
    kept = (each.cache.summary(standing) for each in bench.judges)
    return next((summary for summary in kept if summary is not None), None)


def _is_reused(judge: Judge, docket: _Docket) -> bool:
    return judge.name in docket.judges.values() and judge not in docket.asked


def _is_capped(docket: _Docket) -> bool:
    return any(isinstance(error, OverBudget) for error in docket.errors)


def _is_outage(error: ModelError) -> bool:
    return isinstance(error, NoAnswer) and error.failure in UNREACHED


def _gap(reasons: Sequence[object]) -> str:
    whys = "; ".join(dict.fromkeys(map(str, reasons)))
    return f"the findings were not judged ({whys})" if whys else ""


def _beside_facts(judgement: Judgement, findings: Sequence[Finding]) -> Judgement:
    facts = (finding for finding in findings if finding.is_fact)
    return judgement.evolve(findings=tuple(sorted((*facts, *judgement.findings), key=by_place)))
