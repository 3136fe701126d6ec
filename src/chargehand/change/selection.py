"""The ways in which a user can say which change is meant."""

import re
from pathlib import Path

from chargehand.core.plain_value import PlainValue


class FromFile(PlainValue):
    """A diff in a file; a relative path is relative to the place's folder.

    `strip` is how many leading parts to take off each path of the diff; None: what the diff itself shows.
    """

    path: Path
    strip: int | None = None


class FromStdin(PlainValue):
    """A diff on standard input; `strip` as for `FromFile`."""

    strip: int | None = None


class Given(PlainValue):
    """A diff that a program holds, byte for byte.

    `base` and `head` are the commits of the repository that it lies between, if it has them.
    """

    diff: bytes
    base: str | None = None
    head: str | None = None


class Staged(PlainValue):
    """What the next commit would hold: the index against the last commit."""


class Range(PlainValue):
    """The commits of `head` since it left `base` (three dots).

    `base` None is the default branch, `head` None the commit that is checked out.
    """

    base: str | None = None
    head: str | None = None


class Since(PlainValue):
    """What came in on the line of `head` since `since`, a revision or a date, such as `2 days ago`."""

    since: str
    head: str | None = None


class Hook(PlainValue):
    """What pre-commit's hook is about: the range it was given, else what is staged, else whole files."""

    files: tuple[str, ...] = ()


class Automatic(PlainValue):
    """What the CI job or hook is about; else the commits of the current branch."""


Selection = FromFile | FromStdin | Given | Staged | Range | Since | Hook | Automatic

# `A..B` and `A...B`, but no path such as ../x.diff.
_RANGE = re.compile(r"((?!\.)[^:]*?)\.{2,3}((?![./]).*)?")


def range_in(text: str) -> Range | None:
    """Return the range that a text names, None if it names none; an end that is left out is HEAD."""
    ends = _RANGE.fullmatch(text)
    return Range(base=ends[1] or "HEAD", head=ends[2] or "HEAD") if ends and any(ends.groups()) else None
