import math
import re

from hypothesis import given
from hypothesis import strategies as st

from chargehand.change.diff.chunks import files_of, make_chunks, show
from chargehand.change.diff.long_hunks import split_hunks
from chargehand.change.diff.reindented import marks, paired
from chargehand.core.diff import Diff, FileDiff, Line
from tests.property.strategies import DIFFS


def tokens(text: str) -> int:
    return math.ceil(len(text) / 2.3)


@given(DIFFS, st.integers(1, 400), st.integers(1, 3))
def test_every_reviewable_hunk_travels_once_in_a_chunk_that_is_small_enough(
    raw: Diff, most: int, groups: int
) -> None:
    diff = split_hunks(raw, tokens, most)
    paths = [file.path for file in diff.files]
    chunks = make_chunks(diff, [paths[group::groups] for group in range(groups)], tokens, most)
    sent = [
        (excerpt.path, excerpt.nth, index)
        for chunk in chunks
        for excerpt in chunk.excerpts
        for index in range(excerpt.first, excerpt.last + 1)
    ]
    wanted = [
        (file.path, paths[:at].count(file.path), index)
        for at, file in enumerate(diff.files)
        if file.skip is None
        for index in range(len(file.hunks))
    ]
    assert sorted(sent) == sorted(wanted)
    for chunk in chunks:
        names_only = all(excerpt.last < 0 for excerpt in chunk.excerpts)
        assert tokens(show(chunk, diff)) <= chunk.tokens
        assert chunk.tokens <= most or names_only


@given(DIFFS, st.integers(1, 400))
def test_cutting_hunks_loses_no_line(raw: Diff, most: int) -> None:
    for before, after in zip(raw.files, split_hunks(raw, tokens, most).files, strict=True):
        if after.skip and not before.skip:
            assert after.skip.is_gap
        else:
            assert joined(after) == list(before.lines())


@given(DIFFS)
def test_pairing_what_is_re_indented_moves_no_line_on_either_side(raw: Diff) -> None:
    for before, after in zip(raw.files, paired(raw).files, strict=True):
        for kind in "+-":
            assert [line for line in after.lines() if line.kind != kind] == [
                line for line in before.lines() if line.kind != kind
            ]


def joined(file: FileDiff) -> list[Line]:
    """Return the lines of a file, the pieces of a long one put together again."""
    lines: list[Line] = []
    for hunk in file.hunks:
        first, *rest = hunk.lines()
        if "[part " in hunk.section and "[part 1 of" not in hunk.section:
            first = lines[-1]._replace(text=lines.pop().text + first.text)
        lines += [first, *rest]
    return lines


@given(DIFFS)
def test_what_is_shown_can_be_read_back(diff: Diff) -> None:
    (chunk,) = make_chunks(diff, [[file.path for file in diff.files]], tokens, 10**9)
    shown = show(chunk, diff)
    shown.encode("utf-8")
    lines = shown.splitlines()
    assert [int(line[1 : line.index("]")]) for line in lines if line.startswith("[")] == list(files_of(chunk))
    assert sum(line.startswith("@@") for line in lines) == sum(len(file.hunks) for file in diff.files)
    content = [line for line in lines if not line.startswith(("[", "@@"))]
    by_path: dict[str, list[int | None]] = {}
    for file in diff.files:
        numbers_shown = by_path.setdefault(file.path, [])
        for hunk in file.hunks:
            marked = marks(hunk)
            numbers_shown += [n.new_number for at, n in enumerate(hunk.lines()) if marked.get(at) != ""]
    numbers = [re.match(r"(?:([0-9]+)[ +<>]|-)", line) for line in content]
    assert [match and match[1] and int(match[1]) for match in numbers] == [
        number for path in by_path for number in by_path[path]
    ]
