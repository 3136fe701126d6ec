"""Which paths gitignore and gitattributes patterns name, as git reads them."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from re import Pattern
from typing import NamedTuple

from chargehand.core.wildmatch import plain_length, wildmatch


class _Rule(NamedTuple):
    """A pattern: what it takes back if it `is_negative`, and whether it names folders or names alone."""

    is_negative: bool
    is_for_folders: bool
    is_for_names: bool
    expression: Pattern[bytes] | None


# A configuration of its largest size has about so many patterns, each of which is asked about many paths.
@lru_cache(maxsize=32_768)
def matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Return a function that tells whether a path (relative, with `/`) is named; none names nothing.

    As in a `.gitignore`, the last pattern that matches decides, and all that lies in a named folder is named.
    """
    rules = [rule for pattern in reversed(patterns) if (rule := _rule(pattern)) and rule.expression]
    if not rules:
        return lambda _path: False

    @lru_cache(maxsize=4096)
    def covers_folder(folder: bytes) -> bool:
        return _last_word(rules, folder, is_folder=True)

    def names(path: str) -> bool:
        whole = path.encode("utf-8", "surrogateescape")
        return any(map(covers_folder, _folders(whole))) or _last_word(rules, whole, is_folder=False)

    return names


@lru_cache(maxsize=256)
def file_matcher(pattern: str) -> Callable[[str], bool]:
    """Return a function that tells whether a path is named by a pattern of a `.gitattributes`.

    There a folder that is named says nothing of the files in it.
    """
    rule = _rule(pattern)
    if rule is None or rule.is_for_folders:
        return lambda _path: False
    return lambda path: _is_met(rule, path.encode("utf-8", "surrogateescape"))


def folder_of(pattern: str) -> str:
    """Return a folder in which all lies that a pattern names, empty if that may be anywhere."""
    anchored = pattern.rstrip(" ").removesuffix("/").encode("utf-8", "surrogateescape")
    if b"/" not in anchored or anchored.startswith((b"#", b"!")):
        return ""
    plain = anchored[: plain_length(anchored)].removeprefix(b"/")
    return plain.rpartition(b"/")[0].decode("utf-8", "surrogateescape")


def can_match(pattern: str) -> bool:
    """Tell whether there is a path that the pattern names, or takes back: git passes over any other."""
    rule = _rule(pattern)
    return rule is not None and rule.expression is not None


def _folders(path: bytes) -> Iterator[bytes]:
    """Yield the folders above `path`, outermost first."""
    at = -1
    while (at := path.find(b"/", at + 1)) > 0:
        yield path[:at]


def _last_word(rules: Sequence[_Rule], path: bytes, *, is_folder: bool) -> bool:
    met = (rule for rule in rules if (is_folder or not rule.is_for_folders) and _is_met(rule, path))
    last = next(met, None)
    return last is not None and not last.is_negative


def _is_met(rule: _Rule, path: bytes) -> bool:
    tried = path.rpartition(b"/")[2] if rule.is_for_names else path
    return rule.expression is not None and rule.expression.fullmatch(tried) is not None


def _rule(line: str) -> _Rule | None:
    """Read a line of a .gitignore, None if it is a comment."""
    pattern = _without_spaces(line.encode("utf-8", "surrogateescape"))
    if pattern.startswith(b"#"):
        return None
    is_negative = pattern.startswith(b"!")
    pattern = pattern[is_negative:]
    is_for_folders = pattern.endswith(b"/")
    pattern = pattern[: len(pattern) - is_for_folders]
    is_for_names = b"/" not in pattern
    expression = _expression(pattern, is_for_names=is_for_names)
    return _Rule(is_negative, is_for_folders, is_for_names, expression)


def _expression(pattern: bytes, *, is_for_names: bool) -> Pattern[bytes] | None:
    """Read what is left of a pattern: git compares its plain beginning first, and begins after it anew."""
    pattern = pattern.removeprefix(b"/")
    if not pattern:
        return None
    return wildmatch(pattern, after=0 if is_for_names else plain_length(pattern))


def _without_spaces(line: bytes) -> bytes:
    """Return the line without the spaces at its end, unless a backslash keeps them."""
    kept = line.rstrip(b" ")
    backslashes = len(kept) - len(kept.rstrip(b"\\"))
    return line[: len(kept) + 1] if backslashes % 2 and kept != line else kept
