"""Who judges, and what one judge makes of the claims that it is asked about."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from chargehand.core.errors import ModelError, NoAnswer, OverBudget, ProviderStopped, RunEnding
from chargehand.core.escaping import printable
from chargehand.core.finding import Finding
from chargehand.core.prompt import Model, Prompt
from chargehand.core.usage import Role
from chargehand.pipeline.answers import JudgeAnswer, Ruling, said_before_the_cut
from chargehand.pipeline.judge_prompt import (
    CLAIMS_A_CALL,
    MOST_RIDING,
    STANDING_SHOWN,
    Region,
    Wanted,
    judge_prompt,
)
from chargehand.pipeline.ruling_cache import RulingCache
from chargehand.pipeline.stakes import Stakes
from chargehand.pipeline.suspicion import is_steered

SUMMARY_LENGTH = 2000


class Judge(NamedTuple):
    """A model that rules on claims, in which role, and what it ruled in earlier runs.

    With a `region` it sees the lines round those that a claim cites.
    """

    name: str
    model: Model
    cache: RulingCache
    role: Role = Role.JUDGE
    region: Region | None = None

    def looks_at_one(self, asked: Sequence[int], close: Collection[int]) -> bool:
        """Tell whether the claims that are asked about are one, which it sees with the lines round it."""
        return self.region is not None and len(asked) == len(close) == 1


class Bench(NamedTuple):
    """Who judges: the orchestrator what could fail the build by the `stakes`, the `triage` the rest.

    Without a triage, which is so if both are one model, the orchestrator judges all. Up to `most_riding` mild
    claims may go with the grave ones. `unasked` remembers those that need no judge beside grave ones.
    `set_aside` is told, before the triage is asked, what the orchestrator will be asked about the grave ones.
    """

    orchestrator: Judge
    triage: Judge | None = None
    stakes: Stakes = Stakes()
    most_riding: int = MOST_RIDING
    unasked: RulingCache | None = None
    set_aside: Callable[[Sequence[Prompt]], None] = lambda _prompts: None

    @property
    def judges(self) -> tuple[Judge, ...]:
        """Both judges, or the one."""
        return (self.orchestrator, self.triage) if self.triage else (self.orchestrator,)


class Heard(NamedTuple):
    """What one judge ruled, by the index of the claim, and what came of asking.

    `judged` are the claims that it decided about, `unheard` those that no answer came for, with the `errors`.
    `is_kept`: nothing that it was shown may have dictated its words.
    """

    rulings: Mapping[int, Ruling]
    judged: tuple[int, ...] = ()
    unheard: tuple[int, ...] = ()
    summary: str = ""
    errors: tuple[ModelError, ...] = ()
    is_kept: bool = True


def hear(
    judge: Judge,
    claims: Sequence[Finding],
    asked: Sequence[int],
    beside: Mapping[int, Finding],
    summary: Wanted,
    keep: Callable[[Collection[int], Mapping[int, Ruling]], None],
    close: Collection[int] = (),
) -> Heard:
    """Ask about claims by their index, so many at a time; `keep` remembers one call before the next.

    `beside` are others that stand, by their index: a claim may be merged into one of them. Those that are
    looked at `close` are shown with the lines round them.
    """
    heard = Heard({})
    for batch, prompt in prompts(judge, claims, asked, beside, summary, close):
        heard = _with(heard, _answer(judge.model, prompt, batch, tuple(beside)[:STANDING_SHOWN]))
        if heard.is_kept:
            keep(heard.judged, heard.rulings)
    return heard


def prompts(
    judge: Judge,
    claims: Sequence[Finding],
    asked: Sequence[int],
    beside: Mapping[int, Finding],
    summary: Wanted,
    close: Collection[int] = (),
) -> Iterator[tuple[Sequence[int], Prompt]]:
    """Yield what `hear` asks about claims, each time with the indexes of those that it is about."""
    for number, start in enumerate(range(0, len(asked), CLAIMS_A_CALL), 1):
        batch = asked[start : start + CLAIMS_A_CALL]
        yield (
            batch,
            judge_prompt(
                [claims[index] for index in batch],
                number,
                judge.name,
                judge.role,
                beside=tuple(beside.values()),
                summary=summary,
                region=judge.region,
                close=[place for place, index in enumerate(batch) if index in close],
                is_about_one=judge.looks_at_one(asked, close),
            ),
        )


def _answer(model: Model, prompt: Prompt, asked: Sequence[int], beside: Sequence[int]) -> Heard:
    """Return what one call gave; of an answer that was cut off, the rulings that were whole."""
    unheard: tuple[int, ...] = ()
    errors: tuple[ModelError, ...] = ()
    try:
        answer = model.ask(prompt).answer_as(JudgeAnswer)
        judged = tuple(asked)
    except (NoAnswer, OverBudget, ProviderStopped, RunEnding) as error:
        answer, errors = said_before_the_cut(error.said), (error,)
        judged = tuple(_usable(answer.rulings, asked, beside))
        unheard = tuple(index for index in asked if index not in judged)
    return Heard(
        rulings=_usable(answer.rulings, asked, beside),
        judged=judged,
        unheard=unheard,
        summary=printable(answer.summary).strip()[:SUMMARY_LENGTH],
        errors=errors,
        is_kept=not is_steered(prompt),
    )


def _with(heard: Heard, more: Heard) -> Heard:
    return Heard(
        rulings={**heard.rulings, **more.rulings},
        judged=heard.judged + more.judged,
        unheard=heard.unheard + more.unheard,
        summary=" ".join(filter(None, (heard.summary, more.summary))),
        errors=heard.errors + more.errors,
        is_kept=heard.is_kept and more.is_kept,
    )


def _usable(rulings: Sequence[Ruling], asked: Sequence[int], beside: Sequence[int]) -> dict[int, Ruling]:
    """Return the first ruling on each claim that was asked about, by its index, numbered as all claims are.

    A merge needs another claim that was asked about, or one that stands beside.
    """
    index_of = dict(enumerate((*asked, *beside), 1))
    usable: dict[int, Ruling] = {}
    for ruling in rulings:
        is_merge = ruling.action == "merge"
        if not 1 <= ruling.claim <= len(asked) or index_of[ruling.claim] in usable:
            continue
        if is_merge and (ruling.into not in index_of or ruling.into == ruling.claim):
            continue
        index, into = index_of[ruling.claim], index_of.get(ruling.into, -1)
        usable[index] = ruling.numbered(claim=index + 1, into=into + 1)
    return usable
