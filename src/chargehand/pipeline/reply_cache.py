"""What of a change earlier runs have read, and what this run leaves behind for the next.

A request holds many files, so that their common instructions are paid for once. Its reply is kept file by
file, as if each had been asked about alone: after a push that touches one file, all other answers are reused.
"""

from collections.abc import Iterator, Mapping
from threading import Lock
from typing import NamedTuple

from chargehand.change.diff.chunks import parts_of, show
from chargehand.core.coverage import applies
from chargehand.core.diff import Diff
from chargehand.core.plan import Chunk, Excerpt, Reviewed, Task
from chargehand.core.prompt import Prompt, Reply
from chargehand.llm.cache.replies import Recalled, keep, recall, reply_key
from chargehand.llm.cache.store import CacheStore
from chargehand.pipeline.answers import ClaimAnswer, WorkerAnswer
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planner import Planning
from chargehand.pipeline.prompts import frame
from chargehand.pipeline.suspicion import flagged_parts, hiding_paths, is_steered
from chargehand.pipeline.worker import reviewed, worker_prompt, worker_question

NO_FILE = 0


class _Answered(NamedTuple):
    """A request that was answered: the parts in it, and what is kept of the answer."""

    parts: frozenset[Excerpt]
    keys: tuple[str, ...]
    is_steered: bool


class ReplyCache:
    """What was read of one change, and the store for what is read now; without a store nothing is kept.

    `keys` says under which key a lens's reply about a part stays. Safe to share between threads.

    Of a request with text that speaks to its reader nothing is kept: such text may have dictated the answer,
    and be gone at the next push. The free checks know some of it (`hiding` are paths of theirs); a model that
    reports more of it has other answers to the same text withdrawn.
    """

    def __init__(
        self,
        store: CacheStore | None = None,
        keys: Mapping[tuple[str, Excerpt], str] | None = None,
        recalled: tuple[Reviewed, ...] = (),
        hiding: frozenset[str] = frozenset(),
    ) -> None:
        self.store = store
        self.recalled = recalled
        self._keys = keys or {}
        self._hiding = hiding
        self._answered: list[_Answered] = []
        self._flagged: frozenset[Excerpt] = frozenset()
        self._lock = Lock()

    @property
    def steered_paths(self) -> frozenset[str]:
        """The files of requests of which nothing is kept because of what their text says."""
        with self._lock:
            steered = [each.parts for each in self._answered if self._is_steered(each)]
        return frozenset(part.path for parts in steered for part in parts)

    @property
    def reused_parts(self) -> dict[str, frozenset[Excerpt]]:
        """The parts that earlier runs read, by lens."""
        parts: dict[str, set[Excerpt]] = {}
        for outcome in self.recalled:
            parts.setdefault(outcome.task.lens, set()).update(outcome.task.chunk.excerpts)
        return {lens: frozenset(read_before) for lens, read_before in parts.items()}

    def left(self, planning: Planning) -> Planning:
        """Return how to plan for what no earlier run has read."""
        return planning.evolve(reused=self.reused_parts)

    def keep(self, task: Task, prompt: Prompt, reply: Reply) -> None:
        """Keep what `reply`, a verified one to `prompt`, says of each part, unless it may have been dictated.

        What it claims of a file that it was not shown stays with the first part. Nobody can tell which part
        it is about, so such a reply holds only as long as no part changes.
        """
        if self.store is None:
            return
        claims = reply.answer_as(WorkerAnswer).claims
        parts = task.chunk.excerpts
        entries = tuple(self._entries(task, claims))
        has_strays = any(not 1 <= claim.file <= len(parts) for claim in claims)
        beside = [key for key, _ in entries] if has_strays else []
        hides = any(part.path in self._hiding for part in parts)
        answered = _Answered(frozenset(parts), tuple(key for key, _ in entries), hides or is_steered(prompt))
        with self._lock:
            self._answered.append(answered)
            if flagged := flagged_parts(claims, parts):
                self._flagged |= flagged
                self._withdraw(self.store)
            if not self._is_steered(answered):
                for key, own in entries:
                    keep(self.store, key, reply.evolve(text=own.model_dump_json()), beside)

    def _entries(self, task: Task, claims: list[ClaimAnswer]) -> Iterator[tuple[str, WorkerAnswer]]:
        """Yield what is kept under the key of each part."""
        parts = task.chunk.excerpts
        strays = [_about(claim, NO_FILE) for claim in claims if not 1 <= claim.file <= len(parts)]
        for number, part in enumerate(parts, 1):
            own = [_about(claim, 1) for claim in claims if claim.file == number]
            own += strays if number == 1 else []
            if key := self._keys.get((task.lens, part)):
                yield key, WorkerAnswer(claims=own)

    def _is_steered(self, answered: _Answered) -> bool:
        return answered.is_steered or not self._flagged.isdisjoint(answered.parts)

    def _withdraw(self, store: CacheStore) -> None:
        for key in (key for each in self._answered if self._is_steered(each) for key in each.keys):
            store.remove(key)


def recall_replies(store: CacheStore | None, diff: Diff, crew: Crew, planning: Planning) -> ReplyCache:
    """Return what the store knows of `diff`: a task for each part and lens that was read before."""
    if store is None:
        return ReplyCache()
    keys: dict[tuple[str, Excerpt], str] = {}
    recalled: list[tuple[str, Task, Recalled]] = []
    for number, (part, prompt) in enumerate(_questions(diff, crew, planning), 1):
        lens = prompt.task
        # Who is asked if the worker fails has a say in the answer.
        key = keys[lens, part] = reply_key(prompt, crew.fleet.escalation)
        if found := recall(store, key, prompt):
            chunk = Chunk(number=number, excerpts=(part,), tokens=0)
            recalled.append((key, Task(id=f"{lens}-cached-{number}", lens=lens, chunk=chunk), found))
    there = {key for key, _, _ in recalled}
    return ReplyCache(
        store,
        keys,
        tuple(
            _marked(reviewed(task, found.reply, crew))
            for _, task, found in recalled
            if there.issuperset(found.beside)
        ),
        hiding_paths(diff),
    )


def _questions(diff: Diff, crew: Crew, planning: Planning) -> Iterator[tuple[Excerpt, Prompt]]:
    """Yield what would be asked about each part alone, under each lens that looks at it."""
    materials = dict(_materials(diff, planning))
    for lens in crew.lenses:
        nothing = Task(id=lens.name, lens=lens.name, chunk=Chunk(number=0, excerpts=(), tokens=0))
        prompt = worker_prompt(nothing, diff, crew)
        for part, material in materials.items():
            if applies(lens, part.path):
                question = worker_question(lens, crew, (part.path,))
                yield part, prompt.evolve(material=material, question=question)


def _materials(diff: Diff, planning: Planning) -> Iterator[tuple[Excerpt, str]]:
    files: dict[str, Diff] = {}
    for file in diff.files:
        alike = files.get(file.path, Diff(files=()))
        files[file.path] = Diff(files=(*alike.files, file))
    for part in parts_of(diff, planning.measure, planning.chunk_tokens):
        chunk = Chunk(number=0, excerpts=(part,), tokens=0)
        yield part, frame(show(chunk, files[part.path]))


def _about(claim: ClaimAnswer, file: int) -> ClaimAnswer:
    """Return the claim as one about the file of this number: in a chunk of one part that is 1."""
    return ClaimAnswer(**{**dict(claim), "file": file})


def _marked(outcome: Reviewed) -> Reviewed:
    claims = tuple(claim.evolve(is_reused=True) for claim in outcome.claims)
    return outcome.evolve(claims=claims, is_reused=True)
