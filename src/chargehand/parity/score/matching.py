"""Which finding is about which known defect: one to one, those of models before facts, the closest first."""

from collections.abc import Iterator, Sequence

from chargehand.parity.sample.case import Golden, Place
from chargehand.parity.score.spoken import Said, Spot

# A finding that is so many lines beside a defect is about it.
SLACK_LINES = 3


def match(golden: Sequence[Golden], said: Sequence[Said]) -> dict[int, int]:
    """Return by the index of each defect that was found the index of the finding that found it."""
    pairs = sorted(
        (each.is_fact, distance, defect, finding)
        for defect, known in enumerate(golden)
        for finding, each in enumerate(said)
        if (distance := _distance(known, each)) is not None
    )
    found: dict[int, int] = {}
    for _, _, defect, finding in pairs:
        if defect not in found and finding not in found.values():
            found[defect] = finding
    return found


def _distance(golden: Golden, said: Said) -> int | None:
    """Return how many lines a finding is beside a defect; None if it is about something else."""
    if golden.keywords and not any(word.lower() in said.words for word in golden.keywords):
        return None
    return min(_distances(golden.places, said.spots), default=None)


def _distances(places: Sequence[Place], spots: Sequence[Spot]) -> Iterator[int]:
    for place in places:
        for spot in spots:
            if spot.file != place.file or spot.start_line is None:
                continue
            end = spot.end_line or spot.start_line
            lines = max(place.start_line - end, spot.start_line - place.end_line, 0)
            if lines <= SLACK_LINES:
                yield lines
