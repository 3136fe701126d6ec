"""Which lines of a change get a close look for secrets: those that may hold one, as far as time allows."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import islice
from typing import NamedTuple

from chargehand.checks.secrets.detection import (
    QUOTES,
    Candidate,
    continues,
    may_guess,
    may_hold_key,
    may_hold_secret,
    rows_that_may_hold_secret,
)
from chargehand.checks.secrets.private_keys import LINES_BELOW
from chargehand.core.diff import Diff, FileDiff, Hunk, Line
from chargehand.core.masking import Row
from chargehand.core.time_limit import IsOver, never, while_there_is_time

# A longer line is looked at in pieces, which overlap by more than a key is long.
PIECE, OVERLAP = 4_000, 500
# A close look takes about a tenth of a millisecond a line. So many characters of what a change adds get one
# for each form, and as many of all else, where a line counts for no less than LEAST_COUNTED: some seconds,
# whatever the change holds.
MOST_CHARACTERS, LEAST_COUNTED = 2_000_000, 200


# Of a name: what follows a key there is no part of it.
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_NEWLY_NAMED = frozenset({"added", "renamed", "copied"})


class Form(str, Enum):
    """How a secret is known: by its own form, or by the words around it."""

    KEY = "look as if they held keys of a known form"
    GUESS = "hold words beside which passwords stand"


class Place(NamedTuple):
    """Where a secret may stand: in `text`, a line or a piece of it, what a hunk shows before it, or a name.

    `line` is None for the latter, and for the name of a file. `at` is the number of the line, or of the next
    one that was not removed. `is_added`: the change brings it.
    """

    form: Form
    row: Row
    text: str
    line: Line | None = None
    at: int = 0
    below: tuple[str, ...] = ()
    above: str = ""
    is_added: bool = False

    @property
    def candidate(self) -> Candidate:
        """What is looked at."""
        may_hold_key = self.form is Form.KEY
        return Candidate(self.row.path, self.text, self.below, self.above, may_hold_key)


class Places(NamedTuple):
    """The places of a file that get a close look, and those that are too many to get one."""

    looked_at: tuple[Place, ...]
    beyond: tuple[Place, ...]


def places_in(diff: Diff, is_over: IsOver = never) -> Iterator[Places]:
    """Yield for each file of `diff` where secrets may stand: what is new in a hunk before what is gone.

    Of the file in which the time is up, and of those after it, not all places are found.
    """
    used = Counter[tuple[Form, bool]]()
    for file in diff.files:
        looked_at: list[Place] = []
        beyond: list[Place] = []
        for place in _in_file(file, is_over):
            kind = (place.form, place.is_added)
            used[kind] += max(LEAST_COUNTED, len(place.text))
            (looked_at if used[kind] <= MOST_CHARACTERS else beyond).append(place)
        yield Places(tuple(looked_at), tuple(beyond))


def _in_file(file: FileDiff, is_over: IsOver) -> Iterator[Place]:
    for path in filter(None, (file.path, file.old_path)):
        if may_hold_key(path):
            is_new = path == file.path and file.status in _NEWLY_NAMED
            parts = (_ENDING.sub("", part) for part in path.split("/"))
            yield from (Place(Form.KEY, Row(file.path, "name", 0), each, is_added=is_new) for each in parts)
    for hunk in file.hunks:
        if hunk.section and may_hold_secret(hunk.section):
            yield from _pieces_of(
                Place(Form.KEY, Row(file.path, "head", hunk.new_start), hunk.section), is_over
            )
        yield from _in_hunk(file.path, hunk, is_over)


def _in_hunk(path: str, hunk: Hunk, is_over: IsOver) -> Iterator[Place]:
    telling = rows_that_may_hold_secret(hunk.body)
    if not telling or is_over():
        return
    rows = hunk.body.split("\n")
    wanted = telling.union(*(_next_rows(index, rows) for index in while_there_is_time(telling, is_over)))
    found = list(while_there_is_time(_lines_at(sorted(wanted), rows, hunk), is_over))
    for gone in (False, True):
        for index, line, at in while_there_is_time(found, is_over):
            if (line.kind == "-") == gone:
                below = tuple(islice(_on_side_of(line, rows, range(index + 1, len(rows))), LINES_BELOW))
                above = next(_on_side_of(line, rows, range(index - 1, -1, -1)), "")
                above = above if continues(above, line.text) else ""
                row, is_added = Row.of(path, line), line.kind == "+"
                yield from _pieces_of(
                    Place(Form.KEY, row, line.text, line, at, below, above, is_added), is_over
                )


def _lines_at(wanted: Iterable[int], rows: Sequence[str], hunk: Hunk) -> Iterator[tuple[int, Line, int]]:
    """Yield the wanted rows as lines, each with its place and its new-side number, or the next one."""
    kinds = "".join(row[:1] or " " for row in rows)
    old, new, before = hunk.old_start, hunk.new_start, 0
    for index in wanted:
        old += index - before - kinds.count("+", before, index)
        new += index - before - kinds.count("-", before, index)
        before, text = index, rows[index][1:]
        match kinds[index]:
            case "+":
                yield index, Line("+", None, new, text), new
            case "-":
                yield index, Line("-", old, None, text), new + (hunk.new_count == 0)
            case _:
                yield index, Line(" ", old, new, text), new


def _next_rows(index: int, rows: Sequence[str]) -> set[int]:
    """Return the next rows on the sides of a row: they may give the value for a name in it."""
    others = {"+": "-", "-": "+"}.get(rows[index][:1], "+-")
    places = range(index + 1, len(rows))
    following = (next((at for at in places if rows[at][:1] != other), index) for other in others)
    return {at for at in following if rows[at][1:].lstrip().startswith(QUOTES)}


def _on_side_of(line: Line, rows: Sequence[str], places: Iterable[int]) -> Iterator[str]:
    """Yield the texts of the rows at these places that are on the side of `line`."""
    other = "+" if line.kind == "-" else "-"
    return (rows[place][1:] for place in places if rows[place][:1] != other)


def _pieces_of(place: Place, is_over: IsOver) -> Iterator[Place]:
    """Yield what of a line may hold a secret, with the form in which it may."""
    pieces = _pieces(place.text)
    for piece in pieces if len(place.text) <= PIECE else while_there_is_time(pieces, is_over):
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
