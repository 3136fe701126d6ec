"""What of a change earlier runs have read: the parts that would be asked about in the same words."""

from collections.abc import Iterator, Mapping, Sequence

from chargehand.change.diff.chunks import excerpts_of
from chargehand.change.diff.focus import parts_of
from chargehand.core.coverage import applies
from chargehand.core.diff import Diff
from chargehand.core.plan import Chunk, Excerpt, Reader, Reviewed, Task
from chargehand.core.prompt import Prompt
from chargehand.core.time_limit import STEPS_A_PROMPT, Step, any_step
from chargehand.llm.cache.replies import Recalled, recall, reply_key
from chargehand.llm.cache.store import CacheStore
from chargehand.pipeline.answers import WorkerAnswer
from chargehand.pipeline.beside import material_of
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.few_lines import may_read_in_one_call
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.readers import readers_of
from chargehand.pipeline.reply_cache import ReplyCache
from chargehand.pipeline.suspicion import hiding_paths
from chargehand.pipeline.worker import reviewed, worker_prompt, worker_question


def recall_replies(
    store: CacheStore | None, diff: Diff, crew: Crew, planning: Planning, step: Step = any_step
) -> ReplyCache:
    """Return what the store knows of `diff`: a task for each part and reader that read it before.

    What an earlier run left so little of that it read all lenses in one call is known by that reader.
    `step` is told of each prompt that is made, and may raise.
    """
    if store is None:
        return ReplyCache()
    keys: dict[tuple[str, Excerpt], str] = {}
    shown: dict[str, Excerpt] = {}
    recalled: list[tuple[str, Task, Recalled]] = []
    for task, prompt in _questions(diff, crew, planning):
        step(STEPS_A_PROMPT)
        key = keys[task.reader.name, task.parts[0]] = _key(task, prompt, crew)
        shown[key] = task.chunk.excerpts[0]
        if found := recall(store, key, prompt):
            recalled.append((key, task, found))
    there = {key for key, _, _ in recalled}
    outcomes = [
        _recalled(task, found, {key: shown[key] for key in found.about if key in there})
        for _, task, found in recalled
        if there.issuperset(found.beside)
    ]
    return ReplyCache(store, keys, tuple(_each_once(outcomes)), hiding_paths(diff))


def _each_once(outcomes: Sequence[Reviewed]) -> Iterator[Reviewed]:
    """Yield the outcomes but those of one lens about what was read for all lenses in one call, too."""
    together = {
        (lens, part)
        for each in outcomes
        if len(each.task.reader.lenses) > 1
        for lens in each.task.reader.lenses
        for part in each.task.parts
    }
    for each in outcomes:
        reader = each.task.reader
        if len(reader.lenses) > 1 or (reader.lenses[0], each.task.parts[0]) not in together:
            yield each


def _key(task: Task, prompt: Prompt, crew: Crew) -> str:
    """Return the key of a reply; who is asked if the worker fails has a say in it, and a sample its own."""
    sample = task.reader.sample
    return reply_key(prompt, crew.fleet.escalation, *([f"sample {sample}"] if sample > 1 else []))


def _questions(diff: Diff, crew: Crew, planning: Planning) -> Iterator[tuple[Task, Prompt]]:
    """Yield what each reader would be asked about each part of its files, if the part's file were alone."""
    number = 0
    materials = list(_materials(diff, planning))
    for reader in _readers(crew, planning):
        lens, prompt = crew.lens(reader.lenses[0]), None
        for part, chunk, alone, material in materials:
            number += 1
            if applies(lens, part.path):
                task = Task(id=f"{reader.name}-cached-{number}", reader=reader, chunk=chunk, parts=(part,))
                prompt = prompt or worker_prompt(task, alone, crew)
                question = worker_question(task, alone, crew)
                yield task, prompt.evolve(material=material, question=question)


def _readers(crew: Crew, planning: Planning) -> tuple[Reader, ...]:
    """Return who may have read a part: one for each lens, and one for all if little was left to read."""
    readers = readers_of(crew.lenses, planning.depth)
    if not may_read_in_one_call(planning, crew):
        return readers
    return (*readers, *(each for each in readers_of(crew.lenses, "quick") if each not in readers))


def _materials(diff: Diff, planning: Planning) -> Iterator[tuple[Excerpt, Chunk, Diff, str]]:
    """Yield each part, what is shown with it if its file is alone, that file, and the text of it."""
    files: dict[str, Diff] = {}
    for file in diff.files:
        alike = files.get(file.path, Diff(context=diff.context))
        files[file.path] = alike.evolve(files=(*alike.files, file))
    for excerpt, file in excerpts_of(diff, planning.measure, planning.chunk_tokens):
        chunk = Chunk(number=0, excerpts=(excerpt,), tokens=0)
        alone = files[excerpt.path]
        material = material_of(chunk, alone, is_numbered=False)
        for part in parts_of(excerpt, file, planning.focus_lines):
            yield part, chunk, alone, material


def _recalled(task: Task, found: Recalled, others: Mapping[str, Excerpt]) -> Reviewed:
    """Return what an earlier run was told about a part, and about `others` as long as these are the same.

    What has changed of them is read anew, so a claim about it is no loss.
    """
    gone = {number for number, key in enumerate(found.about, 2) if key not in others}
    said = found.reply.answer_as(WorkerAnswer).claims
    answer = WorkerAnswer(claims=[claim for claim in said if claim.file not in gone])
    own = task.chunk.excerpts[0]
    excerpts = (own, *(others.get(key, own) for key in found.about))
    task = task.evolve(chunk=task.chunk.evolve(excerpts=excerpts))
    outcome = reviewed(task, found.reply.evolve(answer=answer))
    claims = tuple(claim.evolve(is_reused=True) for claim in outcome.claims)
    return outcome.evolve(claims=claims, is_reused=True)
