"""Where reports are found: in files, in folders, and in the zip archives that CI keeps artifacts in."""

import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from chargehand.core.errors import InputError
from chargehand.core.value import Value

_MB = 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


class Limits(Value):
    """How much is read: of one report, of all reports in one archive, and how many of them."""

    report_bytes: int = 64 * _MB
    archive_bytes: int = 1024 * _MB
    members: int = 20_000


class Found(Value):
    """A file's content, and its name for the reader: `FILE`, or `ARCHIVE!MEMBER`."""

    name: str
    content: bytes


class Unread(Value):
    """A file that was not taken for a report, and why not."""

    name: str
    reason: str


_LIMITS = Limits()


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
        yield Unread(name=name, reason="it is no archive that can be read")
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
        raise InputError(f"it is larger than the {limit:,} bytes that are read of it")
    return content
