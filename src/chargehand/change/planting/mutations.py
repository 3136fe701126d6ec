"""Which defects can be planted in a file: those after which it still parses, as another program."""

from collections.abc import Callable, Collection, Iterator
from itertools import takewhile

from chargehand.change.diff.scopes import Node, tree_of
from chargehand.change.planting.arguments import swapped
from chargehand.change.planting.mutation import Edit, Mutation
from chargehand.change.planting.omissions import omissions
from chargehand.change.planting.places import faults, places, tokens
from chargehand.change.planting.words import words
from chargehand.core.escaping import one_line

# Puts what it gets into another order, such as `Random(1).shuffle`, and may take some out.
Arrange = Callable[[list[Edit]], object]


def in_order(_edits: list[Edit]) -> None:
    """Leave them as they are."""


_SHOWN = 160
# A longer file takes long to parse once more for each defect that is tried.
_LONGEST_BYTES = 200_000
_MOST_LINES = 8
_MOST = 400


def mutations(
    path: str, text: str, lines: Collection[int], arrange: Arrange = in_order, *, is_part: bool = False
) -> Iterator[Mutation]:
    """Yield the defects that can be planted on `lines` (from 1) of the file at `path`, which holds `text`.

    All lines that one changes are among `lines`. Afterwards the file parses as well as before, and is made of
    other words: a mutation of white space, of a comment or of a text is none. If it `is_part` of a file, it
    has to parse as if it were whole, since it could begin inside a text. None without a grammar.
    """
    try:
        source = text.encode()
    except UnicodeEncodeError:
        return  # bytes of no known encoding
    root = tree_of(path, source)[0] if len(source) <= _LONGEST_BYTES else None
    if root is None or (is_part and root.has_error):
        return
    parse = _parser(path)
    before, fewest = tokens(root, source), faults(root)
    edits = list(_edits(root, source, path, frozenset(lines)))
    arrange(edits)
    for edit in edits:
        changed = source[: edit.start] + edit.text + source[edit.end :]
        tree = parse(changed)
        if tree is not None and faults(tree) <= fewest and tokens(tree, changed) != before:
            yield _mutation(edit, source)


def _parser(path: str) -> Callable[[bytes], Node | None]:
    return lambda source: tree_of(path, source)[0]


def _edits(root: Node, source: bytes, path: str, lines: frozenset[int]) -> Iterator[Edit]:
    rows = frozenset(line - 1 for line in lines)
    first, last = min(rows, default=0), max(rows, default=-1)
    number = 0
    for place in places(root, source, lambda start, end: start <= last and end >= first):
        for edit in (*words(place), *omissions(place), *swapped(place, path)):
            start, end = _rows(edit, source)
            if end - start < _MOST_LINES and rows.issuperset(range(start, end + 1)):
                yield edit
                number += 1
            if number == _MOST:
                return


def _rows(edit: Edit, source: bytes) -> tuple[int, int]:
    """Return the first and the last row that an edit touches; one of whole lines ends before the next one."""
    start = source.count(b"\n", 0, edit.start)
    inside = (
        source[edit.start : edit.end].removesuffix(b"\n") if not edit.text else source[edit.start : edit.end]
    )
    return start, start + inside.count(b"\n")


def _mutation(edit: Edit, source: bytes) -> Mutation:
    first, last = _rows(edit, source)
    begin = source.rfind(b"\n", 0, edit.start) + 1
    if source[edit.start : edit.end].endswith(b"\n"):
        old, new = source[begin : edit.end - 1].decode(), None
    else:
        end = source.find(b"\n", edit.end)
        end = len(source) if end < 0 else end
        old = source[begin:end].decode()
        new = (source[begin : edit.start] + edit.text + source[edit.end : end]).decode()
    return Mutation(
        kind=edit.kind,
        lens=edit.lens,
        first=first + 1,
        last=last + 1,
        lines=() if new is None else tuple(new.split("\n")),
        says=_says(old, new),
    )


def _says(old: str, new: str | None) -> str:
    was, now = one_line(old.strip()), one_line((new or "").strip())
    if new is None:
        return f"`{was[:_SHOWN]}` is gone"
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(was, now, strict=False)))
    start = max(alike - _SHOWN // 2, 0) if max(len(was), len(now)) > _SHOWN else 0
    return f"`{was[start : start + _SHOWN]}` became `{now[start : start + _SHOWN]}`"
