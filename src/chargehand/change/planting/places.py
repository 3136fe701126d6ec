"""Which places of a syntax tree are code on wanted lines: no comment, no text, and nothing left unparsed."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from chargehand.change.diff.scopes import Node

_DEEPEST = 300
# What stands inside is no code, or code of another language. Parts of the names that grammars give.
_NO_CODE = (
    "comment",
    "string",
    "template",
    "heredoc",
    "regex",
    "char_literal",
    "preproc",
    "jsx_text",
    "symbol",
)


class Place(NamedTuple):
    """A node, the nodes round it from the outermost on, and the text that it stands in."""

    node: Node
    above: tuple[Node, ...]
    source: bytes

    @property
    def parent(self) -> Node:
        """The node right above, itself at the root."""
        return self.above[-1] if self.above else self.node

    def text(self, node: Node | None = None) -> bytes:
        """Return what `node` is in the source, this place's own if none is named."""
        node = node or self.node
        return self.source[node.start_byte : node.end_byte]


def places(root: Node, source: bytes, is_wanted: Callable[[int, int], bool]) -> Iterator[Place]:
    """Yield each node of code, in the order of the text, if `is_wanted` holds of its rows, from 0."""
    waiting: list[Place] = [Place(root, (), source)]
    while waiting:
        place = waiting.pop()
        node = place.node
        if is_no_code(node) or not is_wanted(node.start_point[0], node.end_point[0]):
            continue
        yield place
        if len(place.above) < _DEEPEST:
            above = (*place.above, node)
            waiting += [Place(child, above, source) for child in reversed(node.children)]


def is_no_code(node: Node) -> bool:
    """Tell a comment, a text and what the parser did not understand from code."""
    return node.is_error or node.is_missing or any(part in node.type for part in _NO_CODE)


def tokens(root: Node, source: bytes) -> tuple[bytes, ...]:
    """Return the words of the program, without white space and comments."""
    found: list[bytes] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if "comment" in node.type:
            continue
        children = node.children
        if children:
            waiting += reversed(children)
        else:
            found.append(source[node.start_byte : node.end_byte])
    return tuple(found)


def faults(root: Node) -> int:
    """Return how many places of a tree the parser did not understand."""
    number, waiting = 0, [root]
    while waiting:
        node = waiting.pop()
        if node.has_error or node.is_missing:
            number += node.is_error or node.is_missing
            waiting += node.children
    return number
