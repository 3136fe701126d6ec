"""Where a comment stands, in GitLab's words: commits, paths, and numbers that depend on the line."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from chargehand.forges.comment import Place
from chargehand.forges.gitlab.answers import FileOfVersion, Version

Json = dict[str, Any]  # Any: what json writes

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


class Code(NamedTuple):
    """The numbers of a line's code: how far both sides have got, so a new line has an old number, too."""

    old: int
    new: int


class Lines(NamedTuple):
    """The codes of a file's lines, by the number that names them on their own side."""

    by_new: Mapping[int, Code]
    by_old: Mapping[int, Code]


def position(place: Place, version: Version, lines: Lines | None) -> Json:
    """Return what to send; `lines` are those of GitLab's own diff, without which a range is its last line.

    https://docs.gitlab.com/api/discussions/#create-a-merge-request-thread
    """
    common = {
        "base_sha": version.base_commit_sha,
        "start_sha": version.start_commit_sha,
        "head_sha": version.head_commit_sha,
        "old_path": place.old_path,
        "new_path": place.path,
    }
    if place.is_whole_file:
        return {**common, "position_type": "file"}
    last = _numbers(place, place.old_end_line, place.end_line)
    return {**common, "position_type": "text", **last, **_range(place, lines)}


def is_range(place: Place) -> bool:
    """Tell whether the comment is about more than one line."""
    return (place.old_start_line, place.start_line) != (place.old_end_line, place.end_line)


def lines_of(path: str, files: Sequence[FileOfVersion]) -> Lines | None:
    """Return the lines of a file that GitLab shows, None if it shows none, because the diff is too large."""
    diff = next((file.diff for file in files if file.new_path == path), "")
    by_new: dict[int, Code] = {}
    by_old: dict[int, Code] = {}
    old = new = 0
    for line in diff.split("\n"):
        if match := _HUNK.match(line):
            old, new = int(match[1]), int(match[2])
        elif line[:1] in ("+", "-", " "):
            code = Code(old, new)
            if line[0] != "-":
                by_new[new] = code
                new += 1
            if line[0] != "+":
                by_old[old] = code
                old += 1
    return Lines(by_new, by_old) if by_new or by_old else None


def _numbers(place: Place, old: int | None, new: int | None) -> Json:
    """Return what names a line: both numbers if it was kept, else the one of its own side."""
    numbers = {"old_line": old, "new_line": None if place.is_removed else new}
    return {name: number for name, number in numbers.items() if number is not None}


def _range(place: Place, lines: Lines | None) -> Json:
    """Return the two ends, named by line codes: nothing else names a range."""
    if lines is None or not is_range(place):
        return {}
    ends = (
        ("start", place.old_start_line, place.start_line),
        ("end", place.old_end_line, place.end_line),
    )
    named = {}
    for name, old, new in ends:
        code = lines.by_old.get(old or 0) if place.is_removed else lines.by_new.get(new or 0)
        if code is None:
            return {}
        # GitLab documents `old` for a kept line, but shows the number of the side that is named here.
        kind = "old" if place.is_removed else "new"
        named[name] = {"line_code": _code(place.path, code), "type": kind, **_numbers(place, old, new)}
    return {"line_range": named}


def _code(path: str, code: Code) -> str:
    digest = hashlib.sha1(path.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()
    return f"{digest}_{code.old}_{code.new}"
