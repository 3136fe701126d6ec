from itertools import pairwise

import pytest

from chargehand.change.diff.chunks import excerpts_of, make_chunks
from chargehand.change.diff.focus import parts_of, portions, told
from chargehand.change.diff.long_hunks import split_hunks
from chargehand.core.diff import Diff, FileDiff, Hunk
from chargehand.core.plan import Chunk, Excerpt, Task
from tests.unit.changes import added, changed, diff_of
from tests.unit.crew import reader_of


def lines(count: int) -> list[str]:
    """Return a module of functions of five lines each, without a blank line between them."""
    return [f"    line_{n}()" if n % 5 else f"def function_{n}():" for n in range(count)]


def chunk_of(diff: Diff) -> Chunk:
    (chunk,) = make_chunks(diff, [[file.path for file in diff.files]], len, 10**6)
    return chunk


def sizes(diff: Diff, focus_lines: int) -> list[int]:
    """Return how many changed lines each reader of the diff answers for."""
    files = {file.path: file for file in diff.files}
    return [
        sum(hunk.changed for each in run for hunk in files[each.path].hunks[each.first : each.last + 1])
        for run in portions(chunk_of(diff), diff, focus_lines)
    ]


def places(diff: Diff, focus_lines: int) -> list[str]:
    """Return what each reader of the diff is told of its lines."""
    chunk = chunk_of(diff)
    return [
        told(Task(id="security-1", reader=reader_of("security"), chunk=chunk, parts=parts), diff)
        for parts in portions(chunk, diff, focus_lines)
    ]


def test_a_change_that_one_reader_can_attend_to_is_one_task_that_names_no_line() -> None:
    diff = diff_of(added("a.py", *lines(70)), added("b.py", *lines(80)))
    assert places(diff, 150) == [""]


def test_readers_are_as_few_as_can_be_and_have_about_as_much_each() -> None:
    diff = diff_of(*(added(f"{n}.py", *lines(40)) for n in range(9)))
    assert sizes(diff, 150) == [120, 120, 120]
    assert places(diff, 150)[1] == "[4] whole\n[5] whole\n[6] whole"


def test_a_long_new_file_is_cut_at_its_functions_and_each_reader_is_told_its_lines() -> None:
    diff = split_hunks(diff_of(added("a.py", *lines(400))), len, 10**6, 150)
    (file,) = diff.files
    assert all(hunk.body.startswith("+def ") for hunk in file.hunks)
    assert len(file.hunks) == 3
    assert max(sizes(diff, 150)) <= 150
    first, *others = [hunk.new_start for hunk in file.hunks]
    assert [hunk.section for hunk in file.hunks] == ["", *(f"def function_{n - 6}():" for n in others)]
    ends = [start - 1 for start in others] + [400]
    told_lines = [f"[1] lines {start} to {end}" for start, end in zip([first, *others], ends, strict=True)]
    assert places(diff, 150) == told_lines


def test_what_replaces_lines_stays_with_them() -> None:
    old, new = [f"old({n})" for n in range(200)], [f"new({n})" for n in range(90)]
    (file,) = split_hunks(diff_of(changed("a.py", old, new)), len, 10**6, 120).files
    kinds = [[line.kind for line in hunk.lines()] for hunk in file.hunks]
    cuts = [(one[-1], two[0]) for one, two in pairwise(kinds)]
    assert cuts
    assert ("-", "+") not in cuts


def test_hunks_without_new_lines_are_told_apart_by_their_place() -> None:
    diff = split_hunks(diff_of(changed("a.py", lines(300), [])), len, 10**6, 100)
    told_blocks = places(diff, 100)
    assert len(set(told_blocks)) == len(told_blocks) == len(diff.files[0].hunks)
    assert told_blocks[0] == "[1] @@ block 1"


def test_parts_of_a_file_do_not_depend_on_what_was_read_before() -> None:
    diff = split_hunks(diff_of(added("a.py", *lines(400)), added("b.py", *lines(20))), len, 10**6, 150)
    parts = [part for excerpt, file in excerpts_of(diff, len, 10**6) for part in parts_of(excerpt, file, 150)]
    left = portions(chunk_of(diff), diff, 150, leave_out=parts[1:2])
    assert [part for run in left for part in run] == [parts[0], *parts[2:]]


@pytest.mark.parametrize("changed_lines", [1, 151])
def test_a_hunk_that_nobody_cut_stands_alone(changed_lines: int) -> None:
    hunks = tuple(
        Hunk(old_start=n, old_count=0, new_start=n, new_count=size, section="", body="\n".join(["+x"] * size))
        for n, size in ((1, 1), (100, changed_lines), (900, 1))
    )
    file = FileDiff(path="a.py", status="modified", added=changed_lines + 2, hunks=hunks)
    (excerpt,) = (each for each, _ in excerpts_of(Diff(files=(file,)), len, 10**6))
    parts = list(parts_of(excerpt, file, 150))
    assert len(parts) == (1 if changed_lines == 1 else 3)
    assert parts[0].first == 0
    assert parts[-1].last == 2


def test_a_file_without_lines_is_a_part() -> None:
    file = FileDiff(path="b.py", old_path="a.py", status="renamed")
    assert portions(chunk_of(Diff(files=(file,))), Diff(files=(file,)), 150) == [
        (Excerpt(path="b.py", first=0, last=-1),)
    ]
