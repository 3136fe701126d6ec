"""Makes HTML and SVG in which nothing from outside can be more than text."""

from html import escape
from typing import NewType

from chargehand.core.escaping import one_line

Html = NewType("Html", str)


def text(words: str) -> Html:
    """Return `words` as text: harmless to show, and no markup."""
    return Html(escape(one_line(words)))


def tag(name: str, *content: Html, **attributes: str | float) -> Html:
    """Return an element; `class_` stands for `class`, and `_` in an attribute's name for `-`."""
    listed = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_value(value))}"' for key, value in attributes.items()
    )
    return Html(f"<{name}{listed}>{''.join(content)}</{name}>")


def together(*parts: Html) -> Html:
    """Return the parts one after the other."""
    return Html("".join(parts))


def _value(value: str | float) -> str:
    return one_line(value) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
