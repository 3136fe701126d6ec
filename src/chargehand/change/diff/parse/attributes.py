"""Which files the repository's own .gitattributes calls generated or vendored."""

import re
from collections.abc import Callable
from typing import NamedTuple

from chargehand.change.diff.parse.names import unquoted
from chargehand.core.patterns import matcher

_LINE = re.compile(r'[ \t]*("(?:[^"\\]|\\.)*"|[^ \t"][^ \t]*)[ \t]+(.*)')


class _Rule(NamedTuple):
    covers: Callable[[str], bool]
    is_set: bool | None


def attribute(text: str, name: str) -> Callable[[str], bool | None]:
    """Return a function from a path to whether `text`, a .gitattributes file, sets or unsets `name` for it.

    None: it says nothing. As in git, the last line that covers the path decides. Lines with patterns that
    cannot be read are passed over, and so are macros.
    """
    rules = [rule for line in text.splitlines() if name in line and (rule := _read(line, name))]
    rules.reverse()
    return lambda path: next((rule.is_set for rule in rules if rule.covers(path)), None)


def _read(line: str, name: str) -> _Rule | None:
    match = _LINE.fullmatch(line)
    if match is None or match[1].startswith(("#", "!", "[attr]")) or match[1].endswith("/"):
        return None
    words = [word for word in match[2].split() if word.partition("=")[0].lstrip("-!") == name]
    pattern = unquoted(match[1].encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
    try:
        return _Rule(_covering(pattern), _value(words[-1])) if words else None
    except ValueError:
        return None


def _value(word: str) -> bool | None:
    """Read `name`, `name=true`, `-name`, `name=false`, and `!name`, which takes back what was said."""
    if word.startswith("!"):
        return None
    return not word.startswith("-") and word.partition("=")[2].lower() != "false"


def _covering(pattern: str) -> Callable[[str], bool]:
    """Match as git does here: unlike an ignored folder, a folder that matches does not cover its files."""
    if "/" not in pattern:
        is_named = matcher((pattern,))
        return lambda path: is_named(path.rpartition("/")[2])
    if pattern.endswith("/**"):
        return matcher((pattern,))
    return matcher((pattern, f"!{pattern}/**"))
