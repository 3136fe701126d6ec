"""Which files of a change belong together: one has a definition that changed lines of the other use."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chargehand.change.context.forms import definitions_in
from chargehand.change.context.languages import Language, language_of
from chargehand.change.context.names import uses_in
from chargehand.core.diff import FileDiff

# A name that more files use says nothing of any two of them.
_MOST_USERS = 8
# Above it looking takes longer than it is worth: files stay in the order of the change.
_MOST_BYTES = 4_000_000


def kin(files: Sequence[FileDiff], room: int) -> tuple[tuple[str, ...], ...]:
    """Return the paths in groups whose text has `room` bytes at most.

    Those join first that share most names for the room that the smaller of them takes. Groups come in the
    order of their first file, and files in a group in theirs. A file that is larger than the room is a group.
    """
    sizes = Counter[str]()
    for file in files:
        sizes[file.path] += sum(len(hunk.body) for hunk in file.hunks)
    group_of = {path: [path] for path in sizes}
    for one, other in _links(files, sizes) if sum(sizes.values()) <= _MOST_BYTES else ():
        mine, theirs = group_of[one], group_of[other]
        if mine is not theirs and sum(sizes[path] for path in (*mine, *theirs)) <= room:
            mine += theirs
            group_of |= dict.fromkeys(theirs, mine)
    places = {path: place for place, path in enumerate(sizes)}
    groups = {id(group): sorted(group, key=places.__getitem__) for group in group_of.values()}
    return tuple(tuple(group) for group in sorted(groups.values(), key=lambda group: places[group[0]]))


def _links(files: Sequence[FileDiff], sizes: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return the pairs of a file that defines and one that uses, those with most names for a byte first."""
    definers: dict[tuple[Language, str], set[str]] = {}
    users: dict[tuple[Language, str], set[str]] = {}
    for file, language in ((file, language_of(file.path)) for file in files):
        if language:
            for name in _defined(file, language):
                definers.setdefault((language, name), set()).add(file.path)
            for used in uses_in(file, language):
                users.setdefault((language, used.name), set()).add(file.path)
    names = Counter(_pairs(definers, users))
    return sorted(names, key=lambda pair: (-names[pair] / max(1, min(sizes[path] for path in pair)), pair))


def _defined(file: FileDiff, language: Language) -> Iterator[str]:
    """Yield what is defined on a line that is shown: if it did not change itself, lines beside it did."""
    shown = (line for hunk in file.hunks for line in (hunk.section, *(each.text for each in hunk.lines())))
    for line in shown:
        yield from (name for name, _ in definitions_in(line, language))


def _pairs(
    definers: Mapping[tuple[Language, str], Iterable[str]], users: Mapping[tuple[Language, str], set[str]]
) -> Iterator[tuple[str, str]]:
    for name, paths in definers.items():
        owners, others = set(paths), users.get(name, set())
        if len(owners) == 1 and len(others) <= _MOST_USERS:
            (owner,) = owners
            yield from ((owner, user) for user in others - owners)
