"""How long lists are shown in Markdown: folded, and cut with a count of the rest."""

from collections.abc import Sequence

from chargehand.core.counting import count
from chargehand.reports.markdown.markup import code_span

NAMES_SHOWN = 3


def folded(heading: str, lines: Sequence[str]) -> str:
    """Return lines of Markdown behind a heading that opens them; `heading` is ours, never a model's."""
    # Without the blank lines, what is inside would be read as HTML.
    return "\n".join(("<details>", f"<summary>{heading}</summary>", "", *lines, "", "</details>"))


def at_most(number: int, lines: Sequence[str]) -> Sequence[str]:
    """Return the first `number` list items, and a last one that counts the others."""
    return counted(lines[:number], len(lines))


def counted(shown: Sequence[str], number: int) -> Sequence[str]:
    """Return list items, the first of `number`, and a last one that counts the others."""
    more = number - len(shown)
    return (*shown, f"- … and {more:,} more, which the JSON report has") if more else shown


def names(paths: Sequence[str]) -> str:
    """Return the first paths as code, and how many more there are."""
    shown = ", ".join(code_span(path) for path in paths[:NAMES_SHOWN])
    rest = len(paths) - NAMES_SHOWN
    return f"{shown} and {count(rest, 'more file')}" if rest > 0 else shown
