"""How text of a model looks: its paragraphs, bullets and code, each made anew of what it says."""

from chargehand.core.escaping import one_line, printable
from chargehand.reports.html.colours import Paint
from chargehand.reports.languages import language_named
from chargehand.reports.page.markup import Html, block, code_text, tag, text, together
from chargehand.reports.prose import PROSE_LENGTH, Fenced, Lines, Span, blocks, cut, spans

LINE_LENGTH = 500
_CODE_LINES, _CODE_WIDTH = 30, 300


def prose(words: str, paint: Paint) -> Html:
    """Return several lines of text, cut at PROSE_LENGTH characters."""
    shown = cut(printable(words.replace("\r\n", "\n").removesuffix("\r")), PROSE_LENGTH)
    return Html("\n".join(_block(each, paint) for each in blocks(shown)))


def inline(words: str) -> Html:
    """Return text as one line, in which `code` is code."""
    return _line(cut(one_line(words), LINE_LENGTH))


def code_block(code: str, language: str, label: str, paint: Paint) -> Html:
    """Return lines of code."""
    lines = code.split("\n")
    shown = [cut(line.removesuffix("\r"), _CODE_WIDTH) for line in lines[:_CODE_LINES]]
    more = [text(f"… {len(lines) - _CODE_LINES:,} more lines")] if len(lines) > _CODE_LINES else []
    return code_box(Html("\n".join((*paint(shown, language), *more))), label)


def code_box(code: Html, label: str) -> Html:
    """Return code in a box that the keyboard can scroll; `label` says what it is to who hears the page."""
    return tag("pre", tag("code", code), tabindex=0, role="group", aria_label=label)


def _block(each: Fenced | Lines, paint: Paint) -> Html:
    match each:
        case Fenced(name, code):
            return code_block(code, language_named(name), "Code in the message", paint)
        case Lines("bullet", lines):
            return block("ul", *(tag("li", _line(line)) for line in lines))
        case Lines(_, lines):
            return tag("p", Html("<br>\n".join(map(_line, lines))))


def _line(line: str) -> Html:
    return together(*map(_span, spans(line)))


def _span(span: Span) -> Html:
    shown = code_text(span.text)
    return shown if span.kind == "plain" else tag("code" if span.kind == "code" else "strong", shown)
