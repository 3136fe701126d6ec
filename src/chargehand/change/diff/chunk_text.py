"""How the parts of a diff look in a request.

In a request, the first character of a line says what the line is:

    [1] src/a.py (modified)          a file, with its number
    @@ def area(width, height):      a hunk, with git's guess at what stands around it
    11     if width < 0:             a kept line: its new-side number, then a blank
    -        return None             a removed line: it has no number any more
    12+        raise ValueError      an added line: its new-side number, then a plus
    13>            total += 1        a line that moved to the right with its block, or (`<`) to the left

Nothing from the change can begin a line: every line of it has one of these in front, and what other
programs take for a line break (CR, form feed, U+2028 and their like) is shown as an escape. So text in
a diff can neither imitate a file or a hunk, nor close the fence or tag that a prompt puts around it.
"""

from collections.abc import Callable, Iterator

from chargehand.change.diff.reindented import marks
from chargehand.core.diff import FileDiff, Hunk, Line
from chargehand.core.escaping import one_line, printable

# A size in tokens. It may not find a whole larger than the sum of its parts.
Measure = Callable[[str], int]

# A file's number is measured as if it had this many digits: it is known only when the chunk is full.
WIDEST_NUMBER = 99_999

_KINDS = {"120000": "symbolic link", "160000": "submodule"}
_EXECUTABLE = "100755"
_MODE_LENGTH = 20


def file_line(number: int, file: FileDiff) -> str:
    """Return the line that opens a file, under its number in the request."""
    return f"[{number}] {one_line(file.path)} ({describe(file)})\n"


def describe(file: FileDiff) -> str:
    """Return what happened to a file as far as no line of it says that."""
    is_moved = file.status in {"renamed", "copied"} and file.old_path
    first = f"{file.status} from {one_line(file.old_path or '')}" if is_moved else file.status
    return ", ".join(filter(None, (first, *_facts(file))))


def _facts(file: FileDiff) -> Iterator[str]:
    old, new = (one_line(mode)[:_MODE_LENGTH] for mode in file.modes)
    kinds = [kind for mode, kind in _KINDS.items() if mode in file.modes]
    yield from kinds
    if old and new and old != new:
        yield f"mode {old} to {new}"
    elif new == _EXECUTABLE and file.status == "added":
        yield "executable"
    if file.note:
        yield f"submodule {file.note}"
    if file.is_announced:
        yield f"its {file.removed:,} lines are not shown"
    elif not file.hunks and file.status in {"added", "deleted"}:
        yield "empty"


def hunk_text(hunk: Hunk) -> str:
    """Return a hunk: its heading, and its lines; those of a re-indented block once."""
    lines = "".join(_lines(hunk))
    if lines.count("\r\n") == lines.count("\n"):  # a file that ends its lines so everywhere: not worth tokens
        lines = lines.replace("\r\n", "\n")
    return section_line(hunk) + printable(lines)


def _lines(hunk: Hunk) -> Iterator[str]:
    marked = marks(hunk)
    for at, line in enumerate(hunk.lines()):
        mark = marked.get(at)
        if mark is None:
            yield line_text(line)
        elif mark:
            yield f"{line.new_number}{mark}{line.text}\n"


def section_line(hunk: Hunk) -> str:
    """Return the heading of a hunk."""
    return f"@@ {one_line(hunk.section)}".rstrip() + "\n"


def line_text(line: Line) -> str:
    """Return a line with what says which one it is."""
    return f"-{line.text}\n" if line.new_number is None else f"{line.new_number}{line.kind}{line.text}\n"
