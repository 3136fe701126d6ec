from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chargehand.change.diff.context import widen
from chargehand.change.diff.scopes import Scope
from chargehand.core.diff import Diff
from tests.property.strategies import LINES, TEXTS
from tests.unit.changes import changed


@given(TEXTS, st.data())
def test_widened_hunks_tell_the_truth_about_both_sides(old: list[str], data: st.DataObject) -> None:
    new = list(old)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(new)))
        new[at : at + data.draw(st.integers(0, 4))] = data.draw(st.lists(LINES, max_size=4))
    file = changed("a.py", old, new, context=data.draw(st.integers(0, 3)))
    starts = sorted(data.draw(st.sets(st.integers(1, 50), max_size=6)))
    scopes = [Scope(first, last - 1, "", "") for first, last in pairwise(starts)]

    def scope_at(line: int) -> Scope | None:
        return next((scope for scope in scopes if scope.first <= line <= scope.last), None)

    text = "".join(f"{line}\n" for line in new)
    most = data.draw(st.integers(0, 70))
    (wide,) = widen(Diff(files=(file,)), lambda _: text, most, lambda _path, _text: scope_at).files
    changes = [line for line in file.lines() if line.kind != " "]
    assert [line for line in wide.lines() if line.kind != " "] == changes
    assert all(old[line.old_number - 1] == line.text for line in wide.lines() if line.old_number)
    assert all(new[line.new_number - 1] == line.text for line in wide.lines() if line.new_number)
    shown = [line.new_number for line in wide.lines() if line.new_number]
    assert shown == sorted(set(shown))
    assert len(list(wide.lines())) <= len(list(file.lines())) + most * len(file.hunks)
    for hunk in wide.hunks:
        kinds = [line.kind for line in hunk.lines()]
        assert len(kinds) - kinds.count("+") == hunk.old_count
        assert len(kinds) - kinds.count("-") == hunk.new_count
