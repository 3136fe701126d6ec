"""Diffs made from two texts, so that a test shows a file and not a hunk."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from chargehand.core.diff import Diff, FileDiff, Hunk, Status


def changed(
    path: str,
    old: Sequence[str],
    new: Sequence[str],
    *,
    status: Status = "modified",
    old_path: str | None = None,
    section: str = "",
    context: int = 3,
) -> FileDiff:
    """Return the file whose lines went from `old` to `new`."""
    hunks = tuple(_hunks(old, new, section, context))
    lines = [line.kind for hunk in hunks for line in hunk.lines()]
    return FileDiff(
        path=path,
        old_path=old_path,
        status=status,
        added=lines.count("+"),
        removed=lines.count("-"),
        hunks=hunks,
    )


def added(path: str, *lines: str) -> FileDiff:
    """Return a new file."""
    return changed(path, (), lines, status="added")


def diff_of(*files: FileDiff) -> Diff:
    """Return the diff of these files."""
    return Diff(files=files)


def body_of(file: FileDiff) -> list[str]:
    """Return the lines of all hunks as a unified diff has them."""
    return [line.kind + line.text for line in file.lines()]


def numbers_of(file: FileDiff) -> list[tuple[int | None, int | None, str]]:
    """Return old number, new number and text of every line."""
    return [(line.old_number, line.new_number, line.text) for line in file.lines()]


def _hunks(old: Sequence[str], new: Sequence[str], section: str, context: int) -> Iterator[Hunk]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if old == new:
        return
    # SequenceMatcher calls zero lines of context one.
    groups = matcher.get_grouped_opcodes(context) if context else _changes_only(matcher)
    for group in groups:
        body: list[str] = []
        for tag, old_first, old_end, new_first, new_end in group:
            if tag == "equal":
                body += [f" {line}" for line in old[old_first:old_end]]
                continue
            body += [f"-{line}" for line in old[old_first:old_end]]
            body += [f"+{line}" for line in new[new_first:new_end]]
        old_first, new_first = group[0][1], group[0][3]
        old_count, new_count = group[-1][2] - old_first, group[-1][4] - new_first
        yield Hunk(
            old_start=old_first + (old_count > 0),
            old_count=old_count,
            new_start=new_first + (new_count > 0),
            new_count=new_count,
            section=section,
            body="\n".join(body),
        )


def _changes_only(
    matcher: "SequenceMatcher[str]",
) -> Iterator[list[tuple[str, int, int, int, int]]]:
    for opcode in matcher.get_opcodes():
        if opcode[0] != "equal":
            yield [opcode]
