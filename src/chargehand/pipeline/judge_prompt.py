"""What a judge is asked: each claim with the lines that bear it out, beside what stands already."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from chargehand.core.escaping import one_line, printable
from chargehand.core.finding import Finding
from chargehand.core.models import Effort, capabilities
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role
from chargehand.pipeline.answers import JudgeAnswer
from chargehand.pipeline.prompts import frame, judge_instructions, render
from chargehand.pipeline.surroundings import CITED, ROUND, marked

CLAIMS_A_CALL = 80
STANDING_SHOWN = 100
# What a judge must weigh grows with the pairs of claims; about so few it need not think long.
FEW_CLAIMS = 3
BASE_TOKENS, TOKENS_A_CLAIM = 4000, 100
# What a summary and one ruling in two or three come to, and what a model thinks that always does: a cap
# leaves a judge no less.
LEAST_BASE_TOKENS, LEAST_TOKENS_A_CLAIM, LEAST_THOUGHT = 280, 25, 300
CODE_SHOWN, SUGGESTION_SHOWN = 600, 600
# So many claims cost the orchestrator less than a call of a model at half its price.
MOST_RIDING = 6

# Of a summary: all of it, a sentence more to the one that is there, or none.
Wanted = Literal["whole", "more", "none"]
Region = Callable[[Finding], str]


def judge_prompt(
    asked: Sequence[Finding],
    number: int,
    model: str,
    role: Role = Role.JUDGE,
    *,
    beside: Sequence[Finding] = (),
    summary: Wanted = "whole",
    region: Region | None = None,
) -> Prompt:
    """Return what the call of this number, from 1, asks about claims, beside others that it does not rule on.

    With a `region`, which shows the lines of a claim, each is shown with these and with its suggestion.
    """
    claims = frame("\n\n".join(_all_shown(asked, region)))
    others = enumerate(beside[:STANDING_SHOWN], len(asked) + 1)
    stands = "\n".join(f"{_head(number, each)}: {one_line(each.title)}" for number, each in others)
    parts = [
        render("judge_question", claims=claims).rstrip(),
        render("judge_beside", standing=frame(stands)).rstrip() if stands else "",
        _summary_wanted(summary, has_others=bool(stands)),
    ]
    return Prompt(
        role=role,
        task=role.value if number == 1 else f"{role.value}-{number}",
        model=model,
        instructions=judge_instructions(),
        question="\n\n".join(filter(None, parts)) + "\n",
        answer=JudgeAnswer,
        max_tokens=BASE_TOKENS + TOKENS_A_CLAIM * len(asked),
        least_tokens=least_tokens(len(asked), model),
        effort=effort_for(len(asked)),
    )


def least_tokens(claims: int, model: str) -> int:
    """Return how short an answer about so many claims may be to be of use."""
    thought = LEAST_THOUGHT if capabilities(model).always_thinks else 0
    return LEAST_BASE_TOKENS + LEAST_TOKENS_A_CLAIM * claims + thought


def effort_for(claims: int) -> Effort | None:
    """Return how hard to think about so many claims; None: as hard as a judge does."""
    return "low" if claims <= FEW_CLAIMS else None


def rides_along(grave: int, mild: int, orchestrator: str, most: int = MOST_RIDING) -> bool:
    """Tell whether the orchestrator had better judge the mild claims with the grave ones: it costs less.

    A call of the triage costs its instructions. But more claims may make the orchestrator think harder.
    """
    thinks_harder = effort_for(grave + mild) != effort_for(grave) and capabilities(orchestrator).always_thinks
    return grave > 0 and mild <= most and not (mild > 1 and thinks_harder)


def _summary_wanted(wanted: Wanted, *, has_others: bool) -> str:
    if wanted == "whole":
        return render("judge_whole").strip() if has_others else ""
    return render(f"judge_{wanted}").strip()


def _all_shown(asked: Sequence[Finding], region: Region | None) -> Iterator[str]:
    """Yield what a judge sees of each claim; lines round it that the claim before shows are not repeated."""
    path, before = "", frozenset[str]()
    for number, finding in enumerate(asked, 1):
        lines = (evidence(finding, region) if region else _cited(finding)).split("\n")
        seen = before if finding.path == path else frozenset[str]()
        yield "\n".join((_shown(number, finding), *(line for line in lines if _is_new(line, seen)))).rstrip()
        path, before = finding.path, frozenset(line[1:] for line in lines if line.startswith((CITED, ROUND)))


def _is_new(line: str, seen: frozenset[str]) -> bool:
    return not line.startswith(ROUND) or line[1:] not in seen


def _shown(number: int, finding: Finding) -> str:
    """Return the words of a claim; a mark of ours begins each line, so none can pose as another."""
    said = f"| {one_line(finding.title)}: {one_line(finding.message)}"
    also = [f"also {each.rule}: {one_line(each.title)}" for each in finding.merged]
    return "\n".join((_head(number, finding), said, *also))


def evidence(finding: Finding, region: Region) -> str:
    """Return the lines of a claim among those round them, and what it suggests in their place."""
    near = region(finding)
    return "\n".join(filter(None, (near or _cited(finding), near and _suggestion(finding))))


def _cited(finding: Finding) -> str:
    kind = " " if finding.old_line is None else "-"
    code = printable(finding.code)[:CODE_SHOWN].splitlines()
    return "\n".join(marked(line, kind, is_cited=True) for line in code)


def _suggestion(finding: Finding) -> str:
    code = finding.suggestion.code if finding.suggestion else ""
    return "\n".join(f"= {line}" for line in printable(code)[:SUGGESTION_SHOWN].splitlines())


def _head(number: int, finding: Finding) -> str:
    place = one_line(finding.path) + (f":{finding.start_line}" if finding.start_line else "")
    graded = f"{finding.severity.value}, confidence {finding.confidence.value}"
    return f"#{number} {finding.rule} {graded}, {place}"
