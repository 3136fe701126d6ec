"""Which runs count: every readable report once, however often it was given."""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from chargehand.core.errors import InputError
from chargehand.core.escaping import one_line
from chargehand.core.usage import Call
from chargehand.core.value import Value
from chargehand.reports.spend.runs import Run, run_of

_MB = 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


class Limits(Value):
    """How much is read: of one report, of all reports in one archive, and how many of them."""

    report_bytes: int = 64 * _MB
    archive_bytes: int = 1024 * _MB
    members: int = 20_000


class Found(NamedTuple):
    """A file's content, and its name for the reader: `FILE`, or `ARCHIVE!MEMBER`."""

    name: str
    content: bytes


class Unread(Value):
    """A file that was not taken for a report, and why not."""

    name: str
    reason: str


_LIMITS = Limits()


class Duplicate(Value):
    """A report that says what `of` says already."""

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
    """Return what the reports under `paths` tell; raise InputError if there is none among them."""
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
            "Nothing was added up: there is no *.json and no *.zip there. "
            "Give the files that `chargehand review --json FILE` wrote."
        )
    first = unread[0]
    more = f", and {len(unread) - 1:,} more" if len(unread) > 1 else ""
    return (
        f"Nothing was added up: {first.name!r} was not read ({first.reason}){more}. "
        "Give the files that `chargehand review --json FILE` wrote."
    )


def find_reports(paths: Sequence[Path], limits: Limits = _LIMITS) -> Iterator[Found | Unread]:
    """Yield what may be a report, in the order of `paths`: each file, and the *.json of folders and archives.

    Nothing is written to disk. What is too large, damaged or not there comes as `Unread`.
    """
    for path in paths:
        for file in _files_under(path) if path.is_dir() else [path]:
            yield from _from_file(file, limits)


def _files_under(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            file = Path(parent, name)
            if name.lower().endswith((".json", ".zip")) and file.is_file():
                yield file


def _from_file(path: Path, limits: Limits) -> Iterator[Found | Unread]:
    try:
        with path.open("rb") as file:
            if zipfile.is_zipfile(file):
                yield from _from_archive(file, str(path), limits)
                return
            file.seek(0)
            yield Found(name=str(path), content=_bounded(file, limits.report_bytes))
    except InputError as error:
        yield Unread(name=str(path), reason=str(error))
    except OSError as error:
        yield Unread(name=str(path), reason=error.strerror or "it cannot be read")


def _from_archive(file: IO[bytes], name: str, limits: Limits) -> Iterator[Found | Unread]:
    left = limits.archive_bytes
    try:
        with zipfile.ZipFile(file) as archive:
            members = [info for info in archive.infolist() if info.filename.lower().endswith(".json")]
            for info in members[: limits.members]:
                room = min(left, limits.report_bytes)
                found = _from_member(archive, info, f"{name}!{info.filename}", room)
                left -= len(found.content) if isinstance(found, Found) else 0
                yield found
    except _DAMAGED:
        yield Unread(name=name, reason="it is not an archive that can be read")
        return
    if not members:
        yield Unread(name=name, reason="it holds no JSON file")
    if len(members) > limits.members:
        yield Unread(
            name=name, reason=f"only {limits.members:,} of its {len(members):,} JSON files were read"
        )


def _from_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, limit: int) -> Found | Unread:
    """Read one member; the size that its header claims counts for nothing."""
    try:
        with archive.open(info) as member:
            return Found(name=name, content=_bounded(member, limit))
    except InputError as error:
        return Unread(name=name, reason=str(error))
    except _DAMAGED:
        return Unread(name=name, reason="it is damaged, encrypted or packed in a way that is not known")


def _bounded(file: IO[bytes], limit: int) -> bytes:
    content = file.read(limit + 1)
    if len(content) > limit:
        raise InputError(f"it is larger than the {limit:,} bytes that are read of a report")
    return content
