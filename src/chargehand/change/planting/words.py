"""Mistakes of one word: a comparison, a bound, a condition, a switch that keeps things safe."""

import re
from collections.abc import Iterator

from chargehand.change.planting.mutation import Edit
from chargehand.change.planting.places import Place

# By what stands there: what it becomes, and what kind of mistake that is.
_SWAPS: dict[bytes, tuple[tuple[str, bytes], ...]] = {
    b"==": (("comparison", b"!="),),
    b"!=": (("comparison", b"=="),),
    b"===": (("comparison", b"!=="),),
    b"!==": (("comparison", b"==="),),
    b"<": (("bound", b"<="), ("comparison", b">")),
    b"<=": (("bound", b"<"), ("comparison", b">=")),
    b">": (("bound", b">="), ("comparison", b"<")),
    b">=": (("bound", b">"), ("comparison", b"<=")),
    b"&&": (("condition", b"||"),),
    b"||": (("condition", b"&&"),),
    b"and": (("condition", b"or"),),
    b"or": (("condition", b"and"),),
    b"+": (("bound", b"-"),),
    b"-": (("bound", b"+"),),
}
_TWO_SIDED = frozenset(
    {"binary_expression", "binary_operator", "comparison_operator", "boolean_operator", "binary"}
)
_NEGATIONS = frozenset(
    {"unary_expression", "not_operator", "prefix_unary_expression", "unary", "unary_op_expression"}
)
_INDEXED = frozenset(
    {"subscript", "subscript_expression", "index_expression", "element_reference", "array_access"}
)
_NUMBER = re.compile(rb"[0-9]{1,9}")
# Switches that are on for safety's sake.
_SAFE = re.compile(
    rb"verify\w*|check_?hostname|secure|http_?only|auto_?escape|csrf\w*|require_?auth\w*|validate\w*|"
    rb"reject_?unauthorized|strict\w*|safe\w*|sanitize\w*",
    re.IGNORECASE,
)
_ON = {b"true": b"false", b"True": b"False"}
_NAMED = frozenset(
    {"keyword_argument", "pair", "assignment", "assignment_expression", "keyed_element", "field_initializer"}
)


def words(place: Place) -> Iterator[Edit]:
    """Yield the mistakes that one word at this place can be."""
    yield from _operator(place)
    yield from _negation(place)
    yield from _index(place)
    yield from _switch(place)


def _operator(place: Place) -> Iterator[Edit]:
    """Yield other operators, but where both sides are the same, or two numbers."""
    node, parent = place.node, place.parent
    swaps = () if node.is_named or parent.type not in _TWO_SIDED else _SWAPS.get(place.text(), ())
    sides = [each for each in parent.children if each.is_named] if swaps else []
    if len(sides) != 2 or place.text(sides[0]) == place.text(sides[1]):
        return
    if all(_NUMBER.fullmatch(place.text(side)) for side in sides):
        return
    counts = _NUMBER.fullmatch(place.text(sides[1])) and int(place.text(sides[1]))
    for kind, text in swaps:
        if text in (b"+", b"-") and not counts:
            continue  # of two texts it would be no mistake that anybody makes
        yield Edit(kind, node.start_byte, node.end_byte, text)


def _negation(place: Place) -> Iterator[Edit]:
    node = place.node
    if node.type in _NEGATIONS and len(node.children) == 2:
        sign, rest = node.children
        if place.text(sign) in (b"!", b"not"):
            yield Edit("condition", sign.start_byte, rest.start_byte)


def _index(place: Place) -> Iterator[Edit]:
    node = place.node
    if node.type not in _INDEXED:
        return
    for child in node.children[1:]:
        if _NUMBER.fullmatch(place.text(child)):
            yield Edit("bound", child.start_byte, child.end_byte, b"%d" % (int(place.text(child)) + 1))


def _switch(place: Place) -> Iterator[Edit]:
    """Yield a switch that no longer keeps things safe."""
    node, parent = place.node, place.parent
    off = (
        _ON.get(place.text()) if parent.type in _NAMED and node.start_point[0] == node.end_point[0] else None
    )
    name = place.text(parent.children[0]).strip(b"\"'").rpartition(b".")[2] if off else b""
    if off and _SAFE.fullmatch(name):
        yield Edit("unsafe-switch", node.start_byte, node.end_byte, off, "security")
