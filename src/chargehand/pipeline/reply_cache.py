"""What a run leaves behind of the replies about a change, beside what earlier runs have read of it.

A request holds many files, so that their common instructions are paid for once. Its reply is kept part by
part, as if each had been asked about with no other file beside it: after a push that touches one file, all
other answers are reused. What was shown of the file beside the part is in the key: another line of it may be
why a claim was made, or was not.
"""

from collections.abc import Iterator, Mapping
from threading import Lock
from typing import NamedTuple

from chargehand.core.plan import Excerpt, Reader, Reviewed, Task
from chargehand.core.prompt import Prompt, Reply
from chargehand.llm.cache.replies import keep
from chargehand.llm.cache.store import CacheStore
from chargehand.pipeline.answers import ClaimAnswer, WorkerAnswer
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.suspicion import flagged_parts, is_steered

NO_FILE = 0


class _Answered(NamedTuple):
    """A request that was answered: what was shown in it, and what is kept of the answer."""

    shown: frozenset[Excerpt]
    keys: tuple[str, ...]
    is_steered: bool


class _Entry(NamedTuple):
    """What is kept under a key, and the keys of what it holds together with, and of what else it is about."""

    key: str
    answer: WorkerAnswer
    beside: tuple[str, ...]
    about: tuple[str, ...]


class ReplyCache:
    """What was read of one change, and the store for what is read now; without a store nothing is kept.

    `keys` says under which key the reply of a reader (by name) about a part stays. Safe to share between
    threads.

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
            steered = [each.shown for each in self._answered if self._is_steered(each)]
        return frozenset(excerpt.path for shown in steered for excerpt in shown)

    @property
    def reused_parts(self) -> dict[str, frozenset[Excerpt]]:
        """The parts that earlier runs read, by the name of the reader; one for all lenses is one for each."""
        parts: dict[str, set[Excerpt]] = {}
        for outcome in self.recalled:
            reader = outcome.task.reader
            names = {reader.name, *(reader.lenses if len(reader.lenses) > 1 else ())}
            for name in names:
                parts.setdefault(name, set()).update(outcome.task.parts)
        return {reader: frozenset(read_before) for reader, read_before in parts.items()}

    def left(self, planning: Planning) -> Planning:
        """Return how to plan for what no earlier run has read."""
        return planning.evolve(reused=self.reused_parts)

    def keep(self, task: Task, prompt: Prompt, reply: Reply) -> None:
        """Keep what `reply`, a verified one to `prompt`, says of each part, unless it may have been dictated.

        What it claims elsewhere stays with the first part, as long as the place that it is about does. If a
        claim names no file that was shown, nobody can tell what it is about: the reply holds only as long as
        all that was shown.
        """
        if self.store is None:
            return
        claims = reply.answer_as(WorkerAnswer).claims
        shown = task.chunk.excerpts
        entries = tuple(self._entries(task, claims))
        hides = any(excerpt.path in self._hiding for excerpt in shown)
        answered = _Answered(
            frozenset(shown), tuple(each.key for each in entries), hides or is_steered(prompt)
        )
        with self._lock:
            self._answered.append(answered)
            if flagged := flagged_parts(claims, shown):
                self._flagged |= flagged
                self._withdraw(self.store)
            if not self._is_steered(answered):
                for each in entries:
                    kept = reply.evolve(text=each.answer.model_dump_json())
                    keep(self.store, each.key, kept, each.beside, each.about)

    def _entries(self, task: Task, claims: list[ClaimAnswer]) -> Iterator[_Entry]:
        """Yield what is kept under the key of each part: there it is file 1, and others come after it."""
        shown = dict(enumerate(task.chunk.excerpts, 1))
        numbers = {part: n for part in task.parts for n, excerpt in shown.items() if excerpt.holds(part)}
        elsewhere = [claim for claim in claims if claim.file not in numbers.values()]
        has_strays = any(claim.file not in shown for claim in elsewhere)
        beside = [self._key_within(excerpt, task.reader) for excerpt in shown.values() if has_strays]
        for part, own in numbers.items():
            others = elsewhere if part == task.parts[0] else []
            named = [n for n in dict.fromkeys(claim.file for claim in others) if n in shown]
            places = {own: 1} | {n: place for place, n in enumerate(named, 2)}
            said = [claim for claim in claims if claim.file == own] + others
            answer = WorkerAnswer(claims=[_about(each, places.get(each.file, NO_FILE)) for each in said])
            if key := self._keys.get((task.reader.name, part)):
                about = (self._key_within(shown[n], task.reader) for n in named)
                yield _Entry(key, answer, tuple(beside), tuple(about))

    def _key_within(self, excerpt: Excerpt, reader: Reader) -> str:
        """Return the key of a part of `excerpt`, in which all of it counts."""
        own = ((part, key) for (name, part), key in self._keys.items() if name == reader.name)
        return next(key for part, key in own if excerpt.holds(part))

    def _is_steered(self, answered: _Answered) -> bool:
        return answered.is_steered or not self._flagged.isdisjoint(answered.shown)

    def _withdraw(self, store: CacheStore) -> None:
        for key in (key for each in self._answered if self._is_steered(each) for key in each.keys):
            store.remove(key)


def _about(claim: ClaimAnswer, file: int) -> ClaimAnswer:
    """Return the claim as one about the file of this number: in a chunk of one part that is 1."""
    return ClaimAnswer(**{**dict(claim), "file": file})
