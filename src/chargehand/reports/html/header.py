"""The top of the review's page: the verdict with its reasons, and the three figures that matter most."""

from collections.abc import Iterator

from chargehand.core.finding import Severity
from chargehand.core.review import Review
from chargehand.core.verdict import Status, Verdict
from chargehand.reports.amounts import estimated, saving, total
from chargehand.reports.headline import Conclusion, conclusion, headline
from chargehand.reports.html.colours import Paint
from chargehand.reports.html.prose import inline, prose
from chargehand.reports.notifications import (
    Kind,
    existing_findings,
    late_findings,
    looked_at,
    new_findings,
    of_kind,
    suppressed_findings,
)
from chargehand.reports.page.markup import NOTHING, Html, block, tag, text

SYMBOLS: dict[Conclusion, str] = {"good": "✓", "neutral": "–", "unclear": "!", "bad": "✕"}


def verdict_header(review: Review, verdict: Verdict, paint: Paint) -> Html:
    """Return how the review ended, and what the judge says of it."""
    looks = conclusion(review, verdict)
    symbol = tag("span", text(SYMBOLS[looks]), class_="symbol", aria_hidden="true")
    is_error = verdict.status is Status.ERROR
    return block(
        "header",
        tag("p", text("chargehand: code review"), class_="product"),
        tag("h1", symbol, inline(headline(review, verdict))),
        *(tag("p", text(each.sentence), class_="mode") for each in of_kind(review, Kind.MODE)),
        _reasons(verdict.reasons if is_error else verdict.reasons[1:]),
        NOTHING if is_error else block("dl", *_tiles(review), class_="tiles"),
        prose(review.summary, paint),
        class_=f"verdict {looks}",
    )


def _reasons(reasons: tuple[str, ...]) -> Html:
    return block("ul", *(tag("li", inline(each)) for each in reasons)) if reasons else NOTHING


def _tiles(review: Review) -> Iterator[Html]:
    saved = saving(review.bill, review.bill.counterfactuals.single_pass_usd)
    beside = (estimated(review.bill), f"{saved} than one strong pass" if saved else "")
    yield _tile("Findings", _tally(review), text(_others(review)))
    yield _tile("Coverage", text(looked_at(review)), NOTHING)
    yield _tile("Cost", text(total(review.bill)), text("; ".join(filter(None, beside))))


def _tile(name: str, figure: Html, more: Html) -> Html:
    below = tag("dd", more, class_="more") if more else NOTHING
    return tag("div", tag("dt", text(name)), tag("dd", figure), below)


def _tally(review: Review) -> Html:
    """Return how many new findings there are of each severity."""
    fresh = new_findings(review)
    counted = {each: sum(finding.severity is each for finding in fresh) for each in Severity}
    marks = [chip(each, f"{number:,} {each.value}") for each, number in counted.items() if number]
    others = existing_findings(review) or late_findings(review)
    return Html(" ".join(marks)) if marks else text("none new" if others else "none")


def _others(review: Review) -> str:
    numbers = {
        "in the baseline already": len(existing_findings(review)),
        "late": len(late_findings(review)),
        "suppressed": len(suppressed_findings(review)),
        "dismissed": len(review.dismissed),
    }
    return ", ".join(f"{number:,} {word}" for word, number in numbers.items() if number)


def chip(severity: Severity, words: str) -> Html:
    """Return words in the colour of a severity."""
    return tag("span", text(words), class_=f"chip {severity.value}")
