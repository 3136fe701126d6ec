"""Says what a change does to later reviews, and what of it only its name tells."""

from collections.abc import Iterator, Sequence

from chargehand.change.diff.generated import kind_of
from chargehand.change.diff.markers import is_marker
from chargehand.core.diff import Diff, FileDiff, Line
from chargehand.core.escaping import one_line

_TOP_LINES = 60
_MOST_NAMED = 5


def announcements(diff: Diff) -> tuple[str, ...]:
    """Return a sentence for each way in which files of `diff` escape a reader, now or from the merge on."""
    read = [file for file in diff.files if file.skip is None]
    sentences = (
        (
            "was deleted: the number of its lines is shown, not the lines.",
            [f for f in read if f.is_announced],
        ),
        (
            "is read now and left out from the merge on: a comment that the change adds calls it generated.",
            [file for file in read if _gains_marker(file)],
        ),
        (
            "is read now and left out from the merge on: programs write files of its new name.",
            [file for file in read if _gains_name(file)],
        ),
    )
    return tuple(f"{_names(files)} {said}" for said, files in sentences if files)


def _gains_marker(file: FileDiff) -> bool:
    return any(line.kind == "+" and is_marker(line.text) for line in _top(file))


def _top(file: FileDiff) -> Iterator[Line]:
    for line in file.lines():
        if (line.new_number or 0) > _TOP_LINES:
            return
        yield line


def _gains_name(file: FileDiff) -> bool:
    is_new = file.status in {"added", "renamed", "copied"}
    return is_new and bool(file.hunks or file.old_path) and kind_of(file.path) is not None


def _names(files: Sequence[FileDiff]) -> str:
    names = list(dict.fromkeys(one_line(file.path) for file in files))
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
