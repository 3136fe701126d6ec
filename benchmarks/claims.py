"""Claims about real diffs, with the errors that models make in saying where something stands.

Each is drawn from one line of a diff, so its place is known. The line says something (it holds a letter), is
of any age, and may stand in the file more than once. What goes wrong is one of `KINDS`.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from chargehand.core.diff import Diff, FileDiff, Hunk, Line
from chargehand.core.escaping import printable

LONGEST_LINE, SHORTEST_CUT = 300, 8


class Spot(NamedTuple):
    """A line of a hunk; `number` is its new-side number, of a removed one that of the next line shown."""

    path: str
    hunk: Hunk
    line: Line
    number: int
    old_number: int


class Drawn(NamedTuple):
    """A claim as a model would make it, and what is true of it.

    `line` to `end_line` is the region concerned, `quoted_at` what the author believes to be the number of the
    quoted line. `replaces` are the lines that `suggestion` stands in place of, of which the true numbers are
    `suggested_for`; `result` is what should stand there once it is applied.
    """

    kind: str
    path: str
    line: int
    end_line: int
    quoted_at: int
    quote: str
    replaces: str
    suggestion: str
    true_path: str
    true_line: int
    is_removed: bool
    true_region: tuple[int, int]
    suggested_for: tuple[int, int]
    result: tuple[str, ...]


def draw(kind: str, diff: Diff, rng: random.Random) -> Drawn | None:
    """Return a claim of this kind, None if the diff has no line for it."""
    files = [file for file in diff.reviewable if file.hunks]
    rng.shuffle(files)
    for file in files:
        spots = [spot for spot in spots_of(file) if _fits(kind, spot)]
        if kind == REMOVED:
            spots = _repeated(spots)
        if spots and (drawn := KINDS[kind](_plain(kind, rng.choice(spots), rng), diff, rng)):
            return drawn
    return None


def spots_of(file: FileDiff) -> Iterator[Spot]:
    """Yield all lines of a file that could be quoted."""
    for hunk in file.hunks:
        old, new = hunk.old_start, hunk.new_start
        for line in hunk.lines():
            if re.search(r"[^\W\d_]", line.text) and len(line.text) <= LONGEST_LINE:
                yield Spot(file.path, hunk, line, new, old)
            old += line.kind != "+"
            new += line.kind != "-"


def _fits(kind: str, spot: Spot) -> bool:
    return spot.line.kind == ("-" if kind == REMOVED else "+")


def _repeated(spots: Sequence[Spot]) -> list[Spot]:
    """Return the spots whose text stands in several places of the file."""
    places: dict[str, set[int]] = {}
    for spot in spots:
        places.setdefault(spot.line.text.strip(), set()).add(spot.number)
    return [spot for spot in spots if len(places[spot.line.text.strip()]) > 1]


def _plain(kind: str, spot: Spot, rng: random.Random) -> Drawn:
    """Return the claim without an error."""
    lines = {line.new_number: line for line in spot.hunk.lines() if line.new_number is not None}
    is_removed = spot.line.kind == "-"
    region = (spot.number, spot.number) if is_removed else _region(spot.number, lines, rng)
    replaced = _replaced(spot.number, lines, rng)
    texts = [_shown(lines[number].text) for number in range(replaced[0], replaced[1] + 1)] if replaced else []
    return Drawn(
        kind=kind,
        path=spot.path,
        line=region[0],
        end_line=region[1],
        quoted_at=spot.number,
        quote=_shown(spot.line.text),
        replaces="\n".join(texts),
        suggestion="\n".join(f"{text} # changed" for text in texts),
        true_path=spot.path,
        true_line=spot.number,
        is_removed=is_removed,
        true_region=region,
        suggested_for=replaced or (0, 0),
        result=tuple(f"{text} # changed" for text in texts),
    )


def _shown(text: str) -> str:
    return printable(text.removesuffix("\r"))


def _region(number: int, lines: dict[int, Line], rng: random.Random) -> tuple[int, int]:
    """Return up to four added lines, the quoted one at any place among them."""
    first = last = number
    for _ in range(rng.choice((0, 0, 0, 1, 2, 3))):
        ends = [end for end in (first - 1, last + 1) if end in lines and lines[end].kind == "+"]
        if not ends:
            break
        end = rng.choice(ends)
        first, last = min(first, end), max(last, end)
    return first, last


def _replaced(number: int, lines: dict[int, Line], rng: random.Random) -> tuple[int, int] | None:
    """Return the lines that a suggestion is for: mostly round the quoted one, sometimes beside it."""
    if rng.random() < 0.3:
        return None
    first = number + rng.choice((0, 0, 0, 0, -1, -1, -2, 1, 3))
    last = first + rng.choice((0, 0, 0, 1, 2, 3))
    is_shown = all(each in lines and lines[each].text.strip() for each in range(first, last + 1))
    return (first, last) if is_shown else None


def _exact(drawn: Drawn, _diff: Diff, _rng: random.Random) -> Drawn:
    return drawn


def _off(drawn: Drawn, _diff: Diff, rng: random.Random) -> Drawn:
    return _shifted(drawn, rng.choice((1, 2, 3, 4, 5)) * rng.choice((-1, 1)))


def _old_side(drawn: Drawn, diff: Diff, _rng: random.Random) -> Drawn | None:
    shift = _old_number(drawn, diff) - drawn.true_line
    return _shifted(drawn, shift) if shift else None


def _old_number(drawn: Drawn, diff: Diff) -> int:
    spots = (spot for file in diff.files if file.path == drawn.true_path for spot in spots_of(file))
    return next(
        spot.old_number
        for spot in spots
        if (spot.number, spot.line.kind == "-", _shown(spot.line.text))
        == (drawn.true_line, drawn.is_removed, drawn.quote)
    )


def _shifted(drawn: Drawn, by: int) -> Drawn:
    return drawn._replace(
        line=max(1, drawn.line + by),
        end_line=max(1, drawn.end_line + by),
        quoted_at=max(1, drawn.quoted_at + by),
    )


def _white_space(drawn: Drawn, _diff: Diff, rng: random.Random) -> Drawn | None:
    changes: list[Callable[[str], str]] = [
        str.strip,
        lambda text: " ".join(text.split()),
        lambda text: text.expandtabs(4),
        lambda text: re.sub(r"(?<=\S) (?=\S)", "  ", text),
        lambda text: re.sub(r" ?([=,(){}+:]) ?", r"\1", text),
        lambda text: re.sub(r"([=,(){}+:])", r" \1 ", text),
        lambda text: text + "  ",
        lambda text: re.sub(r"^\s+", "\t", text),
    ]
    rng.shuffle(changes)
    change = next((each for each in changes if each(drawn.quote) != drawn.quote), None)
    if change is None:
        return None
    return drawn._replace(
        quote=change(drawn.quote),
        replaces="\n".join(map(change, drawn.replaces.split("\n"))),
        suggestion="\n".join(f"{change(text)} # changed" for text in drawn.replaces.split("\n"))
        if drawn.replaces
        else "",
    )


def _cut(drawn: Drawn, _diff: Diff, rng: random.Random) -> Drawn | None:
    text = drawn.quote.strip()
    length = round(len(text) * rng.uniform(0.4, 0.9))
    if length < SHORTEST_CUT:
        return None
    end = rng.choice(("", "", " …", "..."))
    cut = text[:length] + end if rng.random() < 0.8 else text[-length:]
    return drawn._replace(quote=cut)


def _wrong_file(drawn: Drawn, diff: Diff, rng: random.Random) -> Drawn | None:
    name = PurePosixPath(drawn.path).name
    others = [
        file.path
        for file in diff.reviewable
        if file.hunks and file.path != drawn.path and PurePosixPath(file.path).name == name
    ]
    return drawn._replace(path=rng.choice(others)) if others else None


def _removed(drawn: Drawn, diff: Diff, rng: random.Random) -> Drawn | None:
    """Number the removed line as the prompt asks, by the next line shown, or by its own on the old side."""
    if rng.random() < 0.5:
        number = _old_number(drawn, diff)
        drawn = drawn._replace(line=number, end_line=number, quoted_at=number)
    quote = f"-{drawn.quote}" if rng.random() < 0.3 else drawn.quote
    return drawn._replace(quote=quote, replaces="", suggestion="", result=(), suggested_for=(0, 0))


REMOVED = "removed lines that repeat"
KINDS: dict[str, Callable[[Drawn, Diff, random.Random], Drawn | None]] = {
    "no error": _exact,
    "line off by 1 to 5": _off,
    "old-side number": _old_side,
    "white space changed": _white_space,
    "quote cut": _cut,
    "wrong file of the same name": _wrong_file,
    REMOVED: _removed,
}


def is_repeated(drawn: Drawn, diff: Diff) -> bool:
    """Tell whether the quoted text stands more than once in the diff of its file."""
    times = Counter(
        " ".join(_shown(line.text).split())
        for file in diff.files
        if file.path == drawn.true_path
        for line in file.lines()
    )
    return times[" ".join(drawn.quote.removeprefix("-").split())] > 1
