"""In which file a quoted line is, if the change has several of one name: models take one for the other."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from chargehand.core.diff import FileDiff
from chargehand.core.escaping import one_line
from chargehand.core.finding import Claim
from chargehand.pipeline.places import Match, find_places
from chargehand.pipeline.suggestions import holds_replaced

# More files of one name than these are not searched for each other's lines.
_MOST = 50


class Placed(NamedTuple):
    """The file in which a claim is shown, and where there; `is_sure`: no other file may be meant."""

    path: str
    place: Match
    is_sure: bool = True


def place_in_any(claims: Sequence[Claim], path: str, files: Mapping[str, Sequence[FileDiff]]) -> list[Placed]:
    """Return the place of each claim; it names the file at `path`, and `files` are those of the same name.

    The named file stands back if it does not hold the line, or if it does not hold it at the claimed number
    while exactly one other file does.
    """
    places = find_places(claims, files[path])
    others = [other for other in files if other != path]
    if len(others) > _MOST:
        note = f"one of {len(files)} files of this name in the change"
        return [_noted(Placed(path, place, is_sure=False), note) for place in places]
    elsewhere = {other: find_places(claims, files[other], takes_parts=False) for other in others}
    return [
        _chosen(
            Placed(path, places[nth]),
            [Placed(other, found[nth]) for other, found in elsewhere.items()],
            {each for each in files if holds_replaced(claim, files[each])},
        )
        for nth, claim in enumerate(claims)
    ]


def _chosen(named: Placed, others: Sequence[Placed], replaced_in: Collection[str]) -> Placed:
    """Return the named place or one of `others`; `replaced_in` are the files that hold the replaced lines."""
    found = [each for each in others if each.place.line is not None]
    there = [each for each in found if each.place.distance == 0]
    fitting = [each for each in (named, *there) if each.path in replaced_in]
    if not named.place.quote and found:
        return _moved(named, there or found)
    if not there or fitting == [named]:
        return named
    if len(fitting) == 1:
        return _noted(fitting[0], f"claimed in {one_line(named.path)}")
    return _moved(named, there) if named.place.distance != 0 and len(there) == 1 else _doubted(named, there)


def _moved(named: Placed, found: Sequence[Placed]) -> Placed:
    """Return the first of `found`, which is sure if no other file has the line."""
    is_sure = len(found) == 1 and not named.place.quote
    return _noted(found[0]._replace(is_sure=is_sure), f"claimed in {one_line(named.path)}")


def _doubted(named: Placed, there: Sequence[Placed]) -> Placed:
    """Return the named place, in doubt since others have an equal line at the claimed number."""
    other = there[0]
    note = f"an equal line stands at {one_line(other.path)}:{other.place.line}"
    return _noted(named._replace(is_sure=False), note)


def _noted(placed: Placed, note: str) -> Placed:
    place = placed.place
    is_approximate = place.is_approximate or not placed.is_sure
    whole = "; ".join(filter(None, (note, place.note)))
    return placed._replace(place=place._replace(note=whole, is_approximate=is_approximate))
