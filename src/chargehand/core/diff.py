"""A diff: the files of a change, their hunks and lines, and why a file is not reviewed."""

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Literal, NamedTuple

from chargehand.core.context import NO_CONTEXT, Context
from chargehand.core.plain_value import PlainValue

Status = Literal["added", "modified", "deleted", "renamed", "copied", "mode"]
LineKind = Literal["+", "-", " "]

# git cuts the line that it shows after `@@` here.
HEADING_LENGTH = 60


class Line(NamedTuple):
    """One line of a hunk; `text` has no newline and may hold surrogate escapes for undecodable bytes."""

    kind: LineKind
    old_number: int | None
    new_number: int | None
    text: str


class Hunk(PlainValue):
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

    @property
    def changed(self) -> int:
        """How many lines are added or removed."""
        return sum(raw.startswith(("+", "-")) for raw in self.body.split("\n"))


def is_heading(text: str) -> bool:
    """Tell whether git would show a line after the `@@` of what stands below: it begins with a letter."""
    return text[:1].isalpha() or text[:1] in {"_", "$"}


class TimedHunk(Hunk):
    """A hunk for a walk that ends with the time: `step` raises then, and is told of each line."""

    step: Callable[[int], None]

    def lines(self) -> Iterator[Line]:
        """Yield the lines as long as there is time."""
        for line in super().lines():
            self.step(1)
            yield line


class SkipReason(str, Enum):
    """What a file is that is not reviewed."""

    BINARY = "binary"
    CONTENT_MISSING = "content-missing"
    MERGE = "merge-diff"
    DAMAGED = "damaged"
    UNSAFE_PATH = "unsafe-path"
    LFS = "lfs"
    LOCK_FILE = "lock-file"
    GENERATED = "generated"
    VENDORED = "vendored"
    MINIFIED = "minified"
    TOO_LONG = "too-long"
    NEVER_SENT = "never-sent"
    IGNORED = "ignored"


class Authority(str, Enum):
    """By whose word a file is not reviewed."""

    CONFIGURATION = "configuration"  # a pattern of the target branch's configuration
    ATTRIBUTES = "attributes"  # the target branch's .gitattributes
    BASE = "base"  # its path was such a file before the change already
    MANIFEST = "manifest"  # the manifest of a package manager vouches for it
    CONTENT = "content"  # there is nothing in it to read, and its own bytes show that
    NAME = "name"  # its name alone: no repository is there that could vouch for it
    NOBODY = "nobody"  # a gap


class Skip(PlainValue):
    """Why one file is not reviewed; `detail` is a sentence for the reader, without the path."""

    reason: SkipReason
    by: Authority
    detail: str

    @property
    def is_gap(self) -> bool:
        """Tell what nobody wanted left out, or could not be read."""
        return self.by is Authority.NOBODY


class FileDiff(PlainValue):
    """One file of a diff.

    Paths are relative to the repository root with `/`; undecodable bytes are surrogate escapes.
    `added` and `removed` count lines and are 0 if the text has none to count. `modes` are git's, before and
    after, empty if the diff does not say them. `note` is what else is to know of it, such as a submodule's
    commits. A file that is skipped keeps its hunks if they could be read: the free checks look at them.
    """

    path: str
    old_path: str | None = None
    status: Status
    added: int = 0
    removed: int = 0
    modes: tuple[str, str] = ("", "")
    note: str = ""
    hunks: tuple[Hunk, ...] = ()
    skip: Skip | None = None

    def lines(self) -> Iterator[Line]:
        """Yield all lines of all hunks, in order."""
        for hunk in self.hunks:
            yield from hunk.lines()

    @property
    def is_announced(self) -> bool:
        """Tell a deleted text of so many lines that only their number is shown."""
        return self.skip is None and self.status == "deleted" and self.removed > 0 and not self.hunks


class Diff(PlainValue):
    """All files of a change in the order of the input; `notices` say what was normalised on the way.

    `announced` are sentences about what the change does to later reviews, or what of it only its name tells.
    `hints` are for whoever runs us, about this machine, and stand in no report. `context` is what models may
    be shown beside it.
    """

    files: tuple[FileDiff, ...] = ()
    notices: tuple[str, ...] = ()
    announced: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    context: Context = NO_CONTEXT

    @property
    def reviewable(self) -> tuple[FileDiff, ...]:
        """The files that are reviewed."""
        return tuple(file for file in self.files if file.skip is None)

    @property
    def counted(self) -> tuple[FileDiff, ...]:
        """The files as git counts them: one that becomes a link has two entries in the diff, and is one."""
        entries: dict[str, list[FileDiff]] = {}
        for file in self.files:
            entries.setdefault(file.path, []).append(file)
        return tuple(_one(group) for group in entries.values())

    @property
    def skipped(self) -> tuple[FileDiff, ...]:
        """The files that are not reviewed, each with its reason."""
        return tuple(file for file in self.files if file.skip is not None)


def _one(entries: list[FileDiff]) -> FileDiff:
    """Return the entries of one path as one file, with all lines counted and none held."""
    first = entries[0]
    if len(entries) == 1:
        return first
    statuses = {entry.status for entry in entries}
    return first.evolve(
        status=first.status if len(statuses) == 1 else "modified",
        added=sum(entry.added for entry in entries),
        removed=sum(entry.removed for entry in entries),
        modes=(first.modes[0], entries[-1].modes[1]),
        hunks=(),
        skip=next((entry.skip for entry in entries if entry.skip and entry.skip.is_gap), first.skip),
    )
