"""Makes known defects of what readers call right, so that fleets are counted as by golden findings."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from chargehand.core.finding import Severity
from chargehand.parity.readers.item import Item, Ratings
from chargehand.parity.score.matching import SLACK_LINES
from chargehand.parity.score.tally import ALL, LENS, SEVERITY, Count, Tally

# Items about one defect: in one change, one file, and near each other.
Cluster = list[Item]


def tallies(items: Sequence[Item], ratings: Ratings, fleets: int) -> list[Tally]:
    """Return the counts of each fleet: `known` is what any of them said and readers call right.

    So recall is a share of what all fleets together found, not of all there is. What readers are unsure of,
    and what they did not rate, counts for nobody.
    """
    rated = [item for item in items if ratings.get(item.id) in ("right", "wrong")]
    clusters = _clusters([item for item in rated if ratings[item.id] == "right"])
    counted: list[Tally] = [{} for _ in range(fleets)]
    for group, is_in in _groups(rated):
        for case in dict.fromkeys(item.case for item in rated):
            mine = [item for item in rated if item.case == case and is_in(item)]
            known = [each for each in clusters if each[0].case == case and any(map(is_in, each))]
            for fleet in range(fleets):
                counted[fleet].setdefault(group, {})[case] = _count(fleet, mine, known, ratings)
    return counted


def _count(fleet: int, rated: Sequence[Item], known: Sequence[Cluster], ratings: Ratings) -> Count:
    mine = [item for item in rated if item.fleet == fleet]
    return Count(
        known=len(known),
        found=sum(any(item.fleet == fleet for item in cluster) for cluster in known),
        made=len(mine),
        hit=sum(ratings[item.id] == "right" for item in mine),
    )


def _groups(rated: Sequence[Item]) -> Iterator[tuple[str, Callable[[Item], bool]]]:
    yield ALL, bool
    for lens in sorted({item.said.lenses[0] for item in rated}):
        yield f"{LENS}{lens}", partial(_is_of_lens, lens)
    for severity in Severity:
        if any(item.said.severity is severity for item in rated):
            yield f"{SEVERITY}{severity.value}", partial(_is_of_severity, severity)


def _is_of_lens(lens: str, item: Item) -> bool:
    return item.said.lenses[0] == lens


def _is_of_severity(severity: Severity, item: Item) -> bool:
    return item.said.severity is severity


def _clusters(right: Sequence[Item]) -> list[Cluster]:
    clusters: list[Cluster] = []
    for item in sorted(right, key=_place):
        last = clusters[-1] if clusters else None
        if (
            last
            and _place(last[-1])[:2] == _place(item)[:2]
            and _place(item)[2] - _place(last[0])[2] <= SLACK_LINES
        ):
            last.append(item)
        else:
            clusters.append([item])
    return clusters


def _place(item: Item) -> tuple[str, str, int, str]:
    spot = item.said.spots[0]
    return item.case, spot.file, spot.start_line or 0, item.id
