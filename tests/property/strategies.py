"""Diffs of texts made of awkward lines."""

from hypothesis import strategies as st

from chargehand.core.diff import Diff, FileDiff
from tests.unit.changes import changed

# Few different ones, so that lines repeat; and such as look like a part of a diff or of a chunk.
LINES = st.sampled_from(
    [
        *("", " ", "}", "a", "  a", "a b", "a\tb", "+a", "-a", "- a", "1", "1 a", "2+a", "12:a", "a" * 300),
        *(
            "@@ a",
            "[1] a.py",
            "a\r",
            "\r",
            "\u2028",
            "\udce9",
            "\ud800",
            "\x00",
            "\\u{d}",
            "\u00a0",
            "\u202ea",
        ),
    ]
) | st.text(st.characters(exclude_characters="\n"), max_size=12)
TEXTS = st.lists(LINES, max_size=40)
PATHS = st.sampled_from(["a.py", "b.py", "lib/b.py", "dir/caf\udce9.py", "x  y.py", "[2] z.py"])


@st.composite
def files(draw: st.DrawFn) -> FileDiff:
    """Return a file whose second text is the first one edited, so that hunks have context."""
    old = draw(TEXTS)
    new = list(old)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(new)))
        new[at : at + draw(st.integers(0, 4))] = draw(st.lists(LINES, max_size=4))
    return changed(draw(PATHS), old, new, context=draw(st.integers(0, 3)))


DIFFS = st.lists(files(), min_size=1, max_size=4).map(lambda some: Diff(files=tuple(some)))
