"""The coverage in the Markdown report: which lens read which file, and why one did not."""

from collections.abc import Iterator

from chargehand.core.counting import count
from chargehand.core.coverage import Looked
from chargehand.core.review import Review
from chargehand.reports.figures import beside, overview
from chargehand.reports.markdown.blocks import at_most, folded, names
from chargehand.reports.markdown.markup import cell, code_span, inline
from chargehand.reports.notifications import Kind, Notification, of_kind

CELLS: dict[Looked, str] = {
    "reviewed": "✓",
    "failed": "**failed**",
    "refused": "**refused**",
    "skipped": "**skipped**",
}
EARLIER = "✓ earlier"
_NOT_ASKED = "–"
_ROWS_SHOWN = 30


def coverage_section(review: Review) -> Iterator[str]:
    """Yield the section's blocks: the table, the gaps with their reasons, the files that were left out."""
    yield f"### Coverage\n\n{_overview(review)}"
    if review.coverage and review.mode != "offline":
        yield "\n".join(_table(review))
        if gaps := _gaps(review):
            yield "\n".join(at_most(_ROWS_SHOWN, gaps))
    if said := beside(review):
        yield inline(said)
    if unreadable := [_left_out(each) for each in of_kind(review, Kind.UNREADABLE)]:
        yield "\n".join(("**Could not be read:**", "", *at_most(_ROWS_SHOWN, unreadable)))
    if unwanted := list(of_kind(review, Kind.SKIPPED)):
        number = sum(len(each.paths) for each in unwanted)
        lines = [_left_out(each) for each in unwanted]
        yield folded(f"{count(number, 'file')} skipped, with the reason", at_most(_ROWS_SHOWN, lines))


def _overview(review: Review) -> str:
    said = overview(review)
    if not said.strong:
        earlier = f" `{EARLIER}`: the same text was read in an earlier run." if _has_earlier(review) else ""
        return f"{said.rest}{earlier}"
    return f"**{said.strong}**{said.rest or ' What was not is in bold.'}"


def _has_earlier(review: Review) -> bool:
    return any(each.is_reused for each in review.coverage)


def _table(review: Review) -> Iterator[str]:
    """Yield a row for all files that fared alike, those with gaps first."""
    lenses = tuple(dict.fromkeys(each.lens for each in review.coverage))
    rows = _rows(review, lenses)
    yield "| | " + " | ".join(cell(inline(lens)) for lens in lenses) + " |"
    yield "|---|" + ":-:|" * len(lenses)
    for row, paths in rows[:_ROWS_SHOWN]:
        yield f"| {cell(names(paths))} | " + " | ".join(row) + " |"
    if rest := sum(len(paths) for _, paths in rows[_ROWS_SHOWN:]):
        yield f"| … {count(rest, 'more file')} |" + " |" * len(lenses)


def _rows(review: Review, lenses: tuple[str, ...]) -> list[tuple[tuple[str, ...], list[str]]]:
    looked = {
        (each.path, each.lens): EARLIER if each.is_reused else CELLS[each.outcome] for each in review.coverage
    }
    alike: dict[tuple[str, ...], list[str]] = {}
    for path in dict.fromkeys(each.path for each in review.coverage):
        row = tuple(looked.get((path, lens), _NOT_ASKED) for lens in lenses)
        alike.setdefault(row, []).append(path)
    return sorted(alike.items(), key=lambda each: not any(mark.startswith("**") for mark in each[0]))


def _gaps(review: Review) -> list[str]:
    return [
        f"- **{each.reason}**: {', '.join(map(code_span, each.lenses))} on {names(each.paths)}: "
        f"{inline(each.sentence) or 'no reason given'}"
        for each in of_kind(review, Kind.NOT_REVIEWED)
    ]


def _left_out(each: Notification) -> str:
    return f"- {names(each.paths)}: {each.reason}. {inline(each.sentence)}"
