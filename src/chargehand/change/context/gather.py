"""Everything of the code that may be shown beside a change, and which of its lines want which of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from chargehand.change.context.definitions import definitions_for
from chargehand.change.context.languages import Language, language_of
from chargehand.change.context.names import Use, changed_names, uses_in
from chargehand.change.context.nearest import IsTest, User, ordered, user_of
from chargehand.change.context.search import Found, Hit, Searcher
from chargehand.change.context.texts import Texts
from chargehand.change.context.users import Changed, users_of
from chargehand.core.context import Passage
from chargehand.core.diff import Diff, FileDiff
from chargehand.core.time_limit import IsOver, while_there_is_time

# Bounds that few changes meet; what is beyond is not looked up.
_MOST_NAMES = 1_000
_MOST_CHANGED_NAMES = 60
# Of each name so many lines are looked at more closely, the nearest first.
_CLOSE_LOOKS = 6

_NOTHING = Found((), is_cut=False)
Hits = Mapping[str, Sequence[Hit]]


class Wish(NamedTuple):
    """A line of a changed file wants a passage; what has the lowest rank is shown first."""

    path: str
    line: int
    passage: Passage
    rank: int


class Gathered(NamedTuple):
    """Which lines want which passages; `is_cut`: not everything was looked at."""

    wishes: tuple[Wish, ...]
    is_cut: bool


class _File(NamedTuple):
    """A changed file: what it uses, and which definitions change on which lines."""

    diff: FileDiff
    user: User
    uses: Sequence[Use]
    changes: Mapping[str, Sequence[int]]


class _Looked(NamedTuple):
    """What was found for the files of one language."""

    language: Language
    texts: Texts
    is_test: IsTest
    definitions: Hits
    mentions: Hits
    is_over: IsOver


def by_use(diff: Diff, searcher: Searcher, is_test: IsTest) -> Gathered:
    """Return what the changed lines of `diff` use, and what uses what they change."""
    groups: dict[Language, list[FileDiff]] = {}
    for file in diff.reviewable:
        language = language_of(file.path)
        if language and file.hunks and file.status != "deleted":
            groups.setdefault(language, []).append(file)
    wishes: list[Wish] = []
    is_cut = False
    for language, diffs in groups.items():
        texts = Texts(searcher)
        texts.fetch(each.path for each in diffs)
        files = [_file(diff, texts, language, is_test, searcher.is_over) for diff in diffs]
        looked, was_cut = _look(files, searcher, language, texts, is_test)
        is_cut |= was_cut or texts.is_cut
        for each in files:
            found = (*_used(each, looked), *_using(each, looked))
            wishes += (Wish(each.diff.path, line, passage, rank) for line, passage, rank in found)
    return Gathered(tuple(wishes), is_cut or searcher.is_over())


def _file(diff: FileDiff, texts: Texts, language: Language, is_test: IsTest, is_over: IsOver) -> _File:
    lines = texts.lines(diff.path)
    user = user_of(diff.path, lines, is_test=is_test(diff.path))
    named = () if user.is_test else changed_names(diff, lines, language)
    changes: dict[str, list[int]] = {}
    for name, line in while_there_is_time(named, is_over):
        changes.setdefault(name, []).append(line)
    return _File(diff, user, tuple(while_there_is_time(uses_in(diff, language), is_over)), changes)


def _look(
    files: Sequence[_File], searcher: Searcher, language: Language, texts: Texts, is_test: IsTest
) -> tuple[_Looked, bool]:
    """Return what git finds of the names, called ones first, and whether there is more."""
    uses = sorted((use for file in files for use in file.uses), key=lambda use: not use.is_called)
    names = list(dict.fromkeys(use.name for use in uses))
    changed = list(dict.fromkeys(name for file in files for name in file.changes))
    defined = searcher.definitions(names[:_MOST_NAMES], language) if names else _NOTHING
    mentioned = searcher.mentions(changed[:_MOST_CHANGED_NAMES], language) if changed else _NOTHING
    looked = _Looked(
        language, texts, is_test, _by_name(defined.hits), _by_name(mentioned.hits), searcher.is_over
    )
    texts.fetch(path for file in files for path in _worth_reading(file, looked))
    is_beyond = len(names) > _MOST_NAMES or len(changed) > _MOST_CHANGED_NAMES
    return looked, is_beyond or defined.is_cut or mentioned.is_cut


def _by_name(hits: Iterable[Hit]) -> Hits:
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        found.setdefault(hit.name, []).append(hit)
    return found


def _worth_reading(file: _File, looked: _Looked) -> Iterator[str]:
    """Yield the files whose lines decide what a name means, and those of tests."""
    for name in dict.fromkeys(use.name for use in file.uses):
        if looked.is_over():
            return
        near = ordered(looked.definitions.get(name, ()), file.user, frozenset(), looked.is_test)
        yield from islice(dict.fromkeys(each.hit.path for each in near), _CLOSE_LOOKS)
    for name in file.changes:
        tests = ordered(looked.mentions.get(name, ()), file.user, frozenset(), lambda _: False)
        paths = dict.fromkeys(each.hit.path for each in tests if looked.is_test(each.hit.path))
        yield from islice(paths, _CLOSE_LOOKS)


def _used(file: _File, looked: _Looked) -> Iterator[tuple[int, Passage, int]]:
    return definitions_for(
        file.user,
        file.uses,
        looked.definitions,
        looked.texts.lines,
        looked.language,
        looked.is_test,
        looked.is_over,
    )


def _using(file: _File, looked: _Looked) -> Iterator[tuple[int, Passage, int]]:
    shown = frozenset(line.new_number or 0 for line in file.diff.lines())
    for name, at in file.changes.items():
        changed = Changed(name, file.user, shown)
        users = users_of(
            changed, looked.mentions.get(name, ()), looked.texts.lines, looked.language, looked.is_test
        )
        for rank, passage in enumerate(users):
            yield from ((line, passage, rank) for line in at)
