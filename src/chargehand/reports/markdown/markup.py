"""How text that we did not write stands in Markdown: shown as it is, and without any effect.

Models, diffs and file names are quoted in step summaries, comments and artifacts, where Markdown may load
an image, link, notify a person, close an issue or run a GitLab quick action. Prose keeps its paragraphs,
bullets, `code` and fenced blocks, each built afresh; everything else in it is escaped. Where the page is
printed, CI runners read its source, and find no command in it.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import PurePosixPath

from chargehand.core.escaping import has_command, one_line, printable

PROSE_LENGTH, LINE_LENGTH = 4000, 500
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
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_FENCE = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+#-]*)[^\n`]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_BULLET = re.compile(r"[-*+•]\s+(?=\S)")

# Only these become a fence's language: `suggestion`, `mermaid`, `math` and others make a forge act.
_LANGUAGES = {
    "bash": "bash", "c": "c", "cc": "cpp", "clj": "clojure", "cpp": "cpp", "cs": "csharp", "css": "css",
    "dart": "dart", "ex": "elixir", "exs": "elixir", "go": "go", "h": "c", "hpp": "cpp", "hs": "haskell",
    "html": "html", "java": "java", "js": "javascript", "json": "json", "jsx": "jsx", "kt": "kotlin",
    "lua": "lua", "md": "markdown", "php": "php", "pl": "perl", "ps1": "powershell", "py": "python",
    "pyi": "python", "r": "r", "rb": "ruby", "rs": "rust", "scala": "scala", "scss": "scss", "sh": "bash",
    "sql": "sql", "swift": "swift", "tf": "hcl", "toml": "toml", "ts": "typescript", "tsx": "tsx",
    "vue": "vue", "xml": "xml", "yaml": "yaml", "yml": "yaml", "zig": "zig",
}  # fmt: skip
_NAMES = frozenset(_LANGUAGES.values())


def prose(text: str) -> str:
    """Return several lines of text as blocks of Markdown, cut at PROSE_LENGTH characters."""
    rest = _cut(_shown(text), PROSE_LENGTH)
    blocks = []
    while found := _FENCE.search(rest):
        blocks += [_paragraphs(rest[: found.start()]), fence(found[3].strip("\n"), _named(found[2]))]
        rest = rest[found.end() :]
    return "\n\n".join(filter(None, (*blocks, _paragraphs(rest))))


def inline(text: str) -> str:
    """Return text as one line of Markdown that may stand in a heading, a list item or a paragraph."""
    return _shielded(_cut(one_line(text), LINE_LENGTH))


def code_span(text: str) -> str:
    """Return text as code within a line; between the two `#` of a runner's command one span ends."""
    content = _cut(one_line(text), LINE_LENGTH) or " "
    return _BREAK_ENTITY.join(map(_ticked, _WITHIN_COMMAND.split(content)))


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


def language_of(path: str) -> str:
    """Return the language hint for a file, empty if none is known."""
    return _LANGUAGES.get(PurePosixPath(path).suffix[1:].lower(), "")


def _shown(text: str) -> str:
    return printable(text.replace("\r\n", "\n").removesuffix("\r"))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length] + " …"


def _code_line(line: str) -> str:
    # GitLab looks for quick actions (`/close`) in raw text, and knows fences of three backticks only.
    return _cut(f" {line}" if line.startswith("/") else line, CODE_WIDTH)


def _named(tag: str) -> str:
    name = _LANGUAGES.get(tag.lower(), tag.lower())
    return name if name in _NAMES else ""


def _paragraphs(text: str) -> str:
    blocks = (
        (kind, list(lines))
        for kind, lines in groupby(_lines(text), key=lambda line: line[0])
        if kind != "blank"
    )
    ends = {"text": "\\\n", "bullet": "\n"}
    return "\n\n".join(ends[kind].join(markup for _, markup in lines) for kind, lines in blocks)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        content = line.strip()
        if not content:
            yield "blank", ""
        elif bullet := _BULLET.match(content):
            yield "bullet", "- " + _shielded(content[bullet.end() :])
        else:
            yield "text", _shielded(content)


def _shielded(line: str) -> str:
    parts = []
    start = 0
    for found in _CODE_SPAN.finditer(line):
        parts += [_escaped(line[start : found.start()]), code_span(found[2])]
        start = found.end()
    markup = "".join((*parts, _escaped(line[start:])))
    return _LINE_START.sub(r"\1\\\2", markup, count=1) if _LINE_START.match(markup) else markup


def _escaped(text: str) -> str:
    broken = _REFERENCE.sub(lambda found: found.group() + _BREAK, text)
    return _SPECIAL.sub(_escape, broken).replace(_BREAK, _BREAK_ENTITY)


def _escape(found: re.Match[str]) -> str:
    return _ENTITIES.get(found.group(), "\\" + found.group())


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
