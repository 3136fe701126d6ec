"""What is known of the models' claims before a judge is asked, and who is asked about which new ones."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chargehand.core.errors import ModelError
from chargehand.core.finding import Finding
from chargehand.pipeline.answers import Ruling
from chargehand.pipeline.bench import Bench, Judge
from chargehand.pipeline.judge_prompt import rides_along
from chargehand.pipeline.powers import Bounded, bounded

# In the place of a judge's name, for mild claims that are settled without one.
NOBODY = ""


class Docket(NamedTuple):
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
        """Return both judges' rulings within their powers, and what they make of the claims."""
        return bounded(self.claims, self.orchestrators, self.triages, bench.stakes)


class Queue(NamedTuple):
    """The new claims: what the orchestrator judges, what the triage does, and what needs no judge.

    `lone` is alone; those `aside` were made by the answer that made the grave ones.
    """

    grave: tuple[int, ...]
    mild: tuple[int, ...] = ()
    lone: tuple[int, ...] = ()
    aside: tuple[int, ...] = ()


def recalled_docket(findings: Sequence[Finding], bench: Bench) -> Docket:
    """Return what earlier runs ruled; on what could fail the build the orchestrator's word alone counts."""
    claims = tuple(finding for finding in findings if not finding.is_fact)
    orchestrators = bench.orchestrator.cache.recall(claims)
    judges = dict.fromkeys(orchestrators, bench.orchestrator.name)
    triages: dict[int, Ruling | None] = {}
    mild = {index for index, claim in enumerate(claims) if not bench.stakes.could_block(claim)}
    if bench.triage:
        kept = bench.triage.cache.recall(claims)
        triages = {index: each for index, each in kept.items() if index in mild - judges.keys()}
        judges |= dict.fromkeys(triages, bench.triage.name)
    unasked = bench.unasked.recall(claims) if bench.unasked else {}
    judges |= dict.fromkeys((index for index in mild & unasked.keys() if index not in judges), NOBODY)
    docket = Docket(claims, _made(orchestrators), _made(triages), judges)
    standing = standing_of(docket, bench)
    return docket._replace(carried=(summary_of(standing, bench) or "") if standing else "")


def _made(recalled: Mapping[int, Ruling | None]) -> dict[int, Ruling]:
    return {index: ruling for index, ruling in recalled.items() if ruling}


def could_block(findings: Sequence[Finding], bench: Bench) -> bool:
    """Tell whether one of the findings could fail the build."""
    return any(map(bench.stakes.could_block, findings))


def queue_of(docket: Docket, bench: Bench, *, is_blocked: bool) -> Queue:
    """Return who is asked about which new claims; few mild ones go with the grave ones, if there are any.

    If the build `is_blocked` by what stands, the orchestrator is asked, as it writes the summary then.
    """
    fresh = [index for index in range(len(docket.claims)) if index not in docket.judges]
    grave = tuple(index for index in fresh if bench.stakes.could_block(docket.claims[index]))
    mild = tuple(index for index in fresh if index not in grave)
    if len(mild) == 1 and not grave:
        return Queue((), lone=mild)
    if grave and _is_one_reader(docket.claims[index] for index in fresh):
        return Queue(grave, aside=mild)
    orchestrator, most = bench.orchestrator.name, bench.most_riding
    is_one_call = rides_along(len(grave), len(mild), orchestrator, most) or (is_blocked and not grave)
    if bench.triage is None or is_one_call:
        return Queue(tuple(fresh))
    return Queue(grave, mild)


def _is_one_reader(claims: Iterable[Finding]) -> bool:
    """Tell whether one answer of a worker made all these claims: it says each defect once."""
    readers = {claim.reader for claim in claims}
    return len(readers) == 1 and "" not in readers


def standing_of(docket: Docket, bench: Bench) -> list[Finding]:
    """Return what stands of the claims that a judge let stand."""
    standing = docket.bounded(bench).ruled.standing
    return [each for index, each in standing.items() if index in docket.judges]


def summary_of(standing: Sequence[Finding], bench: Bench) -> str | None:
    """Return what a judge once wrote about exactly these findings, None if none did."""
    kept = (each.cache.summary(standing) for each in bench.judges)
    return next((summary for summary in kept if summary is not None), None)
