"""Which passages of the context travel with some parts of the diff, and how they look there.

In a request, the first character of a line says what the line is:

    > src/shop.py, in class Order:       where the lines below stand
    |    def total(self) -> int:         a line of that place
    > other users of what is changed
    |src/bill.py:12: sum = order.total() one line of each
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from chargehand.core.context import Context, Kind, Passage
from chargehand.core.diff import Hunk
from chargehand.core.escaping import one_line, printable

# What each kind may take of the room, in hundredths; definitions take what the others leave.
SHARES = {Kind.REQUEST: 20, Kind.COMMIT: 10, Kind.GUIDANCE: 25, Kind.CALLER: 15, Kind.TEST: 5}
_TOKENS_A_LINE = 20
_OF_LINES = {Kind.CALLER: "other users of what is changed", Kind.TEST: "tests that mention what is changed"}
_OF_FILES = (Kind.DEFINITION, Kind.CALLER, Kind.TEST)

Parts = Sequence[tuple[str, Sequence[Hunk]]]


class Selection(NamedTuple):
    """What is shown with some parts, and what belongs to them but had no room; some is shown in brief."""

    shown: tuple[Passage, ...]
    left_out: tuple[Passage, ...]

    @property
    def tokens(self) -> int:
        """How many tokens it is at most."""
        return sum(passage.tokens for passage in self.shown)


def select(context: Context, parts: Parts) -> Selection:
    """Return what is shown with these hunks of these files: what their lines want, the nearest first."""
    wanted: dict[Kind, list[Passage]] = {}
    for passage in _wanted(context, parts):
        wanted.setdefault(passage.kind, []).append(passage)
    shown: list[Passage] = []
    left_out: list[Passage] = []
    room = _room(context.max_tokens, parts)
    for kind, share in SHARES.items():
        own = context.max_tokens * share // 100
        for passage in wanted.get(kind, ()):
            fits = passage.tokens <= min(own, room)
            (shown if fits else left_out).append(passage)
            own, room = (own - passage.tokens, room - passage.tokens) if fits else (own, room)
    fitting, beyond = _definitions(wanted.get(Kind.DEFINITION, ()), room)
    order = list(Kind)
    return Selection(
        tuple(sorted((*shown, *fitting), key=lambda each: order.index(each.kind))), (*left_out, *beyond)
    )


def _room(most: int, parts: Parts) -> int:
    """Return how many tokens may stand beside some lines: beside few of them less, for what that costs."""
    lines = sum(hunk.body.count("\n") + 1 for _, hunks in parts for hunk in hunks)
    return min(most, most // 2 + _TOKENS_A_LINE * lines)


def _wanted(context: Context, parts: Parts) -> Iterator[Passage]:
    """Yield what the parts want and do not show themselves, each passage once, the lowest rank first."""
    lines = {
        (path, hunk.new_start, hunk.new_start + hunk.new_count) for path, hunks in parts for hunk in hunks
    }
    spans: dict[str, list[tuple[int, int]]] = {}
    for path, start, stop in lines:
        spans.setdefault(path, []).append((start, stop))
    ranks: dict[int, int] = {}
    for path in ("", *dict.fromkeys(path for path, _ in parts)):
        inside = spans.get(path, ())
        for link in context.links.get(path, ()):
            if not link.line or any(start <= link.line <= stop for start, stop in inside):
                ranks[link.passage] = min(link.rank, ranks.get(link.passage, link.rank))
    for index in sorted(ranks, key=lambda index: (ranks[index], index)):
        passage = context.passages[index]
        if not _is_in(passage, spans.get(passage.path, ())):
            yield passage


def _is_in(passage: Passage, spans: Iterable[tuple[int, int]]) -> bool:
    """Tell whether the lines of a passage are among those that are shown anyhow."""
    is_there = any(start <= passage.line and passage.last < stop for start, stop in spans)
    return passage.kind in _OF_FILES and is_there


def _definitions(wanted: Sequence[Passage], room: int) -> tuple[list[Passage], list[Passage]]:
    """Return those that fit, and those that do not.

    How each begins comes first, and bodies get what room is left.
    """
    shown: dict[int, Passage] = {}
    for place, passage in enumerate(wanted):
        if passage.brief_tokens <= room:
            shown[place] = passage.shortened()
            room -= passage.brief_tokens
    for place in shown:
        more = wanted[place].tokens - wanted[place].brief_tokens
        if more <= room:
            shown[place] = wanted[place]
            room -= more
    return list(shown.values()), [each for place, each in enumerate(wanted) if place not in shown]


def text_of(shown: Iterable[Passage], *, is_numbered: bool = True) -> str:
    """Return passages as a model reads them; unless `is_numbered`, a line more elsewhere changes nothing."""
    pieces: list[str] = []
    heading = ""
    for passage in shown:
        new = heading_of(passage)
        if new != heading or passage.kind not in _OF_LINES:
            pieces.append(f"> {new}\n")
        pieces.extend(f"|{line}\n" for line in _lines(passage, is_numbered=is_numbered))
        heading = new
    return "".join(pieces)


def heading_of(passage: Passage) -> str:
    """Return where a passage stands."""
    if passage.kind in _OF_LINES:
        return _OF_LINES[passage.kind]
    within = f", in {one_line(passage.within.strip())}" if passage.within else ""
    return f"{one_line(passage.path)}{within}"


def _lines(passage: Passage, *, is_numbered: bool) -> Iterator[str]:
    if passage.kind not in _OF_LINES:
        yield from map(printable, passage.text.split("\n"))
        return
    at = f":{passage.line}" if is_numbered and passage.kind is Kind.CALLER else ""
    yield f"{one_line(passage.path)}{at}: {one_line(passage.text)}"
