"""Who else uses what a change changes: a line for each other file, and the names of tests."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from chargehand.change.context.definitions import Lines
from chargehand.change.context.forms import COMMENT, definitions_in
from chargehand.change.context.languages import Language
from chargehand.change.context.layout import enclosing
from chargehand.change.context.nearest import IsTest, User, ordered
from chargehand.change.context.search import Hit
from chargehand.core.context import Kind, Passage

_MOST_CALLERS = 8
_MOST_TESTS = 8
_LONGEST_LINE = 160
# A name that stands in so many files is a word of every day, and a line of each says nothing.
_MOST_FILES = 25
_SHORTEST_NAME = 3

_IMPORT = re.compile(r"\s*(import|from|use|using|#\s*include|export \{|require)\b")
_TEST = re.compile(
    r"\s*(?:it|test|describe|specify|context|scenario|t\.Run)(?:\.\w+)?\s*\(?\s*(['\"`])(.{1,100}?)\1"
)


class Changed(NamedTuple):
    """A name that a file changes, and the lines of the file that are shown anyhow."""

    name: str
    user: User
    shown: Collection[int]


def users_of(
    changed: Changed, hits: Sequence[Hit], lines_of: Lines, language: Language, is_test: IsTest
) -> Iterator[Passage]:
    """Yield the other users of a name, the nearest first: the line of one in each file, or the test's name.

    A name that languages call by themselves, such as `__init__`, tells nothing of its users.
    """
    if len(changed.name) < _SHORTEST_NAME or changed.name.startswith("__"):
        return
    by_path: dict[str, list[Hit]] = {}
    for hit in hits:
        if _is_use(hit, changed, language):
            by_path.setdefault(hit.path, []).append(hit)
    if len(by_path) > _MOST_FILES:
        return
    left = {False: _MOST_CALLERS, True: _MOST_TESTS}
    first = (min(group, key=lambda hit: bool(_IMPORT.match(hit.text))) for group in by_path.values())
    for _, hit in ordered(first, changed.user, frozenset(), lambda _: False):
        in_test = is_test(hit.path)
        said = _test(hit, lines_of(hit.path), language) if in_test else _line(Kind.CALLER, hit, hit.text)
        if said and left[in_test]:
            left[in_test] -= 1
            yield said


def _is_use(hit: Hit, changed: Changed, language: Language) -> bool:
    is_shown = hit.path == changed.user.path and hit.line in changed.shown
    return (
        not is_shown
        and not COMMENT.match(hit.text)
        and (hit.name[:1].isupper() or language.calls_bare or _is_called(hit))
        and all(found != hit.name for found, _ in definitions_in(hit.text, language))
    )


def _is_called(hit: Hit) -> bool:
    return bool(re.search(rf"(?<![\w$]){re.escape(hit.name)}\s*(\(|<|!|::)", hit.text))


def _line(kind: Kind, hit: Hit, text: str) -> Passage:
    return Passage(kind, hit.path, hit.line, text.strip()[:_LONGEST_LINE])


def _test(hit: Hit, lines: Sequence[str], language: Language) -> Passage | None:
    """Return the name of the test that a line stands in, None if none is found."""
    at = hit.line - 1
    for index in (at, *enclosing(lines, at)) if at < len(lines) else ():
        if quoted := _TEST.match(lines[index]):
            return _line(Kind.TEST, hit, quoted[2])
        named = next(
            (name for name, is_loose in definitions_in(lines[index], language) if not is_loose), None
        )
        if named and named.lower().startswith("test"):
            return _line(Kind.TEST, hit, named)
    return None
