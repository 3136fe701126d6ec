"""Which neighbouring arguments can stand in the wrong order, so that a reader has to notice it."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePosixPath

from chargehand.change.planting.mutation import Edit
from chargehand.change.planting.places import Place

ARGUMENTS = frozenset({"argument_list", "arguments"})
CALLS = frozenset(
    {
        "call", "call_expression", "method_invocation", "invocation_expression", "function_call_expression",
        "member_call_expression", "new_expression", "object_creation_expression",
    }
)  # fmt: skip
# The order of arguments of these does not matter, or hardly does; of the last ones nobody mistakes it.
_SYMMETRIC = re.compile(
    rb"(?i).*(max|min|add|sum|mul\w*|gcd|lcm|hypot|eq|eql|equals?\w*|same\w*|assert\w*|union\w*|intersect\w*|"
    rb"swap\w*|print\w*|log\w*|debug|info|warn\w*|and|or|xor|distance\w*|isinstance|issubclass|super)"
)
_SIMPLE = re.compile(rb"[$@]?[A-Za-z_][\w$]*(\.[A-Za-z_$][\w$]*)*|[0-9]+")
_OWN = frozenset({b"self", b"cls", b"this", b"ctx"})
# A compiler of these refuses a value of another type, so nobody has to notice.
_TYPED = frozenset(
    {
        ".go", ".java", ".rs", ".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".cs",
        ".ts", ".tsx", ".mts", ".cts",
    }
)  # fmt: skip
_PAIRS = (
    {"src", "source", "from", "dst", "dest", "destination", "target", "to"},
    {"start", "begin", "first", "low", "lower", "min", "end", "stop", "last", "high", "upper", "max"},
    {"width", "height", "depth", "size", "length", "len", "offset", "count", "index", "limit", "position"},
    {"left", "right", "top", "bottom", "row", "column", "col", "line"},
    {"old", "new", "before", "after", "previous", "next", "current", "expected", "actual", "base", "head"},
    {"red", "green", "blue", "alpha"},
    {"key", "value", "name", "path", "prefix", "suffix", "username", "password", "host", "user"},
)
_SHORT = 2


def swapped(place: Place, path: str) -> Iterator[Edit]:
    """Yield two neighbouring arguments in the wrong order, if their order means something."""
    node = place.node
    if node.type not in ARGUMENTS or place.parent.type not in CALLS:
        return
    if _SYMMETRIC.fullmatch(place.source[place.parent.start_byte : node.start_byte].strip()):
        return
    is_typed = PurePosixPath(path).suffix.lower() in _TYPED
    given = [child for child in node.children if child.is_named]
    for one, other in pairwise(given):
        first, second = place.text(one), place.text(other)
        if first == second or not (_SIMPLE.fullmatch(first) and _SIMPLE.fullmatch(second)):
            continue
        if not {first, second} & _OWN and (not is_typed or _are_alike(first, second)):
            between = place.source[one.end_byte : other.start_byte]
            yield Edit("swapped-arguments", one.start_byte, other.end_byte, second + between + first)


def _are_alike(first: bytes, second: bytes) -> bool:
    """Tell whether two names or numbers are probably of one type."""
    if first.isdigit() or second.isdigit():
        return first.isdigit() and second.isdigit()
    one, other = (each.decode().rpartition(".")[2].strip("$_") for each in (first, second))
    if max(len(one), len(other)) <= _SHORT:
        return True
    words, others = _words(one), _words(other)
    return bool(words & others) or any(words & pair and others & pair for pair in _PAIRS)


def _words(name: str) -> set[str]:
    return {each.lower() for each in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}
