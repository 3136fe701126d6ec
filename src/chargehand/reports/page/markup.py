"""Makes HTML and SVG in which nothing from outside can be more than text."""

from html import escape
from typing import NewType

from chargehand.core.escaping import one_line, printable

Html = NewType("Html", str)

NOTHING = Html("")


def text(words: str) -> Html:
    """Return `words` as text on one line: harmless to show, and no markup."""
    return Html(escape(one_line(words), quote=False))


def path_text(path: str) -> Html:
    """Return a path as text that may go on in another line behind each of its slashes."""
    return Html(text(path).replace("/", "/<wbr>"))


def code_text(line: str) -> Html:
    """Return a line of code as text, with its white space."""
    return Html(escape(printable(line), quote=False))


def tag(name: str, *content: Html, **attributes: str | float) -> Html:
    """Return an element; `class_` stands for `class`, and `_` in an attribute's name for `-`."""
    return Html(f"{_opened(name, attributes)}{''.join(content)}</{name}>")


def block(name: str, *content: Html, **attributes: str | float) -> Html:
    """Return an element as `tag` does, with each part of its content on a line of its own."""
    lines = "\n".join((_opened(name, attributes), *filter(None, content)))
    return Html(f"{lines}\n</{name}>")


def together(*parts: Html) -> Html:
    """Return the parts one after the other."""
    return Html("".join(parts))


def scrolling(wide: Html, label: str) -> Html:
    """Return what may be wider than the page in a box that the keyboard can scroll."""
    return tag("div", wide, tabindex=0, role="region", aria_label=label, class_="wide")


def _opened(name: str, attributes: dict[str, str | float]) -> str:
    listed = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_value(value))}"' for key, value in attributes.items()
    )
    return f"<{name}{listed}>"


def _value(value: str | float) -> str:
    return one_line(value) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
