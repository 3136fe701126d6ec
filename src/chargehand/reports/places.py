"""Where in the changed files a finding can be shown."""

from chargehand.core.finding import Finding
from chargehand.core.plain_value import PlainValue
from chargehand.lenses import rank_of


class Place(PlainValue):
    """Lines of a file, from 1, both inclusive.

    A finding about a file as a whole stands at its first line, because every forge wants one;
    `is_whole_file` tells that the line means nothing, and the text beside it has to say so.
    """

    path: str
    start_line: int
    end_line: int
    is_whole_file: bool


def place_of(finding: Finding) -> Place | None:
    """Return the place of `finding`, or None if it has none that could be shown."""
    if finding.anchor == "summary" or not is_inside(finding.path):
        return None
    start = finding.start_line or 1
    return Place(
        path=finding.path,
        start_line=start,
        end_line=finding.end_line or start,
        is_whole_file=finding.start_line is None,
    )


def for_people(finding: Finding) -> tuple[int, int, bool]:
    """Sort key of what people read: the worst first, among equals a cause before what follows from it.

    What has no place comes last among equals.
    """
    return (finding.severity.rank, rank_of(finding.lens), place_of(finding) is None)


def remark(finding: Finding) -> str:
    """Return the sentences without which the place of `finding` would mislead, empty if none is needed."""
    place = place_of(finding)
    where = ""
    if place is None:
        where = "No place in the diff was found for this" + (f": {finding.path}." if finding.path else ".")
    elif place.is_whole_file:
        where = "This is about the file as a whole."
    return " ".join(filter(None, (where, as_sentence(finding.note))))


def as_sentence(note: str) -> str:
    """Return a note as a sentence of its own, empty if there is none."""
    return f"{note[:1].upper()}{note[1:]}." if note else ""


def is_inside(path: str) -> bool:
    """Tell whether `path` names a file of the repository: who reads a report may open what it names."""
    steps = path.replace("\\", "/").split("/")
    return path != "" and steps[0] != "" and ".." not in steps and _is_bytes(path)


def _is_bytes(path: str) -> bool:
    try:
        path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True
