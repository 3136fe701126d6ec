"""How text of a model is read: as paragraphs, bullets, fenced code, `code` and **bold**, and nothing else."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Literal, NamedTuple

PROSE_LENGTH = 4000

_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
# Neither arithmetic (`a ** b`) nor a pattern of paths (`**/a/**`), nor asterisks inside a word.
_BOLD = re.compile(r"(?<![\w*/\\])\*\*(?=[\w\"'(])([^*]+)(?<=[\w\"').:!?])\*\*(?![\w*/])")
_FENCE = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+#-]*)[^\n`]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_BULLET = re.compile(r"[-*+•]\s+(?=\S)")


class Fenced(NamedTuple):
    """Code between two fences; `tag` is what the first one calls its language."""

    tag: str
    code: str


class Lines(NamedTuple):
    """Lines that belong together: those of a paragraph, or one bullet each."""

    kind: Literal["text", "bullet"]
    lines: tuple[str, ...]


class Span(NamedTuple):
    """A part of a line."""

    text: str
    kind: Literal["plain", "code", "bold"]


def blocks(text: str) -> Iterator[Fenced | Lines]:
    """Yield the blocks of a text in their order."""
    rest = text
    while found := _FENCE.search(rest):
        yield from _paragraphs(rest[: found.start()])
        yield Fenced(found[2], found[3].strip("\n"))
        rest = rest[found.end() :]
    yield from _paragraphs(rest)


def spans(line: str) -> Iterator[Span]:
    """Yield the parts of a line in their order; plain ones may be empty."""
    start = 0
    for found in _CODE_SPAN.finditer(line):
        yield from _plain(line[start : found.start()])
        yield Span(found[2], "code")
        start = found.end()
    yield from _plain(line[start:])


def _plain(part: str) -> Iterator[Span]:
    start = 0
    for found in _BOLD.finditer(part):
        yield Span(part[start : found.start()], "plain")
        yield Span(found[1], "bold")
        start = found.end()
    yield Span(part[start:], "plain")


def cut(text: str, length: int) -> str:
    """Return the text, or as much of it as may be shown."""
    return text if len(text) <= length else text[:length] + " …"


def _paragraphs(text: str) -> Iterator[Lines]:
    for kind, group in groupby(map(_line, text.split("\n")), key=lambda line: line[0]):
        if kind != "blank":
            yield Lines(kind, tuple(content for _, content in group))


def _line(line: str) -> tuple[Literal["text", "bullet", "blank"], str]:
    content = line.strip()
    if not content:
        return "blank", ""
    bullet = _BULLET.match(content)
    return ("bullet", content[bullet.end() :]) if bullet else ("text", content)
