"""What a judge sees of the lines that a claim cites and of those round them, each with a mark of ours."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from chargehand.core.diff import Diff, Hunk, Line
from chargehand.core.escaping import printable
from chargehand.core.finding import Finding

CITED, ROUND = ">", ":"
# So many lines before and after the cited ones, and fewer if they are long.
_AROUND = (5, 3, 1)
LONGEST = 1500
_LONGEST_LINE = 200


class Surroundings(NamedTuple):
    """Where the lines round a claim are found: the masked diff, and what else is hidden in it."""

    diff: Diff
    mask: Callable[[str], str] | None = None

    def shown(self, finding: Finding) -> str:
        """Return the cited lines among those round them; empty if the diff does not show the place."""
        lines = next(filter(None, map(_cited_in(finding), self._hunks(finding))), None)
        if lines is None:
            return ""
        texts = (_joined(self._marked(lines, around)) for around in _AROUND)
        return next((text for text in texts if len(text) <= LONGEST), "")

    def _hunks(self, finding: Finding) -> Iterator[Hunk]:
        files = (file for file in self.diff.files if file.path == finding.path)
        return (hunk for file in files for hunk in file.hunks)

    def _marked(self, lines: "_Cited", around: int) -> Iterator[str]:
        first, last = lines.cited.start - around, lines.cited.stop + around
        for index in range(max(first, 0), min(last, len(lines.every))):
            line = lines.every[index]
            yield marked(line.text, line.kind, is_cited=index in lines.cited, mask=self.mask)


def marked(text: str, kind: str, *, is_cited: bool, mask: Callable[[str], str] | None = None) -> str:
    """Return one line of the change as a judge sees it: no text can pose as another line of the prompt."""
    shown = printable(mask(text) if mask else text)[:_LONGEST_LINE].replace("\n", " ")
    return f"{CITED if is_cited else ROUND}{kind}{shown}"


class _Cited(NamedTuple):
    """All lines of a hunk, and the places of the cited ones among them."""

    every: Sequence[Line]
    cited: range


def _cited_in(finding: Finding) -> Callable[[Hunk], _Cited | None]:
    def found(hunk: Hunk) -> _Cited | None:
        if not _may_hold(hunk, finding):
            return None
        every = list(hunk.lines())
        places = [place for place, line in enumerate(every) if _is_cited(line, finding)]
        return _Cited(every, range(places[0], places[-1] + 1)) if places else None

    return found


def _may_hold(hunk: Hunk, finding: Finding) -> bool:
    """Tell whether the cited lines are within the hunk's numbers; so few hunks are taken apart."""
    if finding.old_line is not None:
        return hunk.old_start <= finding.old_line < hunk.old_start + hunk.old_count
    first = finding.start_line
    return first is not None and hunk.new_start <= first < hunk.new_start + hunk.new_count


def _is_cited(line: Line, finding: Finding) -> bool:
    if finding.old_line is not None:
        return line.kind == "-" and line.old_number == finding.old_line
    if line.new_number is None or finding.start_line is None or finding.end_line is None:
        return False
    return finding.start_line <= line.new_number <= finding.end_line


def _joined(lines: Iterator[str]) -> str:
    return "\n".join(lines)
