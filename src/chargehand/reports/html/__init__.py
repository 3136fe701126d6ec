"""The review as a page: one file that loads nothing, for a browser, a phone, paper, a screen reader."""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.resources import files
from types import ModuleType

from chargehand import __version__
from chargehand.core.review import Review
from chargehand.core.verdict import Status, Verdict
from chargehand.reports.amounts import total
from chargehand.reports.headline import headline
from chargehand.reports.html.bill import bill_section
from chargehand.reports.html.colours import Paint, painter, plain
from chargehand.reports.html.coverage import coverage_section
from chargehand.reports.html.findings import Material, Shown, show
from chargehand.reports.html.header import verdict_header
from chargehand.reports.html.lines import nearby
from chargehand.reports.html.listed import in_short, notices, others
from chargehand.reports.html.prose import LINE_LENGTH, inline
from chargehand.reports.html.room import LIMIT_BYTES, Room, room_in
from chargehand.reports.notifications import Kind, new_findings, of_kind
from chargehand.reports.page.document import document
from chargehand.reports.page.markup import NOTHING, Html, block, tag, text
from chargehand.reports.prose import cut

_NO_COLOURS = "Code has no colours here: pip install 'chargehand[html]' brings them."


def render(
    review: Review,
    verdict: Verdict,
    *,
    limit: int = LIMIT_BYTES,
    load: Callable[[str], ModuleType] = import_module,
) -> str:
    """Return the page, in `limit` bytes; what they do not hold is listed in short, and beyond that counted.

    `load` imports the library that colours code; without it code has one colour.
    """
    colours = painter(load)
    title = cut(f"chargehand: {headline(review, verdict)}", LINE_LENGTH)
    content = _content(review, verdict, colours or plain, room_in(limit))
    style = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    foot = _foot(review, "" if colours else _NO_COLOURS)
    return document(title, style, block("main", *content), foot)


def _content(review: Review, verdict: Verdict, paint: Paint, room: Room) -> Iterator[Html]:
    yield verdict_header(review, verdict, paint, room.few)
    if verdict.status is Status.ERROR:
        return
    material = Material(review.change, nearby(review), paint)
    yield _findings(show(new_findings(review), material, room.findings), review, room)
    yield _section("coverage", "Coverage", *coverage_section(review, room))
    yield _section("cost", f"Cost: {total(review.bill)}", *bill_section(review))
    if said := notices(review, room.few):
        yield _section("notices", "What else is to be known", said)


def _findings(shown: Shown, review: Review, room: Room) -> Html:
    none = NOTHING if shown.whole else tag("p", text("No new finding."))
    rest = in_short(shown.rest, review.change, room.in_short)
    return _section(
        "findings", "Findings", none, _index(shown), *shown.whole, rest, *others(review, room.list)
    )


def _index(shown: Shown) -> Html:
    """Return the way to each finding, if there are several."""
    if len(shown.entries) < 2:
        return NOTHING
    return block("nav", block("ol", *shown.entries), aria_label="Findings")


def _section(name: str, heading: str, *content: Html) -> Html:
    return block("section", tag("h2", text(heading), id=name), *content, aria_labelledby=name)


def _foot(review: Review, remark: str) -> Html:
    rules = [inline(each.sentence) for each in of_kind(review, Kind.RULES, Kind.BASELINE)]
    said = (text(f"Made by chargehand {__version__}."), *rules, text(remark))
    return block("footer", *(tag("p", each) for each in said if each))
