"""Which runs count: every readable report once, however often it was given."""

import hashlib
from collections.abc import Hashable, Sequence
from pathlib import Path

from chargehand.core.errors import InputError
from chargehand.core.escaping import one_line
from chargehand.core.usage import Call
from chargehand.core.value import Value
from chargehand.reports.spend.runs import Run, run_of
from chargehand.reports.spend.sources import Found, Unread, find_reports


class Duplicate(Value):
    """A report that tells what `of` told already."""

    name: str
    of: str


class Reading(Value):
    """The runs that count, oldest first; reports left out because they were read already; other files.

    `overlapping` names reports of which only some calls were read already: these were left out, and so were
    the amounts that are about the whole run.
    """

    runs: tuple[Run, ...]
    duplicates: tuple[Duplicate, ...] = ()
    overlapping: tuple[Duplicate, ...] = ()
    unread: tuple[Unread, ...] = ()


def read_runs(paths: Sequence[Path]) -> Reading:
    """Return what the reports under `paths` tell; raise InputError where there is none among them."""
    reader = _Reader()
    for found in find_reports(paths):
        reader.take(found)
    if not reader.runs:
        raise InputError(_nothing(reader.unread))
    return Reading(
        runs=tuple(sorted(reader.runs, key=lambda run: run.started_at)),
        duplicates=tuple(reader.duplicates),
        overlapping=tuple(reader.overlapping),
        unread=tuple(reader.unread),
    )


class _Reader:
    """Remembers which contents and which calls it has seen, and where."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.duplicates: list[Duplicate] = []
        self.overlapping: list[Duplicate] = []
        self.unread: list[Unread] = []
        self._contents: dict[bytes, str] = {}
        self._calls: dict[Hashable, str] = {}

    def take(self, found: Found | Unread) -> None:
        name = one_line(found.name)
        if isinstance(found, Unread):
            self.unread.append(Unread(name=name, reason=one_line(found.reason)))
            return
        digest = hashlib.sha256(found.content).digest()
        if first := self._contents.get(digest):
            self.duplicates.append(Duplicate(name=name, of=first))
            return
        try:
            run = run_of(found.content, name)
        except InputError as error:
            self.unread.append(Unread(name=name, reason=str(error)))
            return
        self._contents[digest] = name
        self._take_run(run)

    def _take_run(self, run: Run) -> None:
        keys = _keys(run)
        known = [key for key in keys if key in self._calls]
        if known and len(known) == len(keys):
            self.duplicates.append(Duplicate(name=run.source, of=self._calls[known[0]]))
            return
        if known:
            self.overlapping.append(Duplicate(name=run.source, of=self._calls[known[0]]))
            run = _without(run, frozenset(known))
        self._calls |= dict.fromkeys(keys, run.source)
        self.runs.append(run)


def _keys(run: Run) -> list[Hashable]:
    """Return the identity of each call that has one; a replayed call is another's and no second one."""
    keys = map(_key, run.calls) if run.is_spent else ()
    return [key for key in keys if key is not None]


def _key(call: Call) -> Hashable | None:
    """Return what no other call shares: a provider's ids are unique, a local server's may begin anew."""
    return (call.request_id, call.task, call.model, call.usage) if call.request_id else None


def _without(run: Run, known: frozenset[Hashable]) -> Run:
    return run.evolve(
        calls=tuple(call for call in run.calls if _key(call) not in known),
        single_pass_usd=None,
        all_orchestrator_usd=None,
        estimate_usd=None,
    )


def _nothing(unread: Sequence[Unread]) -> str:
    if not unread:
        return (
            "nothing was added up: there is no *.json and no *.zip there. "
            "Give the files that `chargehand review --json FILE` wrote."
        )
    first = unread[0]
    more = f", and {len(unread) - 1:,} more" if len(unread) > 1 else ""
    return (
        f"nothing was added up: {first.name!r} was not read ({first.reason}){more}. "
        "Give the files that `chargehand review --json FILE` wrote."
    )
