"""Which of several definitions of one name a file means: the one that is nearest."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from chargehand.change.context.search import Hit

_IMPORT = re.compile(
    r"\s*(import\b|from\b|use\b|using\b|#\s*include\b|@import\b|require|alias\b|([\w.]+ )?\"[\w./-]+\"$)"
    r"|.*\brequire\("
)
_WORD = re.compile(r"[A-Za-z_]\w+")

SAME_FILE, NAMED, SAME_FOLDER, IMPORTED, ELSEWHERE = range(0, 10, 2)
_OTHER_KIND, _IN_TESTS = 1, 10

IsTest = Callable[[str], bool]


class User(NamedTuple):
    """A file that uses names: its path, the words of its imports, and whether it is a test."""

    path: str
    imported: frozenset[str]
    is_test: bool


class Candidate(NamedTuple):
    """A definition that may be meant, and how far away it is."""

    distance: int
    hit: Hit


def user_of(path: str, lines: Sequence[str], *, is_test: bool) -> User:
    """Return what the lines of a file say of where its names come from."""
    imports = (word for line in lines[:2_000] if _IMPORT.match(line) for word in _WORD.findall(line))
    return User(path, frozenset(imports), is_test)


def ordered(hits: Iterable[Hit], user: User, owners: frozenset[str], is_test: IsTest) -> list[Candidate]:
    """Return where the name may be defined, the nearest first; `owners` stand before its dot."""
    found = [Candidate(_distance(hit, user, owners, is_test), hit) for hit in hits]
    return sorted(
        found,
        key=lambda each: (each.distance, -_shared(each.hit.path, user.path), each.hit.path, each.hit.line),
    )


def _distance(hit: Hit, user: User, owners: frozenset[str], is_test: IsTest) -> int:
    if hit.path == user.path:
        return SAME_FILE
    path = PurePosixPath(hit.path)
    beyond = _IN_TESTS if is_test(hit.path) and not user.is_test else 0
    beyond += _OTHER_KIND if path.suffix != PurePosixPath(user.path).suffix else 0
    if not owners.isdisjoint({path.stem, path.parent.name}):
        return NAMED + beyond
    if path.parent == PurePosixPath(user.path).parent:
        return SAME_FOLDER + beyond
    if path.stem in user.imported or path.parent.name in user.imported or hit.name in user.imported:
        return IMPORTED + beyond
    return ELSEWHERE + beyond


def _shared(path: str, other: str) -> int:
    """Return how many folders two paths share."""
    pairs = zip(path.split("/")[:-1], other.split("/")[:-1], strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(path.count("/"), other.count("/")))
