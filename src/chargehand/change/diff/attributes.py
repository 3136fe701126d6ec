"""What the .gitattributes files of a tree say of a path, nested ones too."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from chargehand.change.diff.parse.names import unquoted
from chargehand.core.patterns import matcher

# True where a name is set, False where it is unset, a text for `name=text`, None for what is not said.
Said = bool | str | None

_LINE = re.compile(r'[ \t]*("(?:[^"\\]|\\.)*"|[^ \t"][^ \t]*)[ \t]+(.*)')


class _Rule(NamedTuple):
    covers: Callable[[str], bool]
    said: Said


def attribute(texts: Mapping[str, str], name: str) -> Callable[[str], Said]:
    """Return a function from a path to what `texts` say of `name` for it.

    `texts` are .gitattributes files by their folders, of which the top is empty. As in git, the file nearest
    to the path decides, and in it the last line that covers the path; `!name` takes back what was said. Lines
    with patterns that cannot be read are passed over, and so are macros.
    """
    rules = {folder: _rules(text, name) for folder, text in texts.items()}

    def said(path: str) -> Said:
        for folder in _folders(path):
            inside = path[len(folder) :].removeprefix("/")
            for rule in rules.get(folder, ()):
                if rule.covers(inside):
                    return rule.said
        return None

    return said if any(rules.values()) else lambda _path: None


def _folders(path: str) -> Iterator[str]:
    """Yield the folders of `path`, innermost first; the top is empty."""
    at = len(path)
    while (at := path.rfind("/", 0, at)) > 0:
        yield path[:at]
    yield ""


def _rules(text: str, name: str) -> list[_Rule]:
    rules = [rule for line in text.splitlines() if name in line and (rule := _read(line, name))]
    rules.reverse()
    return rules


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


def _value(word: str) -> Said:
    if word.startswith("!"):
        return None
    if word.startswith("-"):
        return False
    value = word.partition("=")[2]
    return {"": True, "true": True, "false": False}.get(value.lower(), value)


def _covering(pattern: str) -> Callable[[str], bool]:
    """Match as git does here: unlike an ignored folder, a folder that matches does not cover its files."""
    if "/" not in pattern:
        is_named = matcher((pattern,))
        return lambda path: is_named(path.rpartition("/")[2])
    if pattern.endswith("/**"):
        return matcher((pattern,))
    return matcher((pattern, f"!{pattern}/**"))
