"""What a worker is told of other tools: what they say of the lines that its task answers for."""

from collections.abc import Iterator, Sequence

from chargehand.change.diff.chunks import files_behind
from chargehand.core.diff import Diff
from chargehand.core.escaping import one_line
from chargehand.core.finding import Finding, by_place
from chargehand.core.plan import Task

MOST_TOLD, TITLE_LENGTH = 20, 120


def reported_to(task: Task, diff: Diff, reported: Sequence[Finding]) -> str:
    """Return a line for each finding there, the gravest if they are many; empty if there is none."""
    if not reported:
        return ""
    spans = list(_spans(task, diff))
    there = [each for each in reported if any(_lies_in(each, *span) for span in spans)]
    gravest = sorted(there, key=lambda each: each.severity.rank)[:MOST_TOLD]
    return "\n".join(map(_told, sorted(gravest, key=by_place)))


def _spans(task: Task, diff: Diff) -> Iterator[tuple[str, int, int]]:
    """Yield the new lines of each hunk that the task answers for; a file's first part has line 0, too."""
    held = dict(files_behind(task.chunk, diff))
    for part in task.parts:
        file = next(file for excerpt, file in held.items() if excerpt.holds(part))
        for number, hunk in enumerate(file.hunks[part.first : part.last + 1], part.first):
            yield part.path, hunk.new_start if number else 0, hunk.new_start + hunk.new_count


def _lies_in(finding: Finding, path: str, start: int, end: int) -> bool:
    return finding.path == path and start <= (finding.line or 0) < max(end, 1)


def _told(finding: Finding) -> str:
    place = f"{finding.path}:{finding.line}" if finding.line else finding.path
    return f"{one_line(place)} {finding.rule}: {one_line(finding.title)[:TITLE_LENGTH]}"
