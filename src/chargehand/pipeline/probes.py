"""Now and then shows a worker code with one planted defect, and keeps of its answer only whether it noticed.

The change itself was read before, and is judged: nothing here adds to what a review finds, keeps or posts. A
probe has its own task, its own call and its own role in the bill, and no money that a task could want.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import islice
from random import Random
from typing import NamedTuple, cast

from chargehand.change.planting import Edit, Mutation, plant, plantable
from chargehand.core.diff import Diff, FileDiff
from chargehand.core.errors import ModelError, RunEnding
from chargehand.core.finding import Finding
from chargehand.core.plan import Outcome, Reviewed, Task
from chargehand.core.probe import MOST_PROBES, Kind, Probe
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role
from chargehand.llm.chain import Chain
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.locate import locate
from chargehand.pipeline.worker import reviewed, worker_prompt

# A claim so many lines beside the defect is about it.
SLACK_LINES = 3
# Each is parsed once more, and no review waits for long.
_FILES_TRIED, _TRIED = 10, 20


class Probing(NamedTuple):
    """How workers are probed: a task with a chance of `rate`. `text_of` gives a file after the change."""

    rate: Decimal
    text_of: Callable[[str], str | None]
    random: Random


class _Planted(NamedTuple):
    """A task whose chunk has a defect in it, and where."""

    task: Task
    diff: Diff
    path: str
    mutation: Mutation


def probe(brief: Brief, outcomes: Sequence[Outcome], chain: Chain, probing: Probing) -> tuple[Probe, ...]:
    """Return whether workers noticed what was planted for them; nobody is asked if the run is ending.

    Only tasks that were answered in this run are probed, and at most `MOST_PROBES` of them.
    """
    planted = list(islice(_planted(brief, outcomes, probing), MOST_PROBES))
    if not planted:
        return ()
    try:
        return chain.cancellation.run(lambda: _ask_all(brief, chain, planted))
    except RunEnding:
        return ()


def _planted(brief: Brief, outcomes: Sequence[Outcome], probing: Probing) -> Iterator[_Planted]:
    chosen = [
        each
        for each in outcomes
        if isinstance(each, Reviewed) and not each.is_reused and probing.random.random() < probing.rate
    ]
    probing.random.shuffle(chosen)
    for number, outcome in enumerate(chosen, 1):
        if found := _place(brief.diff, outcome, probing):
            file, mutation = found
            changed = plant(file, mutation)
            files = tuple(changed if each is file else each for each in brief.diff.files)
            task = outcome.task.evolve(id=f"probe-{number}")
            yield _Planted(task, brief.diff.evolve(files=files), file.path, mutation)


def _place(diff: Diff, outcome: Reviewed, probing: Probing) -> tuple[FileDiff, Mutation] | None:
    """Return a place for a defect that this task should notice, and that nothing was said about already."""
    task, said = outcome.task, locate(outcome.claims, diff)
    files = [each for each in diff.reviewable if each.path in task.paths]
    probing.random.shuffle(files)

    def arrange(edits: list[Edit]) -> None:
        edits[:] = [each for each in edits if each.lens in task.reader.lenses]
        probing.random.shuffle(edits)

    for file in files[:_FILES_TRIED]:
        for mutation in islice(plantable(file, probing.text_of(file.path), arrange), _TRIED):
            if _is_read(task, file, mutation) and not _is_near(said, file.path, mutation):
                return file, mutation
    return None


def _is_read(task: Task, file: FileDiff, mutation: Mutation) -> bool:
    """Tell whether the task answers for the lines of the defect, and its hunk is there afterwards."""
    for part in task.parts:
        for hunk in file.hunks[part.first : part.last + 1] if part.path == file.path else ():
            if hunk.new_start <= mutation.first and mutation.last < hunk.new_start + hunk.new_count:
                return hunk.new_count > mutation.last - mutation.first + 1
    return False


def _is_near(found: Sequence[Finding], path: str, mutation: Mutation) -> bool:
    end = mutation.first + max(len(mutation.lines), 1) - 1
    return any(
        each.path == path
        and each.start_line is not None
        and each.start_line - SLACK_LINES <= end
        and mutation.first <= (each.end_line or each.start_line) + SLACK_LINES
        for each in found
    )


def _ask_all(brief: Brief, chain: Chain, planted: Sequence[_Planted]) -> tuple[Probe, ...]:
    with ThreadPoolExecutor(len(planted), thread_name_prefix="probe") as threads:
        noticed = tuple(threads.map(lambda each: _noticed(brief, chain, each), planted))
    costs = {call.task: call.cost_usd for call in chain.ledger.calls if call.role is Role.PROBE}
    return tuple(
        Probe(
            lens=each.mutation.lens,
            model=brief.crew.model_for(each.task),
            kind=cast("Kind", each.mutation.kind),  # a test has every kind of mutation in the table of kinds
            noticed=saw,
            cost_usd=costs.get(each.task.id, Decimal(0)),
        )
        for each, saw in zip(planted, noticed, strict=True)
    )


def _noticed(brief: Brief, chain: Chain, planted: _Planted) -> bool | None:
    """Return whether the worker says something where the defect is; None if it gives no answer, at once."""
    try:
        reply = chain.attempt.ask(_prompt(brief, planted))
    except ModelError:
        return None
    claims = reviewed(planted.task, reply).claims
    return _is_near(locate(claims, planted.diff), planted.path, planted.mutation)


def _prompt(brief: Brief, planted: _Planted) -> Prompt:
    """Return what the worker was asked of the task, word for word, but for the planted line."""
    prompt = worker_prompt(planted.task, planted.diff, brief.crew)
    # Without a lens: what the lenses cost is what their tasks cost.
    return prompt.evolve(role=Role.PROBE, lens=None)
