"""Which lines of a file's diff read like the line that a claim quotes.

Lines are compared in the form in which models saw them, printable. White space does not count, but a line
that is quoted with its white space comes before one that is not. If no line reads so, a quote may be a part
of one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from chargehand.core.diff import FileDiff, LineKind
from chargehand.core.escaping import printable
from chargehand.core.finding import Claim

# Anything shorter is a part of too many lines, or of all.
_SHORTEST_PART, _LEAST_PART = 8, 2


class Spot(NamedTuple):
    """One line of a hunk; a side that it is not on has the number of the next line there."""

    number: int
    hunk: int
    kind: LineKind
    old_number: int
    text: str

    @property
    def is_removed(self) -> bool:
        """Tell whether the new side lacks this line."""
        return self.kind == "-"


class Text(NamedTuple):
    """A file's diff: the new-side lines of each hunk, and of all lines those that are asked for."""

    hunks: list[list[Spot]]
    asked_for: dict[str, list[Spot]]


class Alike(NamedTuple):
    """The lines that read like a quote, by their numbers; `is_part`: only a part of each does."""

    spots: Sequence[Spot] = ()
    is_part: bool = False


class Reading(NamedTuple):
    """What a quote may mean: a text, the only number that it may have, and the kinds of line."""

    text: str
    number: int | None
    kinds: str


def read(claims: Iterable[Claim], files: Sequence[FileDiff]) -> Text:
    """Return what has to be known of `files`, all entries of the diff for one path, to find these quotes."""
    wanted = {squeezed(each.text) for claim in claims for each in _readings_of(claim)}
    text = Text([], {})
    for spots in _hunks(files):
        text.hunks.append([spot for spot in spots if not spot.is_removed])
        for spot in spots:
            if (key := squeezed(spot.text)) in wanted:
                text.asked_for.setdefault(key, []).append(spot)
    for spots in text.asked_for.values():
        spots.sort()
    return text


def lines_alike(claim: Claim, text: Text) -> Alike:
    """Return the lines that read like the first line of the quote as a whole."""
    found = [
        (each, [spot for spot in text.asked_for.get(squeezed(each.text), ()) if _may_be(spot, each)])
        for each in _readings_of(claim)
    ]
    fold = cache(folded)  # lines that are alike are mostly equal, and there may be a million of them
    same = ([spot for spot in spots if fold(spot.text) == each.text] for each, spots in found)
    alike = (spots for _, spots in found)
    return Alike(next(filter(None, (*same, *alike)), ()))


def lines_holding(claims: Sequence[Claim], files: Sequence[FileDiff]) -> list[Alike]:
    """Return for each claim the lines of which the first line of the quote is a part."""
    parts = [[(_without_ellipsis(each.text), each) for each in _readings_of(claim)] for claim in claims]
    found: list[list[Spot]] = [[] for _ in claims]
    for spot in (spot for spots in _hunks(files) for spot in spots) if claims else ():
        line = squeezed(spot.text)
        for nth, claim in enumerate(claims):
            if any(_is_part(part, line, spot, claim) and _may_be(spot, each) for part, each in parts[nth]):
                found[nth].append(spot)
    return [Alike(sorted(spots), is_part=True) for spots in found]


def quoted(claim: Claim) -> list[str]:
    """Return the lines of the quote that are not blank."""
    return [line for each in claim.quote.split("\n") if (line := folded(each))]


def readings(line: str) -> list[Reading]:
    """Return what a quoted line may mean: itself, then without the column that stands before a shown line.

    A number in that column holds the reading to the line with this number.
    """
    column = re.match(r"([0-9]{1,9})(?: ?[:|])? ?", line)
    bare, number = (line[column.end() :], int(column[1])) if column else (line, None)
    found = (
        Reading(line, None, "+ -"),
        Reading(bare, number, "+ "),
        Reading(bare.removeprefix("+").lstrip(), number, "+ "),
        Reading(bare[1:].lstrip() if column and bare[:1] in {"<", ">"} else bare, number, "+ "),
        Reading(line.removeprefix("-").lstrip(), None, "-"),
    )
    return [each for each in dict.fromkeys(found) if each.text]


def folded(text: str) -> str:
    """Return `text` with each run of white space as one blank; the CR of a line ending does not count."""
    return " ".join(printable(text).removesuffix("\\u{d}").split())


def squeezed(text: str) -> str:
    """Return `text` without white space."""
    return "".join(printable(text).removesuffix("\\u{d}").split())


def _readings_of(claim: Claim) -> Iterator[Reading]:
    for line in quoted(claim)[:1]:
        yield from readings(line)


def _hunks(files: Iterable[FileDiff]) -> Iterator[list[Spot]]:
    for nth, hunk in enumerate(hunk for file in files for hunk in file.hunks):
        spots = []
        old, new = hunk.old_start, hunk.new_start
        for line in hunk.lines():
            spots.append(Spot(new, nth, line.kind, old, line.text))
            old += line.kind != "+"
            new += line.kind != "-"
        yield spots


def _may_be(spot: Spot, reading: Reading) -> bool:
    return spot.kind in reading.kinds and reading.number in {None, spot.number}


def _without_ellipsis(text: str) -> str:
    return re.sub(r"^(…|\.\.\.)|(…|\.\.\.)$", "", squeezed(text))


def _is_part(part: str, line: str, spot: Spot, claim: Claim) -> bool:
    """Tell whether `line` holds `part`; a short one counts only if the line is where it was claimed."""
    if len(part) < _LEAST_PART or part not in line:
        return False
    return (len(part) >= _SHORTEST_PART and any(map(str.isalpha, part))) or is_claimed(spot.number, claim)


def is_claimed(number: int, claim: Claim) -> bool:
    """Tell whether a line is in the claimed region."""
    return 0 < claim.line <= number <= max(claim.line, claim.end_line)
