"""Which claims stand: equal ones are merged in code, then the orchestrator rules on what is left."""

from collections.abc import Iterator, Mapping, Sequence

from chargehand.errors import NoAnswer, OverBudget, ProviderStopped
from chargehand.finding import Dismissed, Finding, Severity, by_place
from chargehand.llm.answers import JudgeAnswer, Ruling, read
from chargehand.llm.model import Model, Prompt
from chargehand.prompts import frame, render
from chargehand.spend import Role
from chargehand.untrusted import one_line, printable
from chargehand.value import Value

CLAIMS_A_CALL = 80
BASE_TOKENS, TOKENS_A_CLAIM = 4000, 100
CODE_SHOWN, SUMMARY_LENGTH = 600, 2000


class Judgement(Value):
    """What stands, what was put aside, and the summary; `gap` says why nobody judged, else it is empty."""

    findings: tuple[Finding, ...]
    dismissed: tuple[Dismissed, ...] = ()
    summary: str = ""
    gap: str = ""


def judge(findings: Sequence[Finding], orchestrator: str, model: Model) -> Judgement:
    """Return the judgement on located claims; with none there is no call.

    Without an answer the findings stand unjudged, and `gap` says so.
    """
    merged = merge(findings)
    if not merged:
        return Judgement(findings=())
    batches = [merged[start : start + CLAIMS_A_CALL] for start in range(0, len(merged), CLAIMS_A_CALL)]
    judged = [_judge_batch(batch, number, orchestrator, model) for number, batch in enumerate(batches, 1)]
    return Judgement(
        findings=tuple(sorted((each for part in judged for each in part.findings), key=by_place)),
        dismissed=tuple(each for part in judged for each in part.dismissed),
        summary=" ".join(filter(None, (part.summary for part in judged))),
        gap="; ".join(dict.fromkeys(filter(None, (part.gap for part in judged)))),
    )


def unjudged(findings: Sequence[Finding], reason: str) -> Judgement:
    """Return `findings` as they are, with the gap that nobody judged them; without findings there is none."""
    gap = f"the findings were not judged ({reason})" if findings else ""
    return Judgement(findings=merge(findings), gap=gap)


def merge(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings with those of one rule on one place made one, in the order of their places.

    The worst severity stands; so does the text of the first among the worst.
    """
    kept: dict[tuple[str, str, int | None, str], Finding] = {}
    for finding in sorted(findings, key=lambda each: (each.severity.rank, by_place(each))):
        place = finding.title if finding.start_line is None else ""
        kept.setdefault((finding.rule, finding.path, finding.start_line, place), finding)
    return tuple(sorted(kept.values(), key=by_place))


def judge_prompt(batch: Sequence[Finding], number: int, orchestrator: str) -> Prompt:
    """Return what is asked about the batch of this number, from 1."""
    claims = "\n\n".join(_shown(index, finding) for index, finding in enumerate(batch, 1))
    return Prompt(
        role=Role.JUDGE,
        task="judge" if number == 1 else f"judge-{number}",
        model=orchestrator,
        instructions=render("judge"),
        question=render("judge_question", claims=frame(claims)),
        answer=JudgeAnswer,
        max_tokens=BASE_TOKENS + TOKENS_A_CLAIM * len(batch),
    )


def _judge_batch(batch: Sequence[Finding], number: int, orchestrator: str, model: Model) -> Judgement:
    try:
        reply = model.ask(judge_prompt(batch, number, orchestrator))
    except (NoAnswer, OverBudget, ProviderStopped) as error:
        return unjudged(batch, str(error))
    answer = read(reply.text, JudgeAnswer)
    rulings = dict(_usable(answer.rulings, len(batch)))
    stand = [
        finding.model_copy(update={"severity": _severity(index, batch, rulings)})
        for index, finding in enumerate(batch)
        if index not in rulings or rulings[index].action == "regrade"
    ]
    aside = [
        Dismissed(finding=batch[index], reason=_reason(ruling))
        for index, ruling in sorted(rulings.items())
        if ruling.action != "regrade"
    ]
    return Judgement(
        findings=tuple(stand),
        dismissed=tuple(aside),
        summary=printable(answer.summary).strip()[:SUMMARY_LENGTH],
    )


def _shown(number: int, finding: Finding) -> str:
    place = one_line(finding.path) + (f":{finding.start_line}" if finding.start_line else "")
    head = (
        f"#{number} {finding.rule} {finding.severity.value}, confidence {finding.confidence.value}, {place}"
    )
    code = "\n".join(f"> {line}" for line in printable(finding.code)[:CODE_SHOWN].splitlines())
    return "\n".join(filter(None, (head, finding.title, finding.message, code)))


def _usable(rulings: Sequence[Ruling], count: int) -> Iterator[tuple[int, Ruling]]:
    """Yield the first ruling on each claim that exists; a merge needs another claim that itself stays."""
    first: dict[int, Ruling] = {}
    for ruling in rulings:
        if 1 <= ruling.claim <= count:
            first.setdefault(ruling.claim, ruling)
    for claim, ruling in first.items():
        target = first.get(ruling.into)
        stays = (
            1 <= ruling.into <= count and ruling.into != claim and (not target or target.action == "regrade")
        )
        if ruling.action != "merge" or stays:
            yield claim - 1, ruling


def _severity(index: int, batch: Sequence[Finding], rulings: Mapping[int, Ruling]) -> Severity:
    """Return the judge's grade, else the worst of the finding's own and of what was merged into it."""
    if index in rulings:
        return rulings[index].severity
    merged = [
        batch[other].severity
        for other, ruling in rulings.items()
        if ruling.action == "merge" and ruling.into - 1 == index
    ]
    return min((batch[index].severity, *merged), key=lambda each: each.rank)


def _reason(ruling: Ruling) -> str:
    said = one_line(ruling.reason) or "no reason given"
    return f"merged into another finding: {said}" if ruling.action == "merge" else said
