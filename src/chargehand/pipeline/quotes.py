"""Where in a file's diff the line stands that a claim quotes.

The claimed number merely chooses among equal lines, so a claim is never put at a line that it does not
quote. Lines are compared in the form in which models saw them, printable, with white space folded.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chargehand.core.diff import FileDiff
from chargehand.core.escaping import printable
from chargehand.core.finding import Claim

# A claim about a whole function is shown at its first lines.
_LONGEST_REGION = 30

# Among more equal lines than these, only those round the claimed line are compared.
_NEAREST = 32


class Match(NamedTuple):
    """New-side lines `start` to `end`, both None if the quote is nowhere; `code` is the cited text.

    `note` says how the place differs from what was claimed, empty if it does not.
    """

    start: int | None = None
    end: int | None = None
    code: str = ""
    note: str = ""


def find_quotes(claims: Sequence[Claim], files: Sequence[FileDiff]) -> list[Match]:
    """Return the place of each claim; `files` are all entries of the diff for the one path that they name."""
    text = _read(files, {reading for claim in claims for reading in _wanted(claim)})
    return [_place(claim, text) for claim in claims]


class _Spot(NamedTuple):
    """One line of a hunk; the number of a removed one is that of the kept line after it."""

    number: int
    hunk: int
    added: bool
    text: str


class _Text(NamedTuple):
    """The new-side lines of each hunk; and the lines that are asked for, by their folded text."""

    hunks: list[list[_Spot]]
    kept: dict[str, list[_Spot]]
    removed: dict[str, list[_Spot]]


def _wanted(claim: Claim) -> Iterator[str]:
    for quoted in _quoted(claim)[:1]:
        yield from (reading for reading, _ in _readings(quoted))
        yield from _readings_as_removed(quoted)


def _quoted(claim: Claim) -> list[str]:
    return [folded for line in claim.quote.split("\n") if (folded := _fold(line))]


def _fold(text: str) -> str:
    """Return the form in which lines are compared; the CR of a line ending does not count."""
    return " ".join(printable(text).removesuffix("\\u{d}").split())


def _readings(quoted: str) -> list[tuple[str, int | None]]:
    """Return what a quote may mean: itself, then without the column that a chunk puts in front of a line.

    A number in that column holds the reading to the line with this number.
    """
    column = re.match(r"([0-9]{1,9})(?: ?[:|])? ?", quoted)
    bare, number = (quoted[column.end() :], int(column[1])) if column else (quoted, None)
    readings = [(quoted, None), (bare, number), (bare.removeprefix("+").lstrip(), number)]
    return [(reading, at) for reading, at in readings if reading]


def _readings_as_removed(quoted: str) -> list[str]:
    return [reading for reading in (quoted, quoted.removeprefix("-").lstrip()) if reading]


def _read(files: Sequence[FileDiff], wanted: set[str]) -> _Text:
    text = _Text([], {}, {})
    for hunk in (hunk for file in files for hunk in file.hunks):
        lines: list[_Spot] = []
        following = hunk.new_start
        for line in hunk.lines():
            spot = _Spot(following, len(text.hunks), line.kind == "+", line.text)
            if line.kind != "-":
                lines.append(spot)
                following += 1
            folded = _fold(line.text)
            if folded in wanted:
                found = text.removed if line.kind == "-" else text.kept
                found.setdefault(folded, []).append(spot)
        text.hunks.append(lines)
    for found in (text.kept, text.removed):
        for spots in found.values():
            spots.sort()
    return text


def _place(claim: Claim, text: _Text) -> Match:
    quoted = _quoted(claim)
    if not quoted:
        return Match(note=f"no line was quoted for line {claim.line}" if claim.line > 0 else "")
    for reading, number in _readings(quoted[0]):
        spots: Sequence[_Spot] = text.kept.get(reading, ())
        if number is not None:
            spots = _between(spots, number, number)
        if spots:
            return _at_kept(claim, quoted[1:], spots, text)
    for reading in _readings_as_removed(quoted[0]):
        if reading in text.removed:
            return _at_removed(claim, text.removed[reading], text)
    return Match(note="the quoted line is not in the diff of this file")


def _between(spots: Sequence[_Spot], first: int, last: int) -> Sequence[_Spot]:
    """Return the spots from line `first` to line `last`; they come, and stay, in the order of lines."""
    start = bisect_left(spots, first, key=lambda spot: spot.number)
    return spots[start : bisect_right(spots, last, key=lambda spot: spot.number)]


def _at_kept(claim: Claim, others: Sequence[str], spots: Sequence[_Spot], text: _Text) -> Match:
    near = _near(claim, spots)
    rest = [{reading for reading, _ in _readings(quoted)} for quoted in others[: _LONGEST_REGION - 1]]
    followed_by = {spot: _followed_by(spot, rest, text) for spot in near}
    spot = min(near, key=lambda each: (-len(followed_by[each]), *_distance(each, claim, text)))
    is_whole = rest and len(followed_by[spot]) == len(rest)
    extent = followed_by[spot][-1] - spot.number if is_whole else _extent(claim)
    region = _region(spot, spot.number + extent, text)
    return Match(
        start=spot.number,
        end=region[-1].number,
        code="\n".join(map(_code, region)),
        note=_moved((claim.line, claim.line + extent), (spot.number, region[-1].number), len(spots)),
    )


def _near(claim: Claim, spots: Sequence[_Spot]) -> Sequence[_Spot]:
    middle = bisect_left(spots, claim.line, key=lambda spot: spot.number)
    return spots[max(0, middle - _NEAREST) : middle + _NEAREST]


def _followed_by(spot: _Spot, rest: Sequence[set[str]], text: _Text) -> list[int]:
    """Return the numbers of the lines after `spot` that read like the rest of its quote, blank ones apart."""
    numbers: list[int] = []
    lines = (line for line in _onwards(spot, text)[1:] if line.text.strip()) if rest else ()
    for readings, line in zip(rest, lines, strict=False):
        if _fold(line.text) not in readings:
            break
        numbers.append(line.number)
    return numbers


def _onwards(spot: _Spot, text: _Text) -> Sequence[_Spot]:
    return _between(text.hunks[spot.hunk], spot.number, spot.number + _LONGEST_REGION - 1)


def _distance(spot: _Spot, claim: Claim, text: _Text) -> tuple[bool, int, bool, int, int]:
    """Sort key: in the hunk of the claimed line, close to it, added. Without a number: added, then first."""
    lines = text.hunks[spot.hunk]
    is_outside = not (lines and lines[0].number <= claim.line <= lines[-1].number)
    distance = abs(spot.number - claim.line) if claim.line > 0 else 0
    return (is_outside, distance, not spot.added, spot.number, spot.hunk)


def _extent(claim: Claim) -> int:
    return max(0, claim.end_line - claim.line) if claim.line > 0 else 0


def _region(spot: _Spot, last: int, text: _Text) -> Sequence[_Spot]:
    """Return the spot and the added lines that follow it without a gap, up to line `last`.

    Forges show a region only if each of its lines is in their own diff, which may have less context.
    """
    lines = _onwards(spot, text)
    length = 1
    while spot.added and length < len(lines) and lines[length].added and lines[length].number <= last:
        length += 1
    return lines[:length]


def _code(spot: _Spot) -> str:
    return printable(spot.text.removesuffix("\r"))


def _moved(claimed: tuple[int, int], found: tuple[int, int], equal_lines: int) -> str:
    first, last = claimed
    if first <= 0:
        return f"one of {equal_lines} equal lines; none was claimed by number" if equal_lines > 1 else ""
    if claimed == found:
        return ""
    return f"claimed at line {first}" if first == last else f"claimed at lines {first} to {last}"


def _at_removed(claim: Claim, spots: Sequence[_Spot], text: _Text) -> Match:
    spot = min(_near(claim, spots), key=lambda each: _distance(each, claim, text))
    beside = _between(text.hunks[spot.hunk], spot.number - 1, spot.number)
    if not beside:
        return Match(code=_code(spot), note="the quoted line was removed, and no line beside it was kept")
    line = max(beside, key=lambda each: (each.added, each.number))
    note = "the quoted line was removed; this is the nearest line that was kept"
    return Match(start=line.number, end=line.number, code=_code(spot), note=note)
