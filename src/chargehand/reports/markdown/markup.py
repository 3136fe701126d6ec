"""How text that we did not write stands in Markdown: shown as it is, and without any effect.

Models, diffs and file names are quoted in step summaries, comments and artifacts, where Markdown may load
an image, link, notify a person, close an issue or run a GitLab quick action. Prose keeps its paragraphs,
bullets, `code` and fenced blocks, each built afresh; everything else in it is escaped. Where the page is
printed, CI runners read its source, and find no command in it.
"""

import re

from chargehand.core.escaping import has_command, one_line, printable
from chargehand.reports.languages import language_named
from chargehand.reports.prose import PROSE_LENGTH, Fenced, Lines, Span, blocks, cut, spans

LINE_LENGTH = 500
CODE_LINES, CODE_WIDTH = 30, 300

# A reference is recognised after Markdown is rendered, so that a backslash does not stop it; a zero-width
# space does. `printable` has taken every other one out, so this one can stand for itself until the end.
_BREAK, _BREAK_ENTITY = "\u200b", "&#8203;"
_REFERENCE = re.compile(
    r"""[@#!%~^&$](?=[\w"'])"""  # @user, #1, and GitLab's !1 %1 ~label ^alert &1 $1
    r"|\bGH-(?=\d)"
    r"|:(?=//)|(?i:\bwww)(?=\.)"  # a bare URL becomes a link
    r"|:(?=[\w+-]+:)"  # :emoji:
    r"|\[(?=\w+:)"  # GitLab's [issue:1]
)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "$": "&#36;", "`": "&#96;"}
_WITHIN_COMMAND = re.compile(r"(?<=#)(?=#\w*\[)")
_IN_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "#": "&#35;", ":": "&#58;"})
_SPECIAL = re.compile(r"[&<>|$`\\*_\[\]~#]")
_LINE_START = re.compile(r"(\d*)([-+=/:.)])")


def prose(text: str) -> str:
    """Return several lines of text as blocks of Markdown, cut at PROSE_LENGTH characters."""
    return "\n\n".join(filter(None, map(_block, blocks(cut(_shown(text), PROSE_LENGTH)))))


def inline(text: str) -> str:
    """Return text as one line of Markdown that may stand in a heading, a list item or a paragraph."""
    return _shielded(cut(one_line(text), LINE_LENGTH))


def code_span(text: str) -> str:
    """Return text as code within a line; between the two `#` of a runner's command one span ends."""
    content = cut(one_line(text), LINE_LENGTH) or " "
    return _BREAK_ENTITY.join(map(_ticked, _WITHIN_COMMAND.split(content)))


def linked(shown: str, page: str) -> str:
    """Return text as code that leads to a page."""
    return f"[{code_span(shown)}]({page})"


def _ticked(content: str) -> str:
    ticks = "`" * (_longest_run(content) + 1)
    pad = " " if content.startswith("`") or content.endswith("`") else ""
    return f"{ticks}{pad}{content}{pad}{ticks}"


def cell(markup: str) -> str:
    """Return Markdown of one line as it has to be written in a table: a bar ends a cell, even within code."""
    return markup.replace("|", r"\|")


def fence(code: str, language: str = "") -> str:
    """Return code as a fenced block that its content cannot end, cut if it is long."""
    lines = [_code_line(line) for line in _shown(code).split("\n")]
    if len(lines) > CODE_LINES:
        lines = [*lines[:CODE_LINES], f"… {len(lines) - CODE_LINES} more lines"]
    body = "\n".join(lines)
    if has_command(body):  # a fence has no way to write it otherwise
        return f"<pre><code>{body.translate(_IN_HTML)}\n</code></pre>"
    ticks = "`" * max(3, _longest_run(body) + 1)
    return f"{ticks}{language}\n{body}\n{ticks}"


def _shown(text: str) -> str:
    return printable(text.replace("\r\n", "\n").removesuffix("\r"))


def _code_line(line: str) -> str:
    # GitLab looks for quick actions (`/close`) in raw text, and knows fences of three backticks only.
    return cut(f" {line}" if line.startswith("/") else line, CODE_WIDTH)


def _block(block: Fenced | Lines) -> str:
    match block:
        case Fenced(tag, code):
            # Only languages that we know: `suggestion`, `mermaid`, `math` and others make a forge act.
            return fence(code, language_named(tag))
        case Lines("bullet", lines):
            return "\n".join(f"- {_shielded(line)}" for line in lines)
        case Lines(_, lines):
            return "\\\n".join(map(_shielded, lines))


def _shielded(line: str) -> str:
    markup = "".join(map(_span, spans(line)))
    return _LINE_START.sub(r"\1\\\2", markup, count=1) if _LINE_START.match(markup) else markup


def _span(span: Span) -> str:
    match span.kind:
        case "code":
            return code_span(span.text)
        case "bold":
            return f"**{_escaped(span.text)}**"
        case "plain":
            return _escaped(span.text)


def _escaped(text: str) -> str:
    broken = _REFERENCE.sub(lambda found: found.group() + _BREAK, text)
    return _SPECIAL.sub(_escape, broken).replace(_BREAK, _BREAK_ENTITY)


def _escape(found: re.Match[str]) -> str:
    return _ENTITIES.get(found.group(), "\\" + found.group())


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
