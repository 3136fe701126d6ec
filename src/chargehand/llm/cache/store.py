"""Where answers stay between runs: a file for each in a folder, sealed, and not for ever."""

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import ValidationError

from chargehand import __version__
from chargehand.core.errors import InputError
from chargehand.core.files import check_space, is_sealed, read_plainly, refuse_links, seal_of, write_whole
from chargehand.core.value import Value

if TYPE_CHECKING:
    from typing_extensions import Self  # typing has it from Python 3.11 on

FOLDER = "chargehand-cache-1"
KEPT_DAYS = 30
KEPT_BYTES = 100_000_000
LARGEST_BYTES = 1_000_000

_DAY_S = 24 * 60 * 60
_OURS = re.compile(r"[0-9a-f]{64}\.json|\.[0-9a-z_-]+\.tmp")


class Kept(Value):
    """What a file holds; `chargehand_cache` is the version of the format."""

    chargehand_cache: Literal[1]
    key: str
    seal: str
    value: str


class Room(NamedTuple):
    """How long what nobody uses stays, and in how much room."""

    days: int = KEPT_DAYS
    most_bytes: int = KEPT_BYTES


USUAL_ROOM = Room()


def key_of(kind: str, *parts: object) -> str:
    """Return the name of an answer: the hash of its kind, of what it depends on, and of our version."""
    return hashlib.sha256(json.dumps((__version__, kind, *parts)).encode()).hexdigest()


class CacheStore:
    """Keeps texts by key, in a folder of its own below the one that the user names.

    Safe for threads and for processes that share the folder: a file appears whole, and the last writer
    of a key wins. What is damaged, sealed with another `secret`, too large or no plain file counts as
    absent. A text that cannot be written is not kept; `complaint` then says why.
    """

    def __init__(
        self, folder: Path, secret: str, clock: Callable[[], float] = time.time, room: Room = USUAL_ROOM
    ) -> None:
        self._folder = folder
        self._secret = secret
        self._clock = clock
        self._room = room
        self.complaint = ""

    @classmethod
    def below(cls, path: Path, secret: str, room: Room = USUAL_ROOM) -> "CacheStore":
        """Return the store below `path`, made if it is missing.

        Raises InputError, before anything is spent, if it could not be written.
        """
        folder = path / FOLDER
        try:
            refuse_links(path)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.is_symlink():
                raise InputError(
                    f"Nothing was reviewed: {folder} is a link. Remove it, or name another --cache."
                )
            folder.chmod(0o700)
            _keep_out_of_commits(folder)
            check_space(folder)
        except OSError as error:
            raise InputError(
                f"Nothing was reviewed: the cache {path} cannot be written ({error.strerror}). "
                "Name a folder that is writable, or run without --cache."
            ) from error
        return cls(folder, secret, room=room)

    def __enter__(self) -> "Self":
        return self

    def __exit__(self, *_error: object) -> None:
        self.trim()

    def get(self, key: str) -> str | None:
        """Return the text that was kept under `key`, None if there is none that can be trusted."""
        path = self._path(key)
        try:
            kept = Kept.model_validate_json(read_plainly(path, LARGEST_BYTES))
        except (OSError, ValidationError):
            return None
        is_ours = kept.key == key and is_sealed(_sealed(key, kept.value), kept.seal, self._secret)
        if not is_ours:
            return None
        with suppress(OSError):  # it was used: it stays
            os.utime(path, (self._clock(), self._clock()))
        return kept.value

    def put(self, key: str, value: str) -> None:
        """Keep `value` under `key`."""
        seal = seal_of(_sealed(key, value), self._secret)
        kept = Kept(chargehand_cache=1, key=key, seal=seal, value=value)
        text = json.dumps(kept.model_dump())
        if len(text) > LARGEST_BYTES:
            return
        try:
            write_whole(self._path(key), text, is_private=True)
        except OSError as error:
            self.complaint = f"Not every answer could be kept in the cache ({error.strerror})."

    def remove(self, key: str) -> None:
        """Forget what is kept under `key`."""
        with suppress(OSError):  # nothing was kept, or the folder is read-only by now
            self._path(key).unlink()

    def trim(self) -> None:
        """Remove what was not used for so many days, then what was used longest ago, until the rest fits."""
        room = self._room.most_bytes
        for used_at, size, path in sorted(self._files(), reverse=True):
            room -= size
            if room < 0 or used_at < self._clock() - self._room.days * _DAY_S:
                with suppress(OSError):  # another process was faster
                    path.unlink()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        with suppress(OSError), os.scandir(self._folder) as found:
            for entry in found:
                if _OURS.fullmatch(entry.name):
                    about = entry.stat(follow_symlinks=False)
                    yield about.st_mtime, about.st_size, Path(entry.path)


def _keep_out_of_commits(folder: Path) -> None:
    """Have git pass over the folder, since replies quote code. What is there, be it a link, is left alone."""
    with suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="ascii") as file:
        file.write("*\n")


def _sealed(key: str, value: str) -> str:
    """Return what is sealed: an answer under its own key, so that none can be moved to another."""
    return f"chargehand cache\n{key}\n{value}"
