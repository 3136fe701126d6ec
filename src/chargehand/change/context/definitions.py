"""The definitions of what changed lines use: bodies if they are short, else how they begin."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from chargehand.change.context.forms import definitions_in
from chargehand.change.context.languages import Language
from chargehand.change.context.layout import Extent, enclosing, extent_of, indent_of
from chargehand.change.context.names import Use
from chargehand.change.context.nearest import ELSEWHERE, IMPORTED, Candidate, IsTest, User, ordered
from chargehand.change.context.search import Hit
from chargehand.core.context import Kind, Passage
from chargehand.core.time_limit import IsOver

# A longer definition is cut after so many lines; more of it would make models skim.
_WHOLE_LINES = 60
_CUT_LINES = 15
# Of so many definitions of one name that are equally far away none can be said to be meant.
_MOST_ALIKE = 3
_MOST_MEMBERS = 30
_MOST_LOOKED_AT = 40
_LONGEST_WITHIN = 100

_TYPE = re.compile(
    r"\b(class|struct|interface|trait|impl|type|enum|module|object|record|protocol|namespace)\b"
)
_FUNCTION = re.compile(r"\s*(async )?def ")

Lines = Callable[[str], Sequence[str]]


class Wanted(NamedTuple):
    """A passage that a changed line wants, and how much."""

    line: int
    passage: Passage
    rank: int


def definitions_for(
    user: User,
    uses: Sequence[Use],
    hits: Mapping[str, Sequence[Hit]],
    lines_of: Lines,
    language: Language,
    is_test: IsTest,
    is_over: IsOver,
) -> Iterator[Wanted]:
    """Yield the definitions of the names that a file uses, for each line that uses one."""
    by_name: dict[str, list[Use]] = {}
    for use in uses:
        by_name.setdefault(use.name, []).append(use)
    for name, used in by_name.items():
        if is_over():
            return
        if name not in hits:
            continue
        owners = frozenset(use.owner for use in used if use.owner)
        is_called = any(use.is_called for use in used) or name[:1].isupper()
        near = _verified(ordered(hits[name], user, owners, is_test)[:_MOST_LOOKED_AT], lines_of, language)
        for rank, passage in _meant(list(near), is_called=is_called):
            yield from (Wanted(use.line, passage, rank) for use in used)


class _Definition(NamedTuple):
    candidate: Candidate
    extent: Extent
    passage: Passage


def _verified(candidates: Iterable[Candidate], lines_of: Lines, language: Language) -> Iterator[_Definition]:
    """Yield those that are definitions, as far as the first distance at which there is one."""
    nearest: int | None = None
    for candidate in candidates:
        if nearest is not None and candidate.distance > nearest:
            return
        hit = candidate.hit
        lines = lines_of(hit.path)
        if not _defines(lines[hit.line - 1 : hit.line], hit.name, language):
            continue
        extent = extent_of(lines, hit.line - 1, language, is_loose=hit.is_loose)
        if extent and not (candidate.distance and _is_local(lines, hit.line - 1)):
            nearest = candidate.distance
            yield _Definition(candidate, extent, _passage(hit.path, lines, extent, language))


def _defines(lines: Sequence[str], name: str, language: Language) -> bool:
    return any(found == name for line in lines for found, _ in definitions_in(line, language))


def _is_local(lines: Sequence[str], at: int) -> bool:
    """Tell what is defined inside of a function, which no other file can mean."""
    return any(_FUNCTION.match(lines[index]) for index in enclosing(lines, at))


def _meant(found: Sequence[_Definition], *, is_called: bool) -> Iterator[tuple[int, Passage]]:
    """Yield which definitions are probably meant; of several, and of one far away, only the beginning."""
    if not found:
        return
    distance = found[0].candidate.distance
    if not is_called and distance > IMPORTED:
        return  # a word that happens to be defined somewhere
    is_unsure = len(found) > _MOST_ALIKE and distance >= ELSEWHERE
    for place, each in enumerate(found[: 1 if is_unsure else 2]):
        rank = distance + (not is_called) + 4 * place + 8 * is_unsure
        passage = each.passage
        if place or is_unsure:
            passage = passage.shortened()
        yield rank, passage


def _passage(path: str, lines: Sequence[str], extent: Extent, language: Language) -> Passage:
    is_whole = extent.last - extent.top < _WHOLE_LINES
    first = extent.top if is_whole else extent.first
    shown = lines[first : extent.last + 1] if is_whole else list(_outline(lines, extent, language))
    outer = enclosing(lines, extent.first)
    return Passage(
        Kind.DEFINITION,
        path,
        first + 1,
        "\n".join(shown),
        within=lines[outer[0]].strip()[:_LONGEST_WITHIN] if outer else "",
        brief=extent.first - first,
        brief_lines=extent.header + 1 - extent.first if extent.header < extent.last else 0,
    )


def _outline(lines: Sequence[str], extent: Extent, language: Language) -> Iterator[str]:
    """Yield how what is too long begins: of a type the first lines of its members, of a function its own."""
    yield from lines[extent.first : extent.header + 1]
    inside = range(extent.header + 1, extent.last)
    chosen: Sequence[int] = inside[:_CUT_LINES]
    if _TYPE.search(lines[extent.first]):
        depth = min((indent_of(lines[index]) for index in inside if lines[index].strip()), default=0)
        members = (index for index in inside if indent_of(lines[index]) == depth)
        defining = (index for index in members if any(definitions_in(lines[index], language)))
        chosen = list(islice(defining, _MOST_MEMBERS)) or chosen
    yield from (lines[index] for index in chosen)
    yield f"… {len(inside) - len(chosen)} more lines"
