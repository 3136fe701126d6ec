"""Which line a claim is about, of those that read like its quote, and which region is shown with it.

The claimed numbers merely choose among equal lines, so a claim is never put at a line that it does not quote.
Whatever else had to choose is said in the note.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chargehand.core.diff import FileDiff
from chargehand.core.escaping import printable
from chargehand.core.finding import Claim
from chargehand.pipeline.quotes import (
    Alike,
    Spot,
    Text,
    folded,
    is_claimed,
    lines_alike,
    lines_holding,
    quoted,
    read,
    readings,
)

# A claim about a whole function is shown at some of its lines.
_LONGEST_REGION = 30

# Among more equal lines than these, only those round the claimed line are compared.
_NEAREST = 32

# So far models are off when they count lines.
_NEAR = 5


class Match(NamedTuple):
    """New-side lines `start` to `end`, both None if the quote is nowhere; the fields are those of a finding.

    `distance` is how far from the claimed region the line is, None if no number was claimed. `is_part`: only
    a part of the line was quoted.
    """

    start: int | None = None
    end: int | None = None
    line: int | None = None
    old_line: int | None = None
    quote: str = ""
    code: str = ""
    note: str = ""
    is_approximate: bool = False
    distance: int | None = None
    is_part: bool = False


def find_places(
    claims: Sequence[Claim], files: Sequence[FileDiff], *, takes_parts: bool = True
) -> list[Match]:
    """Return the place of each claim; `files` are all entries of the diff for the one path that they name.

    If no line reads like a quote, it may be a part of one, unless that must not be taken.
    """
    text = read(claims, files)
    alike = [lines_alike(claim, text) for claim in claims]
    if takes_parts:
        unknown = [nth for nth, claim in enumerate(claims) if quoted(claim) and not alike[nth].spots]
        for nth, each in zip(unknown, lines_holding([claims[nth] for nth in unknown], files), strict=True):
            alike[nth] = each
    return [_place(claim, each, text) for claim, each in zip(claims, alike, strict=True)]


def _place(claim: Claim, alike: Alike, text: Text) -> Match:
    if not quoted(claim):
        return Match(note=f"no line was quoted for line {claim.line}" if claim.line > 0 else "")
    if not alike.spots:
        return Match(note="the quoted line is not in the diff of this file")
    near = _near(claim, alike.spots)
    followers = {spot: _followed_by(spot, _rest(claim), text) for spot in near}
    spot = min(near, key=lambda each: _rank(each, claim, followers, text))
    place = _at_removed(spot, text) if spot.is_removed else _at_kept(spot, claim, followers[spot], text)
    choice = _choice(spot, claim, alike, followers)
    said = ("only a part of this line was quoted" if alike.is_part else "", place.note, choice.note)
    distance = _distance(spot, claim) if claim.line > 0 else None
    return place._replace(
        quote=_code(spot),
        note="; ".join(filter(None, said)),
        is_approximate=choice.is_doubtful or (alike.is_part and distance != 0),
        distance=distance,
        is_part=alike.is_part,
    )


def _near(claim: Claim, spots: Sequence[Spot]) -> Sequence[Spot]:
    middle = bisect_left(spots, claim.line, key=lambda spot: spot.number)
    return spots[max(0, middle - _NEAREST) : middle + _NEAREST]


def _rest(claim: Claim) -> Sequence[set[str]]:
    """Return the readings of each line of the quote but the first."""
    others = quoted(claim)[1:_LONGEST_REGION]
    return [{each.text for each in readings(line)} for line in others]


def _followed_by(spot: Spot, rest: Sequence[set[str]], text: Text) -> list[int]:
    """Return the numbers of the lines after `spot` that read like the rest of its quote, blank ones apart."""
    numbers: list[int] = []
    if spot.is_removed or not rest:
        return numbers
    lines = (line for line in _onwards(spot, text)[1:] if line.text.strip())
    for wanted, line in zip(rest, lines, strict=False):
        if folded(line.text) not in wanted:
            break
        numbers.append(line.number)
    return numbers


def _onwards(spot: Spot, text: Text) -> Sequence[Spot]:
    return _between(text.hunks[spot.hunk], spot.number, spot.number + _LONGEST_REGION - 1)


def _between(spots: Sequence[Spot], first: int, last: int) -> Sequence[Spot]:
    """Return the spots from line `first` to line `last`; they come, and stay, in the order of lines."""
    start = bisect_left(spots, first, key=lambda spot: spot.number)
    return spots[start : bisect_right(spots, last, key=lambda spot: spot.number)]


def _rank(
    spot: Spot, claim: Claim, followers: Mapping[Spot, Sequence[int]], text: Text
) -> tuple[int | Spot, ...]:
    """Sort key: how much of the quote follows; the number; the white space; what is there; what is new.

    A number counts exactly, then as one of the old side, then by nearness, best in the same hunk.
    """
    followed = -len(followers[spot])
    is_other = spot.text.rstrip() != claim.quote.rstrip()
    here = (spot.is_removed, spot.kind != "+", spot)
    if claim.line <= 0:
        return (followed, is_other, *here)
    distance = _distance(spot, claim)
    lines = text.hunks[spot.hunk]
    is_outside = not lines or not lines[0].number <= claim.line <= lines[-1].number
    is_new_number = spot.old_number != claim.line
    return (followed, distance > 0, is_other, is_new_number, is_outside, distance, *here)


def _distance(spot: Spot, claim: Claim) -> int:
    """Return how many lines `spot` is outside the claimed region."""
    return max(claim.line - spot.number, spot.number - max(claim.line, claim.end_line), 0)


class _Choice(NamedTuple):
    """What is to be said of how one of several equal lines was chosen."""

    note: str = ""
    is_doubtful: bool = False


def _choice(spot: Spot, claim: Claim, alike: Alike, followers: Mapping[Spot, Sequence[int]]) -> _Choice:
    """Say what chose `spot`; a number leaves doubt if an equal line is as near as numbers are mostly off."""
    followed = len(followers[spot])
    rivals = [each for each, lines in followers.items() if len(lines) >= followed]
    rivals = [each for each in rivals if each.number != spot.number]
    one_of = f"one of {len(alike.spots)} equal lines"
    if not rivals:
        return _Choice()
    if claim.line <= 0:
        return _Choice(f"{one_of}; none was claimed by number", is_doubtful=True)
    if not is_claimed(spot.number, claim):
        return _Choice(one_of, is_doubtful=True)
    is_close = any(
        abs(each.number - spot.number) <= _NEAR or is_claimed(each.number, claim) for each in rivals
    )
    return _Choice(f"{one_of}, chosen by its number", is_doubtful=is_close)


def _at_kept(spot: Spot, claim: Claim, followers: Sequence[int], text: Text) -> Match:
    is_whole = followers and len(followers) == len(_rest(claim))
    claimed = (claim.line, max(claim.line, claim.end_line))
    wanted = claimed if is_claimed(spot.number, claim) else (spot.number, spot.number)
    if is_whole:
        wanted = (wanted[0], max(wanted[1], followers[-1]))
    region = _region(spot, wanted, text)
    found = (region[0].number, region[-1].number)
    return Match(
        start=found[0],
        end=found[1],
        line=spot.number,
        code="\n".join(map(_code, region)),
        note=_moved(claimed, found, is_whole=bool(is_whole)),
    )


def _region(spot: Spot, wanted: tuple[int, int], text: Text) -> Sequence[Spot]:
    """Return the lines of `wanted` that are added without a gap round the quoted one, which is one of them.

    Forges show a region only if each of its lines is in their own diff, which may have less context.
    """
    if spot.kind != "+":
        return [spot]
    first = max(wanted[0], spot.number - _LONGEST_REGION + 1)
    lines = _between(text.hunks[spot.hunk], first, min(wanted[1], first + _LONGEST_REGION - 1))
    start = end = bisect_left(lines, spot.number, key=lambda each: each.number)
    while start > 0 and lines[start - 1].kind == "+":
        start -= 1
    while end + 1 < len(lines) and lines[end + 1].kind == "+":
        end += 1
    return lines[start : end + 1]


def _code(spot: Spot) -> str:
    return printable(spot.text.removesuffix("\r"))


def _moved(claimed: tuple[int, int], found: tuple[int, int], *, is_whole: bool) -> str:
    first, last = claimed
    if first <= 0 or claimed == found or (is_whole and claimed[0] == found[0] and claimed[1] <= found[1]):
        return ""
    return f"claimed at line {first}" if first == last else f"claimed at lines {first} to {last}"


def _at_removed(spot: Spot, text: Text) -> Match:
    beside = _between(text.hunks[spot.hunk], spot.number - 1, spot.number)
    gone = Match(old_line=spot.old_number, code=_code(spot))
    if not beside:
        return gone._replace(note="the quoted line was removed, and no line beside it was kept")
    line = max(beside, key=lambda each: (each.kind == "+", each.number)).number
    note = "the quoted line was removed; this is the nearest line that was kept"
    return gone._replace(start=line, end=line, line=line, note=note)
