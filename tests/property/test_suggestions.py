from collections.abc import Callable, Sequence

from hypothesis import event, given
from hypothesis import strategies as st

from chargehand.core.diff import Diff, FileDiff, Line
from chargehand.core.escaping import printable
from chargehand.core.finding import Suggestion
from chargehand.pipeline.locate import locate
from tests.property.strategies import DIFFS, LINES, PATHS
from tests.property.test_locate import NUMBERS, claim, folded
from tests.unit.changes import changed

CODE = st.lists(LINES, min_size=1, max_size=3).map("\n".join)
# Mostly different ones, so that many stand once; not so many that none repeats.
PLAIN = st.lists(st.integers(0, 99).map(lambda number: f"{'  ' * (number % 3)}line {number}"), max_size=20)
PLAIN_DIFFS = st.lists(
    st.builds(changed, PATHS, PLAIN, PLAIN, context=st.integers(0, 3)), min_size=1, max_size=3
).map(lambda some: Diff(files=tuple(some)))


def new_side(files: Sequence[FileDiff]) -> list[list[Line]]:
    """Return the lines of each hunk that are there after the change."""
    hunks = (hunk for file in files for hunk in file.hunks)
    return [[line for line in hunk.lines() if line.new_number is not None] for hunk in hunks]


def applied(lines: Sequence[Line], suggestion: Suggestion) -> list[str]:
    """Return the texts of a hunk with the suggestion in place of its lines."""
    texts = [line.text for line in lines]
    first = lines[0].new_number or 0
    texts[suggestion.start_line - first : suggestion.end_line - first + 1] = suggestion.code.split("\n")
    return texts


def replaced(lines: Sequence[Line], suggestion: Suggestion) -> list[Line]:
    wanted = range(suggestion.start_line, suggestion.end_line + 1)
    return [line for line in lines if line.new_number in wanted]


@st.composite
def quotes(draw: st.DrawFn, files: Sequence[FileDiff]) -> tuple[int, str]:
    """Return neighbouring lines that are there, as they are or as models quote them, with their number."""
    hunks = [lines for lines in new_side(files) if lines]
    if not hunks:
        return draw(NUMBERS), draw(CODE)
    lines = draw(st.sampled_from(hunks))
    start = draw(st.integers(0, len(lines) - 1))
    texts = [printable(line.text) for line in lines[start : start + draw(st.integers(1, 4))]]
    changes: list[Callable[[str], str]] = [str, str, str, str.strip, str.rstrip, lambda text: f"  {text}"]
    change = draw(st.sampled_from(changes))
    number = lines[start].new_number or 0
    return draw(st.just(number) | NUMBERS), "\n".join(map(change, texts)) + draw(st.sampled_from(["", "\n"]))


@given(DIFFS | PLAIN_DIFFS, st.data(), st.integers(0, 3), CODE)
def test_a_suggestion_that_is_shown_changes_exactly_the_lines_that_it_was_written_for(
    diff: Diff, data: st.DataObject, more: int, code: str
) -> None:
    path = data.draw(st.sampled_from([file.path for file in diff.files]))
    named = [file for file in diff.files if file.path == path]
    line, near = data.draw(quotes(named))
    quote = near.partition("\n")[0]
    own = data.draw(st.sampled_from(["", near, data.draw(quotes(named))[1]]))
    asked = claim(path, quote, line, line + more).evolve(replaces=own, suggestion=code)
    (finding,) = locate([asked], diff)
    event(f"shown: {finding.suggestion is not None}")
    if finding.suggestion is None:
        assert (not code.strip()) or not is_code(code) or "the suggestion was dropped" in finding.note
        return
    files = [file for file in diff.files if file.path == finding.path]
    (lines,) = [each for each in new_side(files) if replaced(each, finding.suggestion)]
    wanted = (own if own.strip() else quote).removesuffix("\n").split("\n")
    before = replaced(lines, finding.suggestion)
    assert [folded(line.text) for line in before] == [folded(text) for text in wanted]
    start = lines.index(before[0])
    rest = lines[start + len(before) :]
    texts = applied(lines, finding.suggestion)
    assert texts[:start] == [line.text for line in lines[:start]]
    assert texts[len(texts) - len(rest) :] == [line.text for line in rest]
    made = texts[start : len(texts) - len(rest)]
    assert [text.split() for text in made] == [text.split() for text in code.split("\n")][: len(made)]
    assert all(text == printable(text) for text in made)


def is_code(code: str) -> bool:
    """Tell what is more than line endings, which are no code."""
    return bool(code.replace("\r\n", "\n").strip())
