"""A diff: the files of a change, their hunks and lines, and why a file is not reviewed."""

from collections.abc import Iterator
from enum import Enum
from typing import Literal, NamedTuple

from chargehand.core.value import Value

Status = Literal["added", "modified", "deleted", "renamed", "copied", "mode"]
LineKind = Literal["+", "-", " "]


class Line(NamedTuple):
    """One line of a hunk; `text` has no newline and may hold surrogate escapes for undecodable bytes."""

    kind: LineKind
    old_number: int | None
    new_number: int | None
    text: str


class Hunk(Value):
    """One hunk; `body` is its lines, each with its `+`, `-` or blank prefix, joined by LF.

    Lines are not stored one by one: a million of them would cost a gigabyte.
    """

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: str
    body: str

    def lines(self) -> Iterator[Line]:
        """Yield the lines with their numbers on both sides, from 1."""
        old, new = self.old_start, self.new_start
        for raw in self.body.split("\n") if self.body else ():
            match raw[:1]:
                case "+":
                    yield Line("+", None, new, raw[1:])
                    new += 1
                case "-":
                    yield Line("-", old, None, raw[1:])
                    old += 1
                case _:
                    yield Line(" ", old, new, raw[1:])
                    old, new = old + 1, new + 1


class SkipReason(str, Enum):
    """Why a file is not reviewed."""

    BINARY = "binary"
    DELETED = "deleted"
    NO_CONTENT = "no-content"
    CONTENT_MISSING = "content-missing"
    SUBMODULE = "submodule"
    SYMLINK = "symlink"
    MERGE = "merge-diff"
    DAMAGED = "damaged"
    UNSAFE_PATH = "unsafe-path"
    LOCK_FILE = "lock-file"
    GENERATED = "generated"
    VENDORED = "vendored"
    MINIFIED = "minified"
    TOO_LONG = "too-long"
    IGNORED = "ignored"

    @property
    def is_unreadable(self) -> bool:
        """Tell a file that could not be read, which is a gap, from one that nobody wanted read."""
        return self in _UNREADABLE


_UNREADABLE = frozenset(
    {SkipReason.CONTENT_MISSING, SkipReason.MERGE, SkipReason.DAMAGED, SkipReason.UNSAFE_PATH}
)


class Skip(Value):
    """Why one file is not reviewed; `detail` is a sentence for the reader, without the path."""

    reason: SkipReason
    detail: str


class FileDiff(Value):
    """One file of a diff.

    Paths are relative to the repository root with `/`; undecodable bytes are surrogate escapes.
    `added` and `removed` count lines and are 0 where the text has none to count. `modes` are git's, before
    and after, empty if the diff does not say them.
    `hunks` is empty where `skip` says why nothing could be read.
    """

    path: str
    old_path: str | None = None
    status: Status
    added: int = 0
    removed: int = 0
    modes: tuple[str, str] = ("", "")
    hunks: tuple[Hunk, ...] = ()
    skip: Skip | None = None

    def lines(self) -> Iterator[Line]:
        """Yield all lines of all hunks, in order."""
        for hunk in self.hunks:
            yield from hunk.lines()


class Diff(Value):
    """All files of a change in the order of the input; `notices` say what was normalised on the way."""

    files: tuple[FileDiff, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def reviewable(self) -> tuple[FileDiff, ...]:
        """The files that are reviewed."""
        return tuple(file for file in self.files if file.skip is None)

    @property
    def skipped(self) -> tuple[FileDiff, ...]:
        """The files that are not reviewed, each with its reason."""
        return tuple(file for file in self.files if file.skip is not None)
