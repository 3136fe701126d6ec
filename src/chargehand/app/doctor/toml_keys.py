"""What a line of a TOML file names: a table, or a setting in one."""

import re

from chargehand.config.variables import Key

_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")
_HEADER = re.compile(r"\s*\[\[?(.+?)\]\]?\s*(#.*)?")
ASSIGNED = re.compile(r"(\s*)((?:\"[^\"]*\"|'[^']*'|[\w.\s-])+?)(\s*=\s*)(.*)", re.DOTALL)


def header_of(line: str) -> Key | None:
    """Return which table begins with the line, None if none does."""
    header = _HEADER.fullmatch(line)
    return parts_of(header[1]) if header else None


def is_on_the_way(path: Key, key: Key) -> bool:
    """Tell whether one of both leads to the other, or is it."""
    return bool(path) and common(path, key) >= min(len(path), len(key))


def common(path: Key, key: Key) -> int:
    """Return how many parts of both are the same, none if they begin differently."""
    return sum(1 for a, b in zip(path, key, strict=False) if a == b) if path[:1] == key[:1] else 0


def parts_of(text: str) -> Key:
    """Return the parts of a key as TOML writes it."""
    return tuple(next(each for each in found if each) for found in _PART.findall(text) if any(found))
