"""Which claims stand: equal ones are merged in code, then the orchestrator rules on what is left."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chargehand.core.errors import NoAnswer, OverBudget, ProviderStopped, RunEnding
from chargehand.core.escaping import one_line, printable
from chargehand.core.finding import Dismissed, Finding, by_place
from chargehand.core.models import Effort
from chargehand.core.prompt import Model, Prompt
from chargehand.core.usage import Role
from chargehand.core.value import Value
from chargehand.pipeline.answers import JudgeAnswer, Ruling
from chargehand.pipeline.prompts import frame, render
from chargehand.pipeline.ruling_cache import RulingCache

CLAIMS_A_CALL = 80
STANDING_SHOWN = 100
# What a judge must weigh grows with the pairs of claims; about so few it need not think long.
FEW_CLAIMS = 3
BASE_TOKENS, TOKENS_A_CLAIM = 4000, 100
CODE_SHOWN, SUMMARY_LENGTH = 600, 2000
# A summary is carried on from push to push until it is this long; then it is written anew.
CARRIED_LENGTH = 1000


class Judgement(Value):
    """What stands, what was put aside, and the summary; `gap` says why nobody judged, else it is empty.

    `is_reused`: there were claims, and earlier runs had judged them all.
    """

    findings: tuple[Finding, ...]
    dismissed: tuple[Dismissed, ...] = ()
    summary: str = ""
    gap: str = ""
    is_reused: bool = False


def judge(
    findings: Sequence[Finding], orchestrator: str, model: Model, ruling_cache: RulingCache | None = None
) -> Judgement:
    """Return the judgement on located claims; if none is new there is no call.

    Without an answer the findings stand unjudged, and `gap` says so.
    """
    ruling_cache = ruling_cache or RulingCache(None, orchestrator)
    triage = _triage(merge(findings), ruling_cache)
    if triage.fresh:
        judgement = _ask_judge(triage, orchestrator, model, ruling_cache)
        if not judgement.gap:
            ruling_cache.keep_summary(judgement.findings, judgement.summary)
        return judgement
    judgement = _judgement(triage.claims, triage.rulings)
    if not triage.claims:
        return judgement
    summary = ruling_cache.summary(judgement.findings) or ""
    return judgement.evolve(summary=summary, is_reused=True)


def unjudged(findings: Sequence[Finding], reason: str, ruling_cache: RulingCache | None = None) -> Judgement:
    """Return what stands without asking anyone, with the gap that new claims were not judged."""
    triage = _triage(merge(findings), ruling_cache or RulingCache(None, ""))
    return _judgement(triage.claims, triage.rulings, gaps=[_gap(reason)] if triage.fresh else [])


def merge(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings with those of one rule on one place made one, in the order of their places.

    The worst severity stands; so does the text of the first among the worst.
    """
    kept: dict[tuple[str, str, int | None, str], Finding] = {}
    for finding in sorted(findings, key=lambda each: (each.severity.rank, by_place(each))):
        place = finding.title if finding.start_line is None else ""
        kept.setdefault((finding.rule, finding.path, finding.start_line, place), finding)
    return tuple(sorted(kept.values(), key=by_place))


class _Triage(NamedTuple):
    """The merged claims, and by index: the rulings of earlier runs, what stands by them, and what is new."""

    claims: tuple[Finding, ...]
    rulings: dict[int, Ruling]
    standing: tuple[int, ...]
    fresh: tuple[int, ...]


def _triage(claims: tuple[Finding, ...], ruling_cache: RulingCache) -> _Triage:
    known = ruling_cache.recall(claims)
    rulings = {index: ruling for index, ruling in known.items() if ruling}
    return _Triage(
        claims=claims,
        rulings=rulings,
        standing=tuple(index for index in known if _stays(index, rulings)),
        fresh=tuple(index for index in range(len(claims)) if index not in known),
    )


def _ask_judge(triage: _Triage, orchestrator: str, model: Model, ruling_cache: RulingCache) -> Judgement:
    """Ask about the new claims, so many at a time; what one call ruled is remembered before the next."""
    claims, rulings = triage.claims, dict(triage.rulings)
    standing = [_graded(index, claims, rulings) for index in triage.standing]
    carried = ruling_cache.summary(standing) or "" if standing else ""
    carried = carried if len(carried) <= CARRIED_LENGTH else ""
    judged: list[int] = []
    summaries = [carried]
    gaps: list[str] = []
    for number, start in enumerate(range(0, len(triage.fresh), CLAIMS_A_CALL), 1):
        asked = triage.fresh[start : start + CLAIMS_A_CALL]
        try:
            shown = [claims[n] for n in asked]
            reply = model.ask(judge_prompt(shown, number, orchestrator, standing, is_carried=bool(carried)))
        except (NoAnswer, OverBudget, ProviderStopped, RunEnding) as error:
            gaps.append(_gap(str(error)))
            continue
        answer = reply.answer_as(JudgeAnswer)
        rulings |= _usable(answer.rulings, asked, triage.standing[:STANDING_SHOWN])
        judged += asked
        summaries.append(printable(answer.summary).strip()[:SUMMARY_LENGTH])
        ruling_cache.keep(claims, judged, rulings)
    return _judgement(claims, rulings, " ".join(filter(None, summaries)), gaps)


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
        stands = frame("\n".join(f"{_head(number, each)}: {each.title}" for number, each in others))
        name = "judge_more_question" if is_carried else "judge_again_question"
        question = render(name, claims=claims, standing=stands)
    else:
        question = render("judge_question", claims=claims)
    return Prompt(
        role=Role.JUDGE,
        task="judge" if number == 1 else f"judge-{number}",
        model=orchestrator,
        instructions=render("judge"),
        question=question,
        answer=JudgeAnswer,
        max_tokens=BASE_TOKENS + TOKENS_A_CLAIM * len(asked),
        effort=effort_for(len(asked)),
    )


def _shown(number: int, finding: Finding) -> str:
    code = "\n".join(f"> {line}" for line in printable(finding.code)[:CODE_SHOWN].splitlines())
    return "\n".join(filter(None, (_head(number, finding), finding.title, finding.message, code)))


def _head(number: int, finding: Finding) -> str:
    place = one_line(finding.path) + (f":{finding.start_line}" if finding.start_line else "")
    graded = f"{finding.severity.value}, confidence {finding.confidence.value}"
    return f"#{number} {finding.rule} {graded}, {place}"


def _usable(rulings: Sequence[Ruling], asked: Sequence[int], standing: Sequence[int]) -> dict[int, Ruling]:
    """Return the first ruling on each claim that was asked about, by its index, numbered as all claims are.

    A merge needs another claim that itself stays, or a finding that stands.
    """
    index_of = dict(enumerate((*asked, *standing), 1))
    first: dict[int, Ruling] = {}
    for ruling in rulings:
        if 1 <= ruling.claim <= len(asked):
            first.setdefault(ruling.claim, ruling)
    usable = {}
    for claim, ruling in first.items():
        target = first.get(ruling.into)
        stays = ruling.into in index_of and ruling.into != claim
        if ruling.action != "merge" or (stays and (not target or target.action == "regrade")):
            index, into = index_of[claim], index_of.get(ruling.into, -1)
            usable[index] = _numbered(ruling, claim=index + 1, into=into + 1)
    return usable


def _numbered(ruling: Ruling, *, claim: int, into: int) -> Ruling:
    return Ruling(
        claim=claim, action=ruling.action, into=into, severity=ruling.severity, reason=ruling.reason
    )


def _judgement(
    claims: Sequence[Finding], rulings: Mapping[int, Ruling], summary: str = "", gaps: Sequence[str] = ()
) -> Judgement:
    stay = [index for index in range(len(claims)) if _stays(index, rulings)]
    aside = [index for index in sorted(rulings) if not _stays(index, rulings)]
    return Judgement(
        findings=tuple(sorted((_graded(index, claims, rulings) for index in stay), key=by_place)),
        dismissed=tuple(Dismissed(finding=claims[index], reason=_reason(rulings[index])) for index in aside),
        summary=summary,
        gap="; ".join(dict.fromkeys(gaps)),
    )


def _stays(index: int, rulings: Mapping[int, Ruling]) -> bool:
    return index not in rulings or rulings[index].action == "regrade"


def _graded(index: int, claims: Sequence[Finding], rulings: Mapping[int, Ruling]) -> Finding:
    """Return the finding with the judge's grade, else the worst of its own and of what went into it."""
    if index in rulings:
        return claims[index].evolve(severity=rulings[index].severity)
    taken_in = [
        claims[other].severity
        for other, ruling in rulings.items()
        if ruling.action == "merge" and ruling.into - 1 == index
    ]
    severity = min((claims[index].severity, *taken_in), key=lambda each: each.rank)
    return claims[index].evolve(severity=severity)


def _gap(reason: str) -> str:
    return f"the findings were not judged ({reason})"


def _reason(ruling: Ruling) -> str:
    reason = one_line(ruling.reason) or "no reason given"
    return f"merged into another finding: {reason}" if ruling.action == "merge" else reason
