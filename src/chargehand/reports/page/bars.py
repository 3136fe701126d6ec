"""Draws amounts as bars beside their figures, in colours that the page's style decides."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from chargehand.reports.page.markup import Html, tag

# Per cent of the width; what is little is not nothing.
_LEAST = 0.4


class Part(NamedTuple):
    """A part of a bar: `kind` is its class in the style sheet."""

    kind: str
    amount: Decimal


def bar(parts: Iterable[Part], most: Decimal) -> Html:
    """Return the parts one after the other, as long as they are to `most`, which is as wide as there is room.

    It is hidden from who hears the page: the figures stand beside it.
    """
    drawn, at = [], 0.0
    for part in parts:
        width = max(float(part.amount / most) * 100, _LEAST) if most and part.amount > 0 else 0.0
        if width:
            drawn.append(tag("rect", x=at, width=width, height=10, class_=part.kind))
        at += width
    return tag(
        "svg", *drawn, viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true", class_="bar"
    )
