"""What a judge is asked: each claim with the lines that bear it out, beside what stands already."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Literal

from chargehand.core.escaping import one_line, printable
from chargehand.core.finding import Confidence, Finding
from chargehand.core.models import Effort, capabilities
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role
from chargehand.pipeline.answers import JudgeAnswer
from chargehand.pipeline.prompts import frame, judge_instructions, render
from chargehand.pipeline.surroundings import CITED, ROUND, marked

CLAIMS_A_CALL = 80
STANDING_SHOWN = 100
# What a judge must weigh grows with the pairs of claims; about so few it need neither think nor say much.
FEW_CLAIMS = 6
BASE_TOKENS, TOKENS_A_CLAIM = 4000, 100
# What one ruling in two or three comes to, and what a model thinks that does: a cap leaves a judge no less.
LEAST_TOKENS_A_CLAIM, LEAST_THOUGHT = 25, 300
CODE_SHOWN, SUGGESTION_SHOWN = 600, 600
# So many claims cost the orchestrator less than a call of a model at half its price.
MOST_RIDING = 6

# Of a summary: all of it, a sentence more to the one that is there, some words about the one claim, or none.
Wanted = Literal["whole", "more", "brief", "none"]
Region = Callable[[Finding], str]
# What an answer without rulings comes to, by the summary that is wanted; one of few claims is shorter.
LEAST_SAID: dict[Wanted, int] = {"whole": 280, "more": 140, "brief": 120, "none": 80}
LEAST_SAID_OF_FEW = 200


def judge_prompt(
    asked: Sequence[Finding],
    number: int,
    model: str,
    role: Role = Role.JUDGE,
    *,
    beside: Sequence[Finding] = (),
    summary: Wanted = "whole",
    region: Region | None = None,
    close: Collection[int] = (),
    is_about_one: bool = False,
) -> Prompt:
    """Return what the call of this number, from 1, asks about claims, beside others that it does not rule on.

    Those at the places in `close` are shown with the lines round them, which `region` has, and with their
    suggestion. If it `is_about_one` claim, instructions and question are shorter.
    """
    near = {place: evidence(asked[place], region) for place in close} if region else {}
    claims = frame("\n\n".join(_all_shown(asked, near)))
    others = enumerate(beside[:STANDING_SHOWN], len(asked) + 1)
    stands = "\n".join(f"{_head(number, each)}: {one_line(each.title)}" for number, each in others)
    form, in_all = "judge_one" if is_about_one else "judge", len(asked) + len(beside)
    parts = [
        _one(asked, claims) if is_about_one else render("judge_question", claims=claims).rstrip(),
        render(f"{form}_beside", standing=frame(stands)).rstrip() if stands else "",
        _summary_wanted(summary, in_all),
    ]
    return Prompt(
        role=role,
        task=role.value if number == 1 else f"{role.value}-{number}",
        model=model,
        instructions=_instructions([asked[place] for place in near] or asked, is_about_one=is_about_one),
        question="\n\n".join(filter(None, parts)) + "\n",
        answer=JudgeAnswer,
        max_tokens=BASE_TOKENS + TOKENS_A_CLAIM * len(asked),
        least_tokens=least_tokens(len(asked), model, least_said(summary, in_all)),
        effort=effort_for(len(asked)),
    )


def _one(asked: Sequence[Finding], shown: str) -> str:
    """Return the question about one claim; of the marks, those that it has are told."""
    told = [
        "`also`: another's on the same" if any(claim.merged for claim in asked) else "",
        "`=`: the code that it suggests" if any(claim.suggestion for claim in asked) else "",
    ]
    marks = ", ".join(filter(None, told))
    return render("judge_one_question", claim=shown, marks=marks and f" ({marks})").rstrip()


def least_tokens(claims: int, model: str, said: int) -> int:
    """Return how short an answer about so many claims may be to be of use, if it says so much beside them."""
    able = capabilities(model)
    thinks = able.always_thinks and able.thinking != "between_tools"
    return said + LEAST_TOKENS_A_CLAIM * claims + LEAST_THOUGHT * thinks


def least_said(summary: Wanted, claims: int) -> int:
    """Return the tokens of an answer without rulings, with such a summary of so many claims."""
    return LEAST_SAID_OF_FEW if summary == "whole" and claims <= FEW_CLAIMS else LEAST_SAID[summary]


def effort_for(claims: int) -> Effort | None:
    """Return how hard to think about so many claims; None: as hard as a judge does."""
    return "low" if claims <= FEW_CLAIMS else None


def rides_along(grave: int, mild: int, orchestrator: str, most: int = MOST_RIDING) -> bool:
    """Tell whether the orchestrator had better judge the mild claims with the grave ones: it costs less.

    A call of the triage costs its instructions. But more claims may make the orchestrator think harder.
    """
    thinks_harder = effort_for(grave + mild) != effort_for(grave) and capabilities(orchestrator).always_thinks
    return grave > 0 and mild <= most and not (mild > 1 and thinks_harder)


def _instructions(claims: Sequence[Finding], *, is_about_one: bool) -> str:
    """Return the instructions, with how the lenses of these claims grade; without any, how all of them do."""
    if not claims:
        return judge_instructions(is_about_one=is_about_one)
    return judge_instructions(frozenset(finding.lens for finding in claims), is_about_one=is_about_one)


def _summary_wanted(wanted: Wanted, claims: int) -> str:
    if wanted == "whole":
        return render(
            "judge_whole", sentences="one or two" if claims <= FEW_CLAIMS else "two to four"
        ).strip()
    return render(f"judge_{wanted}").strip()


def _all_shown(asked: Sequence[Finding], near: Mapping[int, str]) -> Iterator[str]:
    """Yield what a judge sees of each claim, without lines that the claim before shows."""
    before, seen = None, frozenset[str]()
    for place, finding in enumerate(asked):
        lines = near.get(place, _cited(finding)).split("\n")
        is_beside = before is not None and before.path == finding.path
        marks = (ROUND, CITED) if before and _place(before) == _place(finding) else (ROUND,)
        new = (line for line in lines if not (is_beside and line.startswith(marks) and line[1:] in seen))
        yield "\n".join((_shown(place + 1, finding), *new)).rstrip()
        before, seen = finding, frozenset(line[1:] for line in lines if line.startswith((CITED, ROUND)))


def _place(finding: Finding) -> tuple[object, ...]:
    return finding.path, finding.start_line, finding.end_line, finding.old_line


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
    doubt = "" if finding.confidence is Confidence.HIGH else f", confidence {finding.confidence.value}"
    return f"#{number} {finding.rule} {finding.severity.value}{doubt}, {place}"
