"""Which claims stand: the orchestrator rules on those that no check and no earlier run has settled."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chargehand.core.errors import UNREACHED, NoAnswer, OverBudget, ProviderStopped, RunEnding
from chargehand.core.escaping import one_line, printable
from chargehand.core.finding import Finding, by_place
from chargehand.core.models import Effort
from chargehand.core.prompt import Model, Prompt
from chargehand.core.usage import Role
from chargehand.pipeline.answers import JudgeAnswer, Ruling
from chargehand.pipeline.judgement import Judgement
from chargehand.pipeline.prompts import frame, judge_instructions, render
from chargehand.pipeline.ruling_cache import RulingCache
from chargehand.pipeline.rulings import apply_rulings

CLAIMS_A_CALL = 80
STANDING_SHOWN = 100
# What a judge must weigh grows with the pairs of claims; about so few it need not think long.
FEW_CLAIMS = 3
BASE_TOKENS, TOKENS_A_CLAIM = 4000, 100
CODE_SHOWN, SUMMARY_LENGTH = 600, 2000
# A summary is carried on from push to push until it is this long; then it is written anew.
CARRIED_LENGTH = 1000


def judge(
    findings: Sequence[Finding], orchestrator: str, model: Model, ruling_cache: RulingCache | None = None
) -> Judgement:
    """Return the judgement on findings; if no model's claim is new there is no call.

    What a check found stands unasked. Without an answer all findings stand unjudged, and `gap` says so.
    """
    ruling_cache = ruling_cache or RulingCache(None, orchestrator)
    triage = _triage(findings, ruling_cache)
    if triage.fresh:
        judgement = _ask_judge(triage, orchestrator, model, ruling_cache)
        if not judgement.gap:
            ruling_cache.keep_summary(judgement.findings, judgement.summary)
    else:
        judgement = _judged(triage.claims, triage.rulings)
        if triage.claims:
            summary = ruling_cache.summary(judgement.findings)
            judgement = judgement.evolve(
                summary=summary or "",
                is_reused=True,
                is_unwritten=summary is None and judgement.findings != (),
            )
    return _beside_facts(judgement, findings)


def unjudged(findings: Sequence[Finding], reason: str, ruling_cache: RulingCache | None = None) -> Judgement:
    """Return what stands without asking anyone, with the gap that new claims were not judged."""
    triage = _triage(findings, ruling_cache or RulingCache(None, ""))
    gaps = [_gap(reason)] if triage.fresh else []
    return _beside_facts(_judged(triage.claims, triage.rulings, gaps=gaps), findings)


def _beside_facts(judgement: Judgement, findings: Sequence[Finding]) -> Judgement:
    facts = (finding for finding in findings if finding.is_fact)
    return judgement.evolve(findings=tuple(sorted((*facts, *judgement.findings), key=by_place)))


class _Triage(NamedTuple):
    """The models' claims, and by index: the rulings of earlier runs, what stands by them, and what is new."""

    claims: tuple[Finding, ...]
    rulings: dict[int, Ruling]
    standing: tuple[int, ...]
    fresh: tuple[int, ...]


def _triage(findings: Sequence[Finding], ruling_cache: RulingCache) -> _Triage:
    claims = tuple(finding for finding in findings if not finding.is_fact)
    known = ruling_cache.recall(claims)
    rulings = {index: ruling for index, ruling in known.items() if ruling}
    stays = apply_rulings(claims, rulings).standing
    return _Triage(
        claims=claims,
        rulings=rulings,
        standing=tuple(index for index in known if index in stays),
        fresh=tuple(index for index in range(len(claims)) if index not in known),
    )


def _ask_judge(triage: _Triage, orchestrator: str, model: Model, ruling_cache: RulingCache) -> Judgement:
    """Ask about the new claims, so many at a time; what one call ruled is remembered before the next."""
    claims, rulings = triage.claims, dict(triage.rulings)
    stays = apply_rulings(claims, rulings).standing
    standing = [stays[index] for index in triage.standing]
    carried = ruling_cache.summary(standing) or "" if standing else ""
    carried = carried if len(carried) <= CARRIED_LENGTH else ""
    judged: list[int] = []
    summaries = [carried]
    gaps: list[str] = []
    is_outage = True
    for number, start in enumerate(range(0, len(triage.fresh), CLAIMS_A_CALL), 1):
        asked = triage.fresh[start : start + CLAIMS_A_CALL]
        try:
            shown = [claims[n] for n in asked]
            reply = model.ask(judge_prompt(shown, number, orchestrator, standing, is_carried=bool(carried)))
        except (NoAnswer, OverBudget, ProviderStopped, RunEnding) as error:
            gaps.append(_gap(str(error)))
            is_outage &= isinstance(error, NoAnswer) and error.failure in UNREACHED
            continue
        answer = reply.answer_as(JudgeAnswer)
        rulings |= _usable(answer.rulings, asked, triage.standing[:STANDING_SHOWN])
        judged += asked
        summaries.append(printable(answer.summary).strip()[:SUMMARY_LENGTH])
        ruling_cache.keep(claims, judged, rulings)
    judgement = _judged(claims, rulings, " ".join(filter(None, summaries)), gaps)
    return judgement.evolve(is_outage=bool(gaps) and is_outage)


def effort_for(claims: int) -> Effort | None:
    """Return how hard to think about so many claims; None: as hard as a judge does."""
    return "low" if claims <= FEW_CLAIMS else None


def judge_prompt(
    asked: Sequence[Finding],
    number: int,
    orchestrator: str,
    standing: Sequence[Finding] = (),
    *,
    is_carried: bool = False,
) -> Prompt:
    """Return what the call of this number, from 1, asks about claims, beside findings that stand already.

    If `is_carried`, the summary of these is there and only has to be carried on.
    """
    claims = frame("\n\n".join(_shown(index, finding) for index, finding in enumerate(asked, 1)))
    if standing:
        others = enumerate(standing[:STANDING_SHOWN], len(asked) + 1)
        stands = frame("\n".join(f"{_head(number, each)}: {one_line(each.title)}" for number, each in others))
        name = "judge_more_question" if is_carried else "judge_again_question"
        question = render(name, claims=claims, standing=stands)
    else:
        question = render("judge_question", claims=claims)
    return Prompt(
        role=Role.JUDGE,
        task="judge" if number == 1 else f"judge-{number}",
        model=orchestrator,
        instructions=judge_instructions(),
        question=question,
        answer=JudgeAnswer,
        max_tokens=BASE_TOKENS + TOKENS_A_CLAIM * len(asked),
        effort=effort_for(len(asked)),
    )


def _shown(number: int, finding: Finding) -> str:
    """Return what a judge sees of a claim; a mark of ours begins each line, so none can pose as another."""
    mark = ">" if finding.old_line is None else "> -"
    code = "\n".join(f"{mark} {line}" for line in printable(finding.code)[:CODE_SHOWN].splitlines())
    said = f"| {one_line(finding.title)}: {one_line(finding.message)}"
    also = [f"also {each.rule}: {one_line(each.title)}" for each in finding.merged]
    return "\n".join(filter(None, (_head(number, finding), said, *also, code)))


def _head(number: int, finding: Finding) -> str:
    place = one_line(finding.path) + (f":{finding.start_line}" if finding.start_line else "")
    graded = f"{finding.severity.value}, confidence {finding.confidence.value}"
    return f"#{number} {finding.rule} {graded}, {place}"


def _usable(rulings: Sequence[Ruling], asked: Sequence[int], standing: Sequence[int]) -> dict[int, Ruling]:
    """Return the first ruling on each claim that was asked about, by its index, numbered as all claims are.

    A merge needs another claim that was asked about, or a finding that stands.
    """
    index_of = dict(enumerate((*asked, *standing), 1))
    usable: dict[int, Ruling] = {}
    for ruling in rulings:
        is_merge = ruling.action == "merge"
        if not 1 <= ruling.claim <= len(asked) or index_of[ruling.claim] in usable:
            continue
        if is_merge and (ruling.into not in index_of or ruling.into == ruling.claim):
            continue
        index, into = index_of[ruling.claim], index_of.get(ruling.into, -1)
        usable[index] = _numbered(ruling, claim=index + 1, into=into + 1)
    return usable


def _numbered(ruling: Ruling, *, claim: int, into: int) -> Ruling:
    return Ruling(
        claim=claim, action=ruling.action, into=into, severity=ruling.severity, reason=ruling.reason
    )


def _judged(
    claims: Sequence[Finding], rulings: Mapping[int, Ruling], summary: str = "", gaps: Sequence[str] = ()
) -> Judgement:
    ruled = apply_rulings(claims, rulings)
    return Judgement(
        findings=tuple(sorted(ruled.standing.values(), key=by_place)),
        dismissed=ruled.dismissed,
        summary=summary,
        gap="; ".join(dict.fromkeys(gaps)),
    )


def _gap(reason: str) -> str:
    return f"the findings were not judged ({reason})"
