"""Which lines of a change get a close look for secrets: those that may hold one, as far as time allows."""

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from chargehand.checks.secrets.detection import (
    Candidate,
    continues,
    may_guess,
    may_hold_key,
    may_hold_secret,
)
from chargehand.checks.secrets.private_keys import LINES_BELOW
from chargehand.core.diff import Diff, Hunk, Line
from chargehand.core.masking import Row

# A longer line is looked at in pieces, which overlap by more than a key is long.
PIECE, OVERLAP = 4_000, 500
# A close look takes about a tenth of a millisecond a line. So many characters of what a change adds get one
# for each form, and as many of all else, where a line counts for no less than LEAST_COUNTED: some seconds,
# whatever the change holds.
MOST_CHARACTERS, LEAST_COUNTED = 2_000_000, 200


class Form(str, Enum):
    """How a secret is known: by its own form, or by the words around it."""

    KEY = "look as if they held keys of a known form"
    GUESS = "hold words beside which passwords stand"


class Place(NamedTuple):
    """Where a secret may stand: in `text`, which is a line or a piece of it, or what a hunk shows before it.

    `line` is None for the latter. `at` is the number of the line, or of the next one that was not removed.
    """

    form: Form
    row: Row
    text: str
    line: Line | None = None
    at: int = 0
    below: tuple[str, ...] = ()
    above: str = ""

    @property
    def is_added(self) -> bool:
        """Tell whether the change adds the line."""
        return self.line is not None and self.line.kind == "+"

    @property
    def candidate(self) -> Candidate:
        """What is looked at."""
        return Candidate(self.row.path, self.text, self.below, self.above)


class Places(NamedTuple):
    """The places that get a close look, and those that are too many to get one."""

    looked_at: tuple[Place, ...]
    beyond: tuple[Place, ...]


def places_in(diff: Diff) -> Places:
    """Return where secrets may stand in `diff`, in its order: what is new in a hunk before what is gone."""
    used = Counter[tuple[Form, bool]]()
    looked_at: list[Place] = []
    beyond: list[Place] = []
    for place in _places(diff):
        kind = (place.form, place.is_added)
        used[kind] += max(LEAST_COUNTED, len(place.text))
        (looked_at if used[kind] <= MOST_CHARACTERS else beyond).append(place)
    return Places(tuple(looked_at), tuple(beyond))


def _places(diff: Diff) -> Iterator[Place]:
    for file in diff.files:
        for hunk in file.hunks:
            if hunk.section and may_hold_secret(hunk.section):
                yield from _pieces_of(Place(Form.KEY, Row(file.path, "head", hunk.new_start), hunk.section))
            if may_hold_secret(hunk.body):
                yield from _in_hunk(file.path, hunk)


def _in_hunk(path: str, hunk: Hunk) -> Iterator[Place]:
    numbered = list(_numbered(hunk))
    for gone in (False, True):
        side = [(line, at) for line, at in numbered if line.kind != ("+" if gone else "-")]
        for number, (line, at) in enumerate(side, 1):
            is_part = number > 1 and continues(side[number - 2][0].text, line.text)
            if (line.kind == "-") == gone and (is_part or may_hold_secret(line.text)):
                below = tuple(each.text for each, _ in side[number : number + LINES_BELOW])
                above = side[number - 2][0].text if is_part else ""
                yield from _pieces_of(Place(Form.KEY, Row.of(path, line), line.text, line, at, below, above))


def _numbered(hunk: Hunk) -> Iterator[tuple[Line, int]]:
    """Yield each line with its new-side number, or that of the next line there."""
    at = hunk.new_start + (hunk.new_count == 0)
    for line in hunk.lines():
        yield line, at
        at += line.kind != "-"


def _pieces_of(place: Place) -> Iterator[Place]:
    """Yield what of a line may hold a secret, with the form in which it may."""
    for piece in _pieces(place.text):
        if may_hold_key(piece):
            yield place._replace(text=piece, form=Form.KEY)
        elif may_guess(place.row.path, place.above + piece):
            yield place._replace(text=piece, form=Form.GUESS)


def _pieces(text: str) -> Iterator[str]:
    if len(text) <= PIECE:
        yield text
        return
    for start in range(0, len(text) - OVERLAP, PIECE - OVERLAP):
        yield text[start : start + PIECE]
