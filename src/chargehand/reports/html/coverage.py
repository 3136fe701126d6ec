"""The coverage on the review's page: a grid of file and lens, and by whose word a file is left out of it."""

from collections.abc import Iterator, Mapping, Sequence

from chargehand.core.counting import count
from chargehand.core.coverage import Coverage, Looked
from chargehand.core.diff import Authority, FileDiff
from chargehand.core.review import Review
from chargehand.reports.html.prose import inline
from chargehand.reports.notifications import Kind, of_kind
from chargehand.reports.page.markup import NOTHING, Html, block, scrolling, tag, text, together

ROWS_SHOWN, NAMES_SHOWN = 2_000, 10

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


def coverage_section(review: Review) -> Iterator[Html]:
    """Yield a sentence for all of it, the grid, and why lenses did not look."""
    yield tag("p", text(_overview(review)))
    yield from (tag("p", inline(each.sentence), class_="gap") for each in of_kind(review, Kind.GAP))
    left_out = _left_out(review)
    if review.coverage or left_out:
        yield _grid(review, left_out)
    if gaps := [
        _gap(each.sentence, each.reason, each.lenses, each.paths)
        for each in of_kind(review, Kind.NOT_REVIEWED)
    ]:
        yield block("ul", *gaps[:ROWS_SHOWN])


def _overview(review: Review) -> str:
    files = count(len({file.path for file in review.diff.reviewable}), "file")
    if not review.diff.reviewable:
        return "Nothing in this change is to be reviewed."
    if review.mode == "offline":
        return f"No model read this change ({files}): only the free checks ran."
    if not any(each.is_gap for each in review.coverage):
        return f"Every lens read every file that it applies to: {files}."
    return "Not everything was reviewed. What was not is marked, and comes first."


def _grid(review: Review, left_out: Sequence[FileDiff]) -> Html:
    lenses = tuple(dict.fromkeys(each.lens for each in review.coverage)) or ("",)
    cells: dict[str, dict[str, Coverage]] = {}
    for each in review.coverage:
        cells.setdefault(each.path, {})[each.lens] = each
    rows = sorted(cells.items(), key=lambda row: not any(cell.is_gap for cell in row[1].values()))
    gone = [_out(file, len(lenses)) for file in left_out]
    read = [_file(path, row, lenses) for path, row in rows]
    room = max(ROWS_SHOWN - len(gone), 0)
    more = len(gone[ROWS_SHOWN:]) + len(read[room:])
    rest = [
        tag("tr", tag("th", text(f"… {count(more, 'more file')}, which the JSON report has"), scope="row"))
    ]
    table = block(
        "table",
        tag("caption", text("Which lens read which file"), class_="unseen"),
        tag("thead", tag("tr", tag("th", text("File"), scope="col"), *map(_head, lenses))),
        block("tbody", *read[:room], *gone[:ROWS_SHOWN], *(rest if more else ())),
        class_="grid",
    )
    return scrolling(table, "Coverage by file and lens")


def _head(lens: str) -> Html:
    return tag("th", text(lens), scope="col") if lens else tag("th", text("Reason"), scope="col")


def _file(path: str, row: Mapping[str, Coverage], lenses: Sequence[str]) -> Html:
    return tag("tr", tag("th", text(path), scope="row"), *(_cell(row.get(lens)) for lens in lenses))


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
        "tr", tag("th", text(file.path), scope="row"), tag("td", text(said), colspan=columns, class_=kind)
    )


def _gap(sentence: str, reason: str, lenses: Sequence[str], paths: Sequence[str]) -> Html:
    names = ", ".join(tag("code", text(path)) for path in paths[:NAMES_SHOWN])
    more = f" and {count(len(paths) - NAMES_SHOWN, 'more file')}" if len(paths) > NAMES_SHOWN else ""
    why = inline(sentence) or text("no reason given")
    under = ", ".join(map(text, lenses))
    return tag("li", tag("b", text(reason)), Html(f": {under} on {names}{more}: {why}"))
