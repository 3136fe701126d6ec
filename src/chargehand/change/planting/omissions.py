"""Mistakes by omission: no await, no check, no escaping."""

import re
from collections.abc import Iterator, Sequence

from chargehand.change.diff.scopes import Node
from chargehand.change.planting.arguments import ARGUMENTS, CALLS
from chargehand.change.planting.mutation import Edit
from chargehand.change.planting.places import Place

_AWAITS = frozenset({"await", "await_expression"})
_IFS = frozenset({"if_statement", "if_expression", "if", "if_modifier"})
# What leaves a block early; a check is there to do one of these.
_LEAVES = frozenset(
    {
        "return_statement", "return_expression", "return", "raise_statement", "throw_statement",
        "break_statement", "continue_statement", "break_expression", "continue_expression", "break", "next",
        "goto_statement",
    }
)  # fmt: skip
_WRAPPING = frozenset(
    {"expression_statement", "block", "statement_block", "compound_statement", "statement_list", "then"}
)
_OTHERWISE = ("else", "elif", "elsif", "alternative")
_CONDITIONS = frozenset({"binary_expression", "boolean_operator", "binary"})
# What a check is about that keeps somebody from something; an author is nobody who is authorised.
_GUARDS = re.compile(
    rb"(?i)auth(?!ors?(\b|_))|permi(ssion|tted)|forbidden|csrf|is_?admin|is_?owner|trusted|access_?token|"
    rb"can_?(read|write|edit|delete|view|access)|verify_?(signature|password|token)"
)
_ESCAPES = re.compile(rb"(?i)(.*\.)?(\w*(escape|sanitize|quote|encodeURI|purify|clean|secure_filename)\w*)")


def omissions(place: Place) -> Iterator[Edit]:
    """Yield what can be left out at this place."""
    yield from _await(place)
    yield from _half_of_a_check(place)
    yield from _check(place)
    yield from _escape(place)


def _await(place: Place) -> Iterator[Edit]:
    """Yield a missing await, but where what is awaited is returned: there, it makes no difference."""
    node, children = place.node, place.node.children
    if (
        node.type not in _AWAITS
        or len(children) < 2
        or place.parent.type in ("return_statement", "arrow_function")
    ):
        return
    if place.text(children[0]) == b"await":
        yield Edit("missing-await", node.start_byte, children[1].start_byte)
    elif place.text(children[-1]) == b"await":
        yield Edit("missing-await", children[0].end_byte, node.end_byte)


def _half_of_a_check(place: Place) -> Iterator[Edit]:
    """Yield a condition without one of its two parts."""
    node = place.node
    if node.type not in _CONDITIONS or len(node.children) != 3:
        return
    left, sign, right = node.children
    if place.text(sign) not in (b"&&", b"and") or place.text(left) == place.text(right):
        return
    for kept, gone in ((left, right), (right, left)):
        if re.search(rb"\w", place.text(gone)) and place.text(gone).lower() not in (b"true", b"1"):
            yield Edit(
                "missing-check", node.start_byte, node.end_byte, place.text(kept), _lens(place.text(gone))
            )


def _check(place: Place) -> Iterator[Edit]:
    """Yield a check that is gone: an if that leaves early, with something behind it to be kept from."""
    node = place.node
    if node.type not in _IFS or place.parent.type in (*_IFS, "else_clause", "elif_clause", "else"):
        return
    whole = place.parent if place.parent.type == "expression_statement" else node
    after = _next_code(whole)
    body = _leaving(node)
    if after is None or body is None or place.text(body) == place.text(after):
        return
    start = place.source.rfind(b"\n", 0, whole.start_byte) + 1
    end = place.source.find(b"\n", whole.end_byte)
    around = place.source[start : whole.start_byte] + place.source[whole.end_byte : max(end, 0)]
    if end > 0 and not around.strip(b" \t;\r"):
        yield Edit("missing-check", start, end + 1, b"", _lens(place.text()))


def _next_code(node: Node) -> Node | None:
    after = node.next_named_sibling
    while after is not None and "comment" in after.type:
        after = after.next_named_sibling
    return after


def _leaving(node: Node) -> Node | None:
    """Return the one statement of an if without an else, if that leaves early; else None."""
    children: Sequence[Node] = node.children
    if any(part in child.type for child in children for part in _OTHERWISE):
        return None
    bodies = [child for child in children if child.type in _LEAVES or child.type in _WRAPPING]
    while len(bodies) == 1 and bodies[0].type in _WRAPPING:
        bodies = [child for child in bodies[0].children if child.is_named and "comment" not in child.type]
    return bodies[0] if len(bodies) == 1 and bodies[0].type in _LEAVES else None


def _lens(words: bytes) -> str:
    return "security" if _GUARDS.search(words) else "correctness"


def _escape(place: Place) -> Iterator[Edit]:
    """Yield a value that is no longer escaped."""
    node = place.node
    if node.type not in CALLS or len(node.children) != 2 or node.children[1].type not in ARGUMENTS:
        return
    name, arguments = node.children
    given = [child for child in arguments.children if child.is_named]
    if len(given) == 1 and _ESCAPES.fullmatch(place.text(name)):
        yield Edit("missing-escape", node.start_byte, node.end_byte, place.text(given[0]), "security")
