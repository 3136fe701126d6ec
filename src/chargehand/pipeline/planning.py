"""How a change is split into what one request holds and one task answers for."""

from collections.abc import Callable, Mapping

from chargehand.core.plain_value import PlainValue
from chargehand.core.plan import Depth, Excerpt


class Planning(PlainValue):
    """How a change is split.

    A change of at most `small_files` files and `small_lines` changed lines is not worth a plan call.
    `chunk_tokens` bounds one request's excerpts, as `measure` counts them, and `focus_lines` the changed
    lines that one task answers for. `fallback_reason` says why the built-in plan is used whatever the size;
    it is empty if the orchestrator may be asked. `reused` are the parts whose answers earlier runs have
    given, by the name of the reader: they are left out.
    """

    orchestrator: str
    depth: Depth = "standard"
    small_files: int
    small_lines: int
    chunk_tokens: int
    focus_lines: int = 150
    measure: Callable[[str], int]
    fallback_reason: str = ""
    reused: Mapping[str, frozenset[Excerpt]] = {}
