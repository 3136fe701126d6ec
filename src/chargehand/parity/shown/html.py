"""The scores of a comparison as a page: verdicts, cost beside quality, differences as drawn intervals."""

from collections.abc import Iterator
from importlib.resources import files

from chargehand import __version__
from chargehand.core.counting import count
from chargehand.core.money import usd
from chargehand.parity.score.parity import Difference
from chargehand.parity.score.scores import Row, Scores, View
from chargehand.parity.shown.words import (
    NOT_KNOWN,
    beside_words,
    cheaper,
    points,
    price,
    sentence,
    share,
    verdict,
)
from chargehand.reports.page.document import document
from chargehand.reports.page.markup import Html, block, scrolling, tag, text


def page(scores: Scores) -> str:
    """Return the page; it loads nothing and runs nothing."""
    style = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    foot = block("footer", tag("p", text(f"Made by chargehand {__version__}.")))
    return document("chargehand parity", style, block("main", *_content(scores)), foot)


def _content(scores: Scores) -> Iterator[Html]:
    others = range(1, len(scores.trial.fleets))
    verdicts = [tag("li", text(sentence(scores, view, each))) for view in scores.views for each in others]
    yield block(
        "header",
        tag("h1", text("Does the cheap fleet find as much?")),
        block("ul", *verdicts, class_="verdicts"),
        tag(
            "p",
            text(f"{count(scores.cases, 'change')}, {count(scores.trial.repeats, 'review')} each"),
            class_="note",
        ),
        tag("p", text(beside_words(scores.trial.beside, scores.sample)), class_="note"),
    )
    yield block("section", tag("h2", text("Cost")), scrolling(_costs(scores), "Cost"))
    for view in scores.views:
        notes = [tag("p", text(note), class_="note") for note in view.notes]
        yield block(
            "section",
            tag("h2", text(f"By {view.source}")),
            scrolling(_rows(scores, view), view.source),
            *notes,
        )


def _costs(scores: Scores) -> Html:
    rows = [_line("th", "Fleet", "Models", "Reviews", "Not complete", "Cost", "A review", "")]
    for index, (fleet, cost) in enumerate(zip(scores.trial.fleets, scores.costs, strict=True)):
        models = ", ".join(dict.fromkeys(fleet.models.values()))
        total = NOT_KNOWN if cost.total_usd is None else usd(cost.total_usd)
        saved = cheaper(scores, index) if index else "the baseline"
        rows.append(
            _line(
                "td",
                fleet.name,
                models,
                f"{cost.reviews:,}",
                f"{cost.incomplete:,}",
                total,
                price(cost),
                saved,
            )
        )
    return block("table", *rows)


_HEAD = (
    "",
    "Fleet",
    "Found",
    "Recall",
    "Findings",
    "Precision",
    "Recall, points",
    "Precision, points",
    "",
)


def _rows(scores: Scores, view: View) -> Html:
    head = _line("th", *_HEAD)
    rows = [
        _row(scores, row, fleet)
        for group in [row.group for row in view.fleets[0]]
        for fleet, rows in enumerate(view.fleets)
        for row in rows
        if row.group == group and (row.known or row.made)
    ]
    return block("table", head, *rows)


def _row(scores: Scores, row: Row, fleet: int) -> Html:
    cells = [
        "" if fleet else row.group, scores.trial.fleets[fleet].name, f"{row.found:,} of {row.known:,}",
        share(row.recall), f"{row.made:,}", share(row.precision),
    ]  # fmt: skip
    said = verdict(row, scores.margin) if fleet else ""
    differences = (row.recall_difference, row.precision_difference)
    drawn = [_difference(each, scores.margin) for each in differences]
    return tag(
        "tr", *(tag("td", text(each)) for each in cells), *drawn, tag("td", text(said), class_="words")
    )


def _difference(difference: Difference | None, margin: float) -> Html:
    if difference is None:
        return tag("td")
    return tag("td", text(points(difference)), _interval(difference, margin), class_="range")


def _interval(difference: Difference, margin: float) -> Html:
    """Draw an interval from −100 to +100 points, with the margin as a line; the figures stand beside it."""
    low, high, value = (50 + 50 * each for each in (difference.low, difference.high, difference.value))
    return tag(
        "svg",
        tag("rect", x=low, y=3, width=max(high - low, 0.5), height=4, class_="interval"),
        tag("rect", x=value - 0.5, y=1, width=1, height=8, class_="value"),
        tag("line", x1=50 - 50 * margin, x2=50 - 50 * margin, y1=0, y2=10, class_="margin"),
        viewBox="0 0 100 10",
        preserveAspectRatio="none",
        aria_hidden="true",
        class_="bar",
    )


def _line(kind: str, *cells: str) -> Html:
    return tag("tr", *(tag(kind, text(each)) for each in cells))
