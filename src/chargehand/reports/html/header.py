"""The top of the review's page: the verdict with its reasons, and the three figures that matter most."""

from collections.abc import Iterator

from chargehand.core.finding import Severity
from chargehand.core.review import Review
from chargehand.core.verdict import Status, Verdict
from chargehand.reports.amounts import estimated, total
from chargehand.reports.figures import tally, than_one_pass
from chargehand.reports.headline import Conclusion, conclusion, headline
from chargehand.reports.html.colours import Paint
from chargehand.reports.html.prose import inline, prose
from chargehand.reports.html.room import counted
from chargehand.reports.notifications import Kind, looked_at, of_kind
from chargehand.reports.page.markup import NOTHING, Html, block, tag, text

SYMBOLS: dict[Conclusion, str] = {"good": "✓", "neutral": "–", "unclear": "!", "bad": "✕"}


def verdict_header(review: Review, verdict: Verdict, paint: Paint, limit: int) -> Html:
    """Return how the review ended, and what the judge says of it."""
    looks = conclusion(review, verdict)
    symbol = tag("span", text(SYMBOLS[looks]), class_="symbol", aria_hidden="true")
    is_error = verdict.status is Status.ERROR
    return block(
        "header",
        tag("p", text("chargehand: code review"), class_="product"),
        tag("h1", symbol, inline(headline(review, verdict))),
        *(tag("p", text(each.sentence), class_="mode") for each in of_kind(review, Kind.MODE)),
        _reasons(verdict.reasons if is_error else verdict.reasons[1:], limit),
        NOTHING if is_error else block("dl", *_tiles(review), class_="tiles"),
        prose(review.summary, paint),
        class_=f"verdict {looks}",
    )


def _reasons(reasons: tuple[str, ...], limit: int) -> Html:
    items = [tag("li", each) for each in counted(map(inline, reasons), len(reasons), limit)]
    return block("ul", *items) if items else NOTHING


def _tiles(review: Review) -> Iterator[Html]:
    found = tally(review)
    marks = [chip(each, f"{number:,} {each.value}") for each, number in found.by_severity.items()]
    beside = (estimated(review.bill), than_one_pass(review.bill))
    yield _tile("Findings", Html(" ".join(marks)) or text(found.none), text(", ".join(found.others)))
    yield _tile("Coverage", text(looked_at(review)), NOTHING)
    yield _tile("Cost", text(total(review.bill)), text("; ".join(filter(None, beside))))


def _tile(name: str, figure: Html, more: Html) -> Html:
    below = tag("dd", more, class_="more") if more else NOTHING
    return tag("div", tag("dt", text(name)), tag("dd", figure), below)


def chip(severity: Severity, words: str) -> Html:
    """Return words in the colour of a severity."""
    return tag("span", text(words), class_=f"chip {severity.value}")
