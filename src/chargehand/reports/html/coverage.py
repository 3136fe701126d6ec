"""The coverage on the review's page: a grid of file and lens, and by whose word a file is left out of it."""

from collections.abc import Iterator, Mapping, Sequence

from chargehand.core.counting import count
from chargehand.core.coverage import Coverage, Looked
from chargehand.core.diff import Authority, FileDiff
from chargehand.core.review import Review
from chargehand.reports.figures import beside, overview
from chargehand.reports.html.prose import inline
from chargehand.reports.html.room import Room, counted, fitting, size_of
from chargehand.reports.notifications import Kind, Notification, of_kind
from chargehand.reports.page.markup import NOTHING, Html, block, path_text, scrolling, tag, text, together

NAMES_SHOWN = 10

# How a cell looks, and what it says to who does not see it.
CELLS: dict[Looked, tuple[str, str]] = {
    "reviewed": ("✓", "read"),
    "failed": ("failed", ""),
    "refused": ("refused", ""),
    "skipped": ("skipped", ""),
}
WORDS: dict[Authority, str] = {
    Authority.CONFIGURATION: "by the word of the target branch's configuration",
    Authority.ATTRIBUTES: "by the word of the target branch's .gitattributes",
    Authority.BASE: "it was such a file before the change",
    Authority.MANIFEST: "a package manager's manifest vouches for it",
    Authority.CONTENT: "its own bytes show it",
    Authority.NAME: "by its name alone: no repository vouches for it",
    Authority.NOBODY: "by nobody's word: this is a gap",
}


def coverage_section(review: Review, room: Room) -> Iterator[Html]:
    """Yield a sentence for all of it, the grid, and why lenses did not look."""
    yield tag("p", text(_overview(review)))
    gaps = [each.sentence for each in of_kind(review, Kind.GAP)]
    yield from (tag("p", each, class_="gap") for each in counted(map(inline, gaps), len(gaps), room.few))
    left_out = _left_out(review)
    if review.coverage or left_out:
        yield _grid(review, left_out, room.grid)
    if said := beside(review):
        yield tag("p", text(said))
    if unread := list(of_kind(review, Kind.NOT_REVIEWED)):
        items = counted(map(_gap, unread), len(unread), room.few)
        yield block("ul", *(tag("li", each) for each in items))


def _overview(review: Review) -> str:
    said = overview(review)
    marked = " What was not is marked, and comes first." if said.strong and not said.rest else ""
    return f"{said.strong}{said.rest}{marked}"


def _grid(review: Review, left_out: Sequence[FileDiff], limit: int) -> Html:
    lenses = tuple(dict.fromkeys(each.lens for each in review.coverage)) or ("",)
    cells: dict[str, dict[str, Coverage]] = {}
    for each in review.coverage:
        cells.setdefault(each.path, {})[each.lens] = each
    rows = sorted(cells.items(), key=lambda row: not any(cell.is_gap for cell in row[1].values()))
    # Of the files that are left out, those that nobody wanted left out come first, so half is kept for them.
    gone = list(fitting((_out(file, len(lenses)) for file in left_out), limit // 2))
    read = list(fitting((_file(path, row, lenses) for path, row in rows), limit - sum(map(size_of, gone))))
    more = len(left_out) - len(gone) + len(rows) - len(read)
    rest = tag("tr", tag("th", text(f"… {count(more, 'more file')}, which the JSON report has"), scope="row"))
    table = block(
        "table",
        tag("caption", text("Which lens read which file"), class_="unseen"),
        tag("thead", tag("tr", tag("th", text("File"), scope="col"), *map(_head, lenses))),
        block("tbody", *read, *gone, *([rest] if more else ())),
        class_="grid",
    )
    return scrolling(table, "Coverage by file and lens")


def _head(lens: str) -> Html:
    return tag("th", text(lens), scope="col") if lens else tag("th", text("Reason"), scope="col")


def _file(path: str, row: Mapping[str, Coverage], lenses: Sequence[str]) -> Html:
    return tag("tr", tag("th", path_text(path), scope="row"), *(_cell(row.get(lens)) for lens in lenses))


def _cell(cell: Coverage | None) -> Html:
    if cell is None:
        return tag("td", text("–"), _unseen("does not apply"), class_="none")
    shown, heard = CELLS[cell.outcome]
    if cell.is_gap:
        return tag("td", text(shown), class_="gap")
    earlier = tag("small", text("earlier")) if cell.is_reused else NOTHING
    return tag("td", text(shown), _unseen(heard), earlier, class_="ok")


def _unseen(words: str) -> Html:
    return together(Html(" "), tag("span", text(words), class_="unseen")) if words else NOTHING


def _left_out(review: Review) -> list[FileDiff]:
    """Return the files that nobody reviewed, each once, those first that nobody wanted left out."""
    files = {(file.path, file.skip): file for file in review.diff.skipped}
    return sorted(files.values(), key=lambda file: not (file.skip and file.skip.is_gap))


def _out(file: FileDiff, columns: int) -> Html:
    if file.skip is None:
        return NOTHING
    kind = "gap" if file.skip.is_gap else "out"
    said = f"left out: {file.skip.reason.value}, {WORDS[file.skip.by]}. {file.skip.detail}"
    return tag(
        "tr",
        tag("th", path_text(file.path), scope="row"),
        tag("td", text(said), colspan=columns, class_=kind),
    )


def _gap(gap: Notification) -> Html:
    names = ", ".join(tag("code", text(path)) for path in gap.paths[:NAMES_SHOWN])
    more = len(gap.paths) - NAMES_SHOWN
    others = f" and {count(more, 'more file')}" if more > 0 else ""
    why = inline(gap.sentence) or text("no reason given")
    return Html(f"{tag('b', text(gap.reason))}: {', '.join(map(text, gap.lenses))} on {names}{others}: {why}")
