"""What merging and the judge made of a finding: what it took in, and how it was graded anew."""

from typing import NamedTuple

from chargehand.core.escaping import one_line
from chargehand.core.finding import Finding, Merged, Spot

NO_TEST = ("tests/missing", "tests/missing-edge")


class TakenIn(NamedTuple):
    """A claim that says the same as the finding: what it adds in words, and where it stood if elsewhere."""

    words: str
    place: str
    claim: Merged

    @property
    def sentence(self) -> str:
        """The whole of it in plain text, without the claim's message."""
        where = f"{self.words} {self.place}".rstrip()
        return f"{where} ({self.claim.rule}): {one_line(self.claim.title).rstrip('. ')}."


def taken_in(finding: Finding) -> tuple[TakenIn, ...]:
    """Return what the finding took in, in its order."""
    return tuple(_taken_in(each, Spot(finding.path, finding.start_line)) for each in finding.merged)


def graded_anew(finding: Finding) -> str:
    """Return how the finding was graded anew, as in `Graded medium, was high: ...`; empty if it was not."""
    graded = finding.graded
    if graded is None:
        return ""
    return f"Graded {finding.severity.value}, was {graded.was.value}: {one_line(graded.reason).rstrip('. ')}."


def sentences(finding: Finding) -> tuple[str, ...]:
    """Return all of it in plain sentences."""
    graded = graded_anew(finding)
    return (*(each.sentence for each in taken_in(finding)), *([graded] if graded else ()))


def shown(spot: Spot) -> str:
    """Return a place as people write it."""
    return spot.path if spot.line is None else f"{spot.path}:{spot.line}"


def _taken_in(claim: Merged, own: Spot) -> TakenIn:
    is_elsewhere = claim.path != "" and claim.spot != own
    if claim.rule in NO_TEST:
        return TakenIn("No test covers this", "", claim)
    return TakenIn("Also at" if is_elsewhere else "Also", shown(claim.spot) if is_elsewhere else "", claim)
