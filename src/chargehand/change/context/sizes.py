"""How many tokens each passage takes, and how much of one that is too long for its share is kept."""

from collections.abc import Iterable, Iterator

from chargehand.change.context.shown import SHARES, text_of
from chargehand.change.diff.chunk_text import Measure
from chargehand.core.context import Kind, Passage

_LEAST_TOKENS = 50
_CUT = "…"


def sized(passages: Iterable[Passage], max_tokens: int, measure: Measure) -> Iterator[Passage]:
    """Yield the passages with their sizes; what people wrote as a whole is cut to what its kind may take.

    The first of a kind gets what it needs, the next one what is left.
    """
    left = {kind: max_tokens * share // 100 for kind, share in SHARES.items()}
    for passage in passages:
        is_prose = passage.kind in (Kind.REQUEST, Kind.COMMIT, Kind.GUIDANCE)
        most = left[passage.kind] if is_prose else 0
        done = _measured(_cut(passage, most, measure) if most > _LEAST_TOKENS else passage, measure)
        if passage.kind is Kind.GUIDANCE and done.tokens <= most:
            left[Kind.GUIDANCE] -= done.tokens
        yield done


def _measured(passage: Passage, measure: Measure) -> Passage:
    """Return the passage with its sizes, its heading included."""
    tokens = measure(text_of((passage,)))
    brief = measure(text_of((passage.shortened(),))) if passage.brief_lines else tokens
    return passage._replace(tokens=max(tokens, brief), brief_tokens=brief)


def _cut(passage: Passage, most: int, measure: Measure) -> Passage:
    """Return as many of the first lines as fit, and a mark that there is more."""
    lines = passage.text.split("\n")
    kept, cut = len(lines), passage
    while (tokens := measure(text_of((cut,)))) > most and kept > 1:
        kept = min(kept - 1, kept * most // tokens) or 1
        cut = passage._replace(text="\n".join((*lines[:kept], _CUT)))
    return cut
