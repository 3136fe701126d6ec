"""The page on which people rate findings: blind, shuffled, by keyboard, saved to a file."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

from chargehand.core.counting import count
from chargehand.core.diff import Diff, Line
from chargehand.parity.readers.change import lines_round
from chargehand.parity.readers.item import Item
from chargehand.parity.score.spoken import Spot
from chargehand.reports.page.document import document
from chargehand.reports.page.markup import Html, block, code_text, tag, text, together

_RATINGS = (("1", "right", "right"), ("2", "wrong", "wrong"), ("3", "unsure", "cannot tell"))
_KINDS = {"+": "added", "-": "removed", " ": "kept"}


def page(items: Sequence[Item], changes: Mapping[str, Diff]) -> str:
    """Return the page; nothing in it tells which fleet made a finding, nor what is known of a change."""
    style, script = (
        files(__package__).joinpath(f"page.{end}").read_text(encoding="utf-8") for end in ("css", "js")
    )
    cards = [_card(number, item, changes[item.case]) for number, item in enumerate(items, 1)]
    return document(
        "chargehand parity: rate findings", style, block("main", *_head(items), *cards), script=script
    )


def _head(items: Sequence[Item]) -> Iterator[Html]:
    yield tag("h1", text(f"Is it right? {count(len(items), 'finding')} to rate"))
    yield tag(
        "p",
        text(
            "Right: the change has this defect, here or right beside it, and you would want to know before "
            "it is merged. Wrong: it has not, or nobody would act on it. You are not told who said what."
        ),
        class_="note",
    )
    keys = ", ".join(f"{key} {words}" for key, _, words in _RATINGS)
    yield tag("p", text(f"Keys: {keys}; left and right arrow go back and on; s saves."), class_="note")
    yield block(
        "p",
        tag("label", text("Your name, if you like: "), tag("input", type="text", id="reader", maxlength=100)),
        tag("button", text("Save ratings.json (s)"), type="button", id="save"),
        tag("span", id="progress", role="status"),
    )
    yield tag(
        "noscript", tag("p", text("This page needs its script: it keeps what you say, and sends nothing."))
    )


def _card(number: int, item: Item, diff: Diff) -> Html:
    said, spot = item.said, item.said.spots[0]
    where = f"{spot.file}:{spot.start_line}" if spot.start_line else spot.file
    buttons = [
        tag("button", text(f"{words} ({key})"), type="button", data_rating=name, aria_pressed="false")
        for key, name, words in _RATINGS
    ]
    return block(
        "section",
        tag("p", text(f"{number}"), class_="note"),
        tag("h2", text(said.title)),
        tag("p", tag("code", text(where))),
        tag("p", text(said.message)),
        _code(lines_round(diff, spot), spot),
        tag("p", *buttons, class_="ratings"),
        class_="item",
        data_id=item.id,
        hidden="hidden",
    )


def _code(lines: Sequence[Line], spot: Spot) -> Html:
    rows = [_row(line, spot) for line in lines]
    return tag("pre", together(*rows), class_="wide", tabindex=0, aria_label="The lines round it")


def _row(line: Line, spot: Spot) -> Html:
    start, end = spot.start_line or 0, spot.end_line or spot.start_line or 0
    is_meant = line.kind != "-" and start <= (line.new_number or -1) <= end
    number = f"{line.new_number or '':>6} {line.kind} "
    kind = f"{_KINDS[line.kind]} meant" if is_meant else _KINDS[line.kind]
    return together(tag("span", code_text(number + line.text), class_=kind), Html("\n"))
