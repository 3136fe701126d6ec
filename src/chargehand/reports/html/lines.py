"""Decides which lines stand beside a finding: those that it cites, and a few round them.

What a model alone calls a secret is masked in what findings cite, but not in the diff. If there is such a
finding, no line is shown that none cites.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count, groupby
from textwrap import dedent
from typing import Literal, NamedTuple

from chargehand.core.counting import count as counted
from chargehand.core.diff import FileDiff, Line, LineKind
from chargehand.core.finding import Finding
from chargehand.core.review import Review

AROUND, CITED_SHOWN, REMOVED_SHOWN, WIDTH = 3, 30, 6, 300


class Row(NamedTuple):
    """A line beside a finding; `number` is empty if it has none now, `kind` if nobody knows it.

    A row of the kind `…` is a sentence of ours about lines that are not shown.
    """

    number: str
    kind: LineKind | Literal["", "…"]
    text: str
    is_cited: bool


class Near(NamedTuple):
    """A line of the diff close to a finding; `at` is its number, or that of the next line that has one.

    `hunk` is the number of its file in the diff, and of its hunk in the file: a path can have two entries.
    """

    hunk: tuple[int, int]
    at: int
    line: Line


Nearby = Mapping[str, Sequence[Near]]


def nearby(review: Review) -> Nearby:
    """Return the lines close to findings, by path."""
    findings = (*review.findings, *(each.finding for each in review.dismissed))
    if any(each.calls_secret for each in findings):
        return {}
    wanted: dict[str, set[int]] = {}
    for each in review.findings:
        wanted.setdefault(each.path, set()).update(_window(each))
    lines: dict[str, list[Near]] = {}
    for number, file in enumerate(review.diff.files):
        if wanted.get(file.path):
            lines.setdefault(file.path, []).extend(_near(number, file, wanted[file.path]))
    return lines


def rows(finding: Finding, near: Nearby) -> tuple[Row, ...]:
    """Return the lines that stand beside a finding, indented as little as can be."""
    cited = tuple(_cited(finding))
    shown = (_with_those_around(finding, near.get(finding.path, ())) or cited) if cited else ()
    hidden = finding.code.count("\n") + 1 - len(cited)
    return (*_dedented(shown), *(_left_out(hidden, "line") if cited and hidden > 0 else ()))


def _window(finding: Finding) -> range:
    if finding.start_line is None or finding.end_line is None or finding.old_line is not None:
        return range(0)
    last = min(finding.end_line, finding.start_line + CITED_SHOWN - 1)
    return range(finding.start_line - AROUND, last + AROUND + 1)


def _near(number: int, file: FileDiff, wanted: set[int]) -> Iterator[Near]:
    for index, hunk in enumerate(file.hunks):
        at = hunk.new_start
        for line in hunk.lines():
            if at in wanted:
                yield Near((number, index), at, line)
            at += line.new_number is not None


def _cited(finding: Finding) -> Iterator[Row]:
    if not finding.code.strip():
        return
    numbers = map(str, count(finding.start_line)) if finding.start_line and finding.old_line is None else None
    kind: Literal["", "-"] = "" if finding.old_line is None else "-"
    for text in finding.code.split("\n")[:CITED_SHOWN]:
        yield Row(next(numbers) if numbers else "", kind, text, is_cited=True)


def _with_those_around(finding: Finding, near: Sequence[Near]) -> tuple[Row, ...]:
    """Return the lines of the hunk round the finding; none if that has not the very lines that it cites."""
    window = _window(finding)
    cited = range(window.start + AROUND, window.stop - AROUND)
    for _, group in groupby(near, key=lambda each: each.hunk):
        lines = [each for each in group if each.at in window]
        said = [each.line.text for each in lines if each.line.new_number in cited]
        if said and said == finding.code.split("\n")[:CITED_SHOWN]:
            return tuple(_numbered(lines, cited))
    return ()


def _numbered(lines: Sequence[Near], cited: range) -> Iterator[Row]:
    for is_removed, group in groupby(lines, key=lambda each: each.line.kind == "-"):
        run = [each.line for each in group]
        for line in run[:REMOVED_SHOWN] if is_removed else run:
            yield Row(str(line.new_number or ""), line.kind, line.text, line.new_number in cited)
        if is_removed and len(run) > REMOVED_SHOWN:
            yield from _left_out(len(run) - REMOVED_SHOWN, "removed line")


def _left_out(number: int, noun: str) -> Iterator[Row]:
    yield Row("", "…", f"… {counted(number, f'more {noun}')}", is_cited=False)


def _dedented(shown: Sequence[Row]) -> Iterator[Row]:
    code = "\n".join(row.text.removesuffix("\r") for row in shown if row.kind != "…")
    texts = iter(dedent(code).split("\n"))
    for row in shown:
        yield row if row.kind == "…" else row._replace(text=_cut(next(texts)))


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[:WIDTH]} …"
