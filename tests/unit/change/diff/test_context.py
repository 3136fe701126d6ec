import pytest

from chargehand.change.diff.context import widen
from chargehand.change.diff.scopes import Scope, ScopeAt
from chargehand.core.diff import Authority, FileDiff, Hunk, Skip, SkipReason
from tests.unit.changes import added, body_of, changed, diff_of, numbers_of

LINES = [f"line {number}" for number in range(1, 101)]


def edited(*numbers: int) -> list[str]:
    return [f"{line} edited" if number in numbers else line for number, line in enumerate(LINES, 1)]


def scopes_at(*scopes: Scope) -> ScopeAt:
    """Return what tells the innermost of these scopes; they come outermost first."""

    def scope_at(line: int) -> Scope | None:
        return next((scope for scope in reversed(scopes) if scope.first <= line <= scope.last), None)

    return scope_at


def widened(
    file: FileDiff, text: list[str] | None, *scopes: Scope, max_lines: int = 60, section: str | None = None
) -> FileDiff:
    content = None if text is None else "".join(f"{line}\n" for line in text)
    (wide,) = widen(
        diff_of(file), lambda _path: content, max_lines, lambda _path, _text: scopes_at(*scopes)
    ).files
    return wide


def shown(file: FileDiff) -> list[tuple[int, int]]:
    return [(hunk.new_start, hunk.new_start + hunk.new_count - 1) for hunk in file.hunks]


def assert_true(wide: FileDiff, old: list[str], new: list[str]) -> None:
    """Check every line of the hunks against both texts, and the counts against the lines."""
    for line in wide.lines():
        if line.old_number is not None:
            assert old[line.old_number - 1] == line.text
        if line.new_number is not None:
            assert new[line.new_number - 1] == line.text
    for hunk in wide.hunks:
        kinds = [line.kind for line in hunk.lines()]
        assert (hunk.old_count, hunk.new_count) == (
            len(kinds) - kinds.count("+"),
            len(kinds) - kinds.count("-"),
        )


def test_a_hunk_grows_to_the_function_that_it_changes() -> None:
    new = edited(50)
    wide = widened(changed("a.py", LINES, new), new, Scope(40, 65, "def f():", ""))
    assert shown(wide) == [(40, 65)]
    assert_true(wide, LINES, new)


def test_a_test_that_is_longer_than_what_changes_in_it_is_not_brought_whole() -> None:
    new = edited(50)
    file, text = changed("tests/a.py", LINES, new), "".join(f"{line}\n" for line in new)
    for name, scope, wanted in (
        ("long", Scope(40, 65, "def f():", ""), [(45, 55)]),
        ("short", Scope(46, 54, "def f():", ""), [(46, 54)]),
    ):
        (wide,) = widen(
            diff_of(file),
            {file.path: text}.get,
            scopes=lambda _path, _text, scope=scope: scopes_at(scope),  # type: ignore[misc]  # bound at once
            is_test=lambda path: path.startswith("tests/"),
        ).files
        assert shown(wide) == wanted, name
    assert widened(changed("a.py", LINES, new), new, Scope(40, 65, "def f():", "")) != wide


def test_what_is_added_is_unchanged_lines_only() -> None:
    file = changed("a.py", LINES, edited(50))
    wide = widened(file, edited(50), Scope(40, 65, "def f():", ""))
    assert [line for line in body_of(wide) if line[0] != " "] == [
        line for line in body_of(file) if line[0] != " "
    ]
    assert (wide.added, wide.removed, wide.status) == (file.added, file.removed, file.status)


def test_old_numbers_are_right_behind_lines_that_were_added_and_removed() -> None:
    new = [*LINES[:9], "new 1", "new 2", "new 3", *LINES[10:69], *LINES[75:]]
    wide = widened(changed("a.py", LINES, new), new, Scope(5, 20, "f", ""), Scope(60, 80, "g", ""))
    assert shown(wide) == [(5, 20), (60, 80)]
    assert_true(wide, LINES, new)
    assert numbers_of(wide)[-1] == (84, 80, "line 84")


def test_hunks_that_touch_become_one() -> None:
    new = edited(45, 60)
    wide = widened(changed("a.py", LINES, new), new, Scope(40, 65, "def f():", ""))
    assert shown(wide) == [(40, 65)]
    assert_true(wide, LINES, new)


def test_a_joined_hunk_reaches_as_far_as_any_of_its_parts() -> None:
    new = edited(45, 60)
    outer, inner = Scope(40, 65, "def f():", "class A:"), Scope(58, 62, "def g():", "def f():")
    wide = widened(changed("a.py", LINES, new), new, outer, inner)
    assert shown(wide) == [(40, 65)]
    assert wide.hunks[0].section == "class A:"
    new = edited(20, 40)
    wide = widened(changed("a.py", LINES, new, context=5), new, Scope(24, 60, "def f():", ""))
    assert shown(wide) == [(15, 60)]
    assert_true(wide, LINES, new)


def test_hunks_that_merely_come_near_stay_apart() -> None:
    new = edited(20, 60)
    file = changed("a.py", LINES, new)
    assert shown(widened(file, new, Scope(15, 38, "f", ""), Scope(40, 65, "g", ""))) == [(15, 38), (40, 65)]
    assert shown(widened(file, new, Scope(15, 39, "f", ""), Scope(40, 65, "g", ""))) == [(15, 65)]


def test_an_outer_scope_swallows_the_hunks_before_it() -> None:
    new = edited(20, 40, 58)
    wide = widened(
        changed("a.py", LINES, new),
        new,
        Scope(10, 62, "class", ""),
        Scope(18, 22, "f", ""),
        Scope(38, 42, "g", ""),
    )
    assert shown(wide) == [(10, 62)]
    assert_true(wide, LINES, new)


def test_a_change_that_spans_two_functions_grows_to_both() -> None:
    new = edited(30, 31, 32, 33)
    wide = widened(changed("a.py", LINES, new), new, Scope(20, 31, "f", ""), Scope(32, 45, "g", ""))
    assert shown(wide) == [(20, 45)]


@pytest.mark.parametrize("context", [0, 1, 3, 5])
def test_a_change_outside_of_any_function_has_the_context_that_git_gives(context: int) -> None:
    new = edited(50)
    most = max(3, context)
    assert shown(widened(changed("a.py", LINES, new, context=context), new)) == [(50 - most, 50 + most)]


def test_a_function_that_is_too_long_gives_a_few_lines() -> None:
    new = edited(50)
    assert shown(widened(changed("a.py", LINES, new), new, Scope(5, 95, "f", ""))) == [(42, 58)]


def test_the_near_end_of_a_long_function_is_shown() -> None:
    new = edited(50)
    assert shown(widened(changed("a.py", LINES, new), new, Scope(30, 100, "f", ""))) == [(30, 58)]


def test_a_few_lines_never_reach_beyond_the_function() -> None:
    new = edited(50)
    assert shown(widened(changed("a.py", LINES, new), new, Scope(48, 99, "f", ""), max_lines=40)) == [
        (47, 58)
    ]


@pytest.mark.parametrize("most", [0, 1, 10, 60])
def test_a_hunk_never_gains_more_lines_than_allowed(most: int) -> None:
    new = edited(50)
    file = changed("a.py", LINES, new)
    for scopes in ([], [Scope(1, 100, "f", "")], [Scope(30, 70, "f", "")], [Scope(48, 100, "f", "")]):
        wide = widened(file, new, *scopes, max_lines=most)
        assert len(body_of(wide)) <= len(body_of(file)) + most
        assert_true(wide, LINES, new)


def test_a_hunk_never_loses_lines() -> None:
    new = edited(50)
    assert shown(widened(changed("a.py", LINES, new, context=12), new, Scope(48, 52, "f", ""))) == [(38, 62)]


def test_lines_are_not_sought_beyond_the_ends_of_the_file() -> None:
    new = edited(1, 100)
    text = "".join(f"{line}\n" for line in new)
    (wide,) = widen(
        diff_of(changed("a.py", LINES, new)), lambda _path: text, scopes=lambda _path, _text: None
    ).files
    assert shown(wide) == [(1, 9), (92, 100)]
    assert_true(wide, LINES, new)


def test_a_removed_line_belongs_to_the_function_above_it() -> None:
    new = [*LINES[:49], *LINES[50:]]
    wide = widened(changed("a.py", LINES, new), new, Scope(40, 49, "f", ""), Scope(50, 70, "g", ""))
    assert shown(wide) == [(40, 52)]


@pytest.mark.parametrize(
    "decorator", ["@login_required(", "    @Override", "#[test]", "[Authorize]", "[[nodiscard]]"]
)
def test_a_removed_decorator_belongs_to_what_it_stood_above(decorator: str) -> None:
    old = [*LINES[:49], decorator, "more of it", *LINES[49:]]
    wide = widened(changed("a.py", old, LINES), LINES, Scope(40, 49, "f", ""), Scope(50, 70, "g", ""))
    assert shown(wide) == [(47, 70)]


@pytest.mark.parametrize("context", [0, 1, 3])
def test_any_context_is_widened_alike(context: int) -> None:
    for new in (
        edited(50),
        [*LINES[:49], *LINES[50:]],
        [*LINES[:49], "new", *LINES[49:]],
        LINES[1:],
        LINES[:-1],
    ):
        wide = widened(changed("a.py", LINES, new, context=context), new)
        assert_true(wide, LINES, new)
        assert body_of(wide) == body_of(widened(changed("a.py", LINES, new, context=1), new))


def test_blank_lines_at_the_edge_of_a_change_say_nothing_of_its_function() -> None:
    new = [*LINES[:49], "", "x", "", *LINES[49:]]
    wide = widened(changed("a.py", LINES, new), new, Scope(45, 50, "f", ""), Scope(51, 70, "g", ""))
    assert shown(wide) == [(47, 70)]


@pytest.mark.parametrize("old", [LINES, [""]], ids=["lines", "a blank line"])
def test_a_file_that_is_emptied_stays_as_it_is(old: list[str]) -> None:
    file = changed("a.py", old, [])
    assert widened(file, []) == file


@pytest.mark.parametrize(
    "text",
    [
        None,
        [],
        LINES,
        edited(51),
        [*edited(50), "more"][2:],
        [f"{line}\r" for line in edited(50)],
    ],
)
def test_a_file_that_the_diff_does_not_lead_to_stays_as_it_is(text: list[str] | None) -> None:
    file = changed("a.py", LINES, edited(50))
    assert widened(file, text) == file


def test_hunks_out_of_order_stay_as_they_are() -> None:
    file = changed("a.py", LINES, edited(20, 80))
    backwards = file.evolve(hunks=file.hunks[::-1])
    assert widened(backwards, edited(20, 80)) == backwards


def test_hunks_whose_sides_drift_apart_stay_as_they_are() -> None:
    hunk = Hunk(old_start=30, old_count=1, new_start=50, new_count=1, section="", body="-x\n+line 50 edited")
    file = FileDiff(path="a.py", status="modified", hunks=(hunk,))
    assert widened(file, edited(50)) == file


@pytest.mark.parametrize(
    "file",
    [
        added("a.py", *LINES),
        changed("a.py", LINES, [], status="deleted"),
        FileDiff(path="a.py", old_path="b.py", status="renamed"),
        changed("a.py", LINES, edited(50)).evolve(
            skip=Skip(reason=SkipReason.GENERATED, by=Authority.BASE, detail="")
        ),
    ],
)
def test_content_is_read_only_where_it_can_add_something(file: FileDiff) -> None:
    asked: list[str] = []

    def read(path: str) -> str | None:
        asked.append(path)
        return None

    assert widen(diff_of(file), read) == diff_of(file)
    assert asked == []


def test_the_section_is_what_stands_round_the_lines_that_are_shown() -> None:
    new = edited(50)
    file = changed("a.py", LINES, new, section="line 40")

    def section(*scopes: Scope) -> str:
        return widened(file, new, *scopes).hunks[0].section

    assert section(Scope(40, 65, "def f():", "class A:")) == "class A:"
    assert section(Scope(5, 95, "def f():", "class A:")) == "def f():"
    assert section(Scope(47, 53, "def f():", "class A:")) == "line 40"
    assert section() == "line 40"
    without_context = changed("a.py", LINES, new, section="line 48", context=0)
    assert widened(without_context, new).hunks[0].section == ""


def test_without_grammars_a_few_lines_are_added_and_a_hint_says_why() -> None:
    new = edited(50)
    text = "".join(f"{line}\n" for line in new)
    diff = widen(diff_of(changed("a.py", LINES, new)), lambda _path: text, scopes=lambda _path, _text: None)
    assert shown(diff.files[0]) == [(42, 58)]
    (hint,) = diff.hints
    assert "pip install 'chargehand[context]'" in hint
    assert diff.notices == ()


def test_one_missing_grammar_is_enough_for_one_hint() -> None:
    diff = diff_of(*(changed(name, LINES, edited(50)) for name in ("a.py", "b.md", "c.py")))
    known = {"b.md": scopes_at()}
    text = "".join(f"{line}\n" for line in edited(50))
    assert len(widen(diff, lambda _path: text, scopes=lambda path, _text: known.get(path)).hints) == 1


def test_there_is_no_hint_where_nothing_is_missing_or_a_grammar_would_not_help() -> None:
    diff = diff_of(changed("a.py", LINES, edited(50)))
    assert widen(diff, lambda _path: None, scopes=lambda _path, _text: None).hints == ()
    assert widen(diff, lambda _path: "text", scopes=lambda _path, _text: scopes_at()).hints == ()
    short = diff_of(changed("a.py", ["a", "b"], ["a", "c"]))
    assert widen(short, lambda _path: "a\nc\n", scopes=lambda _path, _text: None).hints == ()


def test_each_file_is_read_under_its_new_name() -> None:
    new = edited(50)
    file = changed("new.py", LINES, new, status="renamed", old_path="old.py")
    contents = {"new.py": "".join(f"{line}\n" for line in new)}
    wide = widen(diff_of(file), contents.get, scopes=lambda _path, _text: None)
    assert shown(wide.files[0]) == [(42, 58)]


def test_a_last_line_without_a_newline_is_a_line() -> None:
    old, new = ["a", "b"], ["a", "b", "c"]
    file = changed("a.py", old, new, context=0)
    wide = widen(diff_of(file), lambda _path: "a\nb\nc", scopes=lambda _path, _text: scopes_at())
    assert body_of(wide.files[0]) == [" a", " b", "+c"]
