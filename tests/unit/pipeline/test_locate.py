import pytest

from chargehand.core.diff import Diff, FileDiff, Hunk
from chargehand.core.finding import Claim, by_place
from chargehand.pipeline.locate import locate
from tests.unit.changes import added, changed, diff_of
from tests.unit.crew import claim_of, finding_of

OLD = [f"line {number}" for number in range(1, 41)]
NEW = [*OLD[:9], "first = 1", "second = 2", "third = 3", *OLD[11:]]  # 10, 11 → three new lines
FILE = changed("src/a.py", OLD, NEW)
DIFF = diff_of(FILE)


def claim(
    quote: str = "", line: int = 0, end_line: int = 0, path: str = "src/a.py", rule: str = "x/y"
) -> Claim:
    return claim_of(rule=rule, path=path, line=line, end_line=end_line, quote=quote)


def place(asked: Claim, diff: Diff = DIFF) -> tuple[str, int | None, int | None, str, str]:
    (finding,) = locate([asked], diff)
    return (finding.anchor, finding.start_line, finding.end_line, finding.code, finding.note)


def line_of(asked: Claim, diff: Diff = DIFF) -> int | None:
    (finding,) = locate([asked], diff)
    assert finding.anchor == "line"
    return finding.start_line


def test_a_quoted_line_is_found_and_the_claim_kept() -> None:
    (finding,) = locate([claim("second = 2", 11, 11)], DIFF)
    assert finding == finding_of(
        fingerprint="",
        rule="x/y",
        path="src/a.py",
        start_line=11,
        end_line=11,
        line=11,
        quote="second = 2",
        code="second = 2",
        scope="first=1",
    )


def test_a_claim_that_an_earlier_run_made_stays_marked_as_such() -> None:
    earlier = claim("second = 2", 11).evolve(is_reused=True)
    assert [each.is_reused for each in locate([earlier, claim(path="")], DIFF)] == [False, True]


def test_a_kept_line_in_the_diff_can_be_quoted() -> None:
    assert place(claim("line 9", 9)) == ("line", 9, 9, "line 9", "")


def test_a_line_that_the_diff_does_not_show_is_not_found() -> None:
    anchor, start, _, code, note = place(claim("line 30", 30))
    assert (anchor, start, code) == ("file", None, "")
    assert note == "the quoted line is not in the diff of this file"


def test_a_wrong_number_gives_way_to_the_quote() -> None:
    assert place(claim("second = 2", 3)) == ("line", 11, 11, "second = 2", "claimed at line 3")


def test_a_number_alone_leads_to_no_line() -> None:
    anchor, start, end, _, note = place(claim("", 11))
    assert (anchor, start, end, note) == ("file", None, None, "no line was quoted for line 11")


def test_a_claim_on_a_whole_file_stands_as_claimed() -> None:
    assert place(claim()) == ("file", None, None, "", "")


@pytest.mark.parametrize("quote", [" ", "\n", "\t\n ", "\r\n"])
def test_a_blank_quote_quotes_nothing(quote: str) -> None:
    assert place(claim(quote, 11))[0] == "file"


@pytest.mark.parametrize("quote", ["second = 3", "s", "second = 2;", "SECOND = 2", "… = 3", "…"])
def test_a_quote_that_is_almost_a_line_is_not_found(quote: str) -> None:
    assert place(claim(quote, 11))[0] == "file"


@pytest.mark.parametrize(
    "quote",
    [
        "  second = 2  ",
        "second\t=  2",
        "second=2",
        "11+second=2",
        "+second = 2",
        "+ second = 2",
        "11+second = 2",
        "11 + second = 2",
        "11 second = 2",
        "11: second = 2",
        "11 | second = 2",
        "second = 2\r",
        "\n\nsecond = 2\n",
    ],
)
def test_white_space_and_the_column_of_a_chunk_do_not_count(quote: str) -> None:
    assert place(claim(quote, 11)) == ("line", 11, 11, "second = 2", "")


def test_a_copied_number_holds_the_quote_to_its_line() -> None:
    assert place(claim("12+second = 2", 12))[0] == "file"


def test_a_line_that_looks_like_a_column_is_read_as_it_is() -> None:
    diff = diff_of(added("list.md", "- 2", "+ 2", "2", "1 2"))
    assert [line_of(claim(quote, 1, path="list.md"), diff) for quote in ("- 2", "+ 2", "2", "1 2")] == [
        1,
        2,
        3,
        4,
    ]


def test_among_equal_lines_the_nearest_to_the_claimed_one_is_meant() -> None:
    diff = diff_of(added("a.py", "x()", "y()", "y()", "x()", "y()", "x()"))
    assert [line_of(claim("x()", line, path="a.py"), diff) for line in (1, 3, 4, 5, 6, 99)] == [
        1,
        4,
        4,
        4,
        6,
        6,
    ]


@pytest.mark.parametrize(
    ("bodies", "claimed", "meant"),
    [
        ((" x()\n a\n b\n c", " x()\n d\n e\n f"), 4, 1),
        ((" a\n b\n c\n x()", " d\n e\n f\n x()"), 6, 9),
    ],
    ids=["its last line is claimed", "its first line is claimed"],
)
def test_among_equal_lines_one_in_the_claimed_hunk_is_meant_even_if_another_is_nearer(
    bodies: tuple[str, str], claimed: int, meant: int
) -> None:
    first, second = (
        Hunk(old_start=at, old_count=4, new_start=at, new_count=4, section="", body=body)
        for at, body in zip((1, 6), bodies, strict=True)
    )
    diff = diff_of(FileDiff(path="a.py", status="modified", hunks=(first, second)))
    assert line_of(claim("x()", claimed, path="a.py"), diff) == meant


def test_the_first_line_of_a_file_can_be_claimed() -> None:
    diff = diff_of(changed("a.py", ["x()", "y()"], ["x()", "y()", "x()"]))
    assert place(claim("x()", 1, path="a.py"), diff) == (
        "line",
        1,
        1,
        "x()",
        "one of 2 equal lines, chosen by its number",
    )
    assert place(claim("y()", 1, path="a.py"), diff)[4] == "claimed at line 1"
    assert place(claim("", 1, path="a.py"), diff)[4] == "no line was quoted for line 1"


def test_without_a_number_the_first_added_one_of_equal_lines_is_meant_and_their_count_said() -> None:
    diff = diff_of(changed("a.py", ["x()", "y()"], ["x()", "y()", "x()", "z()", "x()"]))
    assert place(claim("x()", path="a.py"), diff)[1::3] == (
        3,
        "one of 3 equal lines; none was claimed by number",
    )
    assert place(claim("z()", path="a.py"), diff)[1::3] == (4, "")
    twice = diff_of(added("a.py", "x()", "x()"))
    assert place(claim("x()", path="a.py"), twice)[4].startswith("one of 2 equal lines")


def test_among_equally_near_lines_an_added_one_is_meant() -> None:
    diff = diff_of(changed("a.py", ["x()", "y()"], ["x()", "y()", "x()"]))
    assert line_of(claim("x()", 2, path="a.py"), diff) == 3


def test_without_a_number_an_equal_line_is_chosen_and_the_choice_said() -> None:
    diff = diff_of(changed("a.py", ["x()", "y()"], ["x()", "y()", "x()", "x()"]))
    _, start, _, _, note = place(claim("x()", path="a.py"), diff)
    assert (start, note) == (3, "one of 3 equal lines; none was claimed by number")


def choice(asked: Claim, diff: Diff) -> tuple[int | None, bool, str]:
    (finding,) = locate([asked], diff)
    return (finding.line, finding.is_approximate, finding.note)


def test_how_one_of_equal_lines_was_chosen_is_said() -> None:
    diff = diff_of(added("a.py", "x()", *OLD[:9], "x()", "y()", "x()"))
    assert choice(claim("x()", 1, path="a.py"), diff) == (
        1,
        False,
        "one of 3 equal lines, chosen by its number",
    )
    assert choice(claim("x()", 11, path="a.py"), diff) == (
        11,
        True,  # the number may be off by so little
        "one of 3 equal lines, chosen by its number",
    )
    assert choice(claim("x()", 3, path="a.py"), diff) == (1, True, "claimed at line 3; one of 3 equal lines")
    assert choice(claim("x()\ny()", 11, path="a.py"), diff) == (11, False, "")
    assert choice(claim("x()\nno", 1, path="a.py"), diff)[:2] == (1, False)


def test_of_two_equal_lines_in_a_region_neither_is_certain() -> None:
    diff = diff_of(added("a.py", "x()", *OLD[:9], "x()"))
    assert choice(claim("x()", 1, 11, path="a.py"), diff)[:2] == (1, True)


def test_among_equal_lines_one_with_the_quoted_white_space_comes_before_a_nearer_one() -> None:
    diff = diff_of(added("a.py", "  x()", "y()", "y()", "    x()"))
    assert line_of(claim("  x()", 3, path="a.py"), diff) == 1
    assert line_of(claim("x()", 3, path="a.py"), diff) == 4
    assert line_of(claim("  x()", 4, path="a.py"), diff) == 4


def test_an_equal_line_can_be_claimed_by_its_number_before_the_change() -> None:
    old = ["x()", *OLD[:3], "x()", *OLD[3:]]
    diff = diff_of(changed("a.py", old, [*OLD[30:], *old[:5], "new()", *old[5:]], context=9))
    assert choice(claim("x()", 5, path="a.py"), diff) == (15, True, "claimed at line 5; one of 2 equal lines")


@pytest.mark.parametrize(
    "quote",
    [
        "total = first.pri",
        "first.price + second",
        "total = first.price …",
        "...second.price",
        "1+total = first.pr...",
        "= fi",
        "total=first.price",
        "-gone = first.pr",
    ],
)
def test_a_part_of_a_line_leads_to_it_and_the_note_says_so(quote: str) -> None:
    diff = diff_of(changed("a.py", ["gone = first.price", "z"], ["total = first.price + second.price", "z"]))
    (finding,) = locate([claim(quote, 1, path="a.py")], diff)
    assert (finding.anchor, finding.is_approximate) == ("line", False)
    assert finding.quote in {"total = first.price + second.price", "gone = first.price"}
    assert finding.note.startswith("only a part of this line was quoted")


def test_a_part_far_from_the_claimed_number_is_approximate_and_a_short_one_is_not_found() -> None:
    diff = diff_of(added("a.py", *OLD, "total = first.price"))
    assert choice(claim("total = first", 3, path="a.py"), diff)[:2] == (41, True)
    assert place(claim("total", 3, path="a.py"), diff)[0] == "file"
    assert place(claim("total", path="a.py"), diff)[0] == "file"


def test_a_whole_line_comes_before_a_part() -> None:
    diff = diff_of(added("a.py", "x = compute(1)", "compute(1)"))
    assert choice(claim("compute(1)", 1, path="a.py"), diff) == (2, False, "claimed at line 1")


def test_a_quote_of_several_lines_is_found_by_its_first() -> None:
    assert place(claim("first = 1\nsecond = 2", 10, 11)) == ("line", 10, 11, "first = 1\nsecond = 2", "")
    assert place(claim("first = 1\nsecond = 2", 10)) == ("line", 10, 11, "first = 1\nsecond = 2", "")
    assert place(claim("first = 1\nsecond = 2", 10, 12))[:3] == ("line", 10, 12)
    assert place(claim("first = 1\nnever = 9", 10, 10)) == ("line", 10, 10, "first = 1", "")
    assert place(claim("never = 9\nfirst = 1", 10, 10))[0] == "file"


def test_the_lines_that_follow_a_quote_choose_among_equal_ones() -> None:
    diff = diff_of(added("a.py", "if x:", "    a()", "if x:", "", "    b()"))
    assert line_of(claim("if x:\n5+    b()", 1, path="a.py"), diff) == 3


def test_every_line_that_follows_a_quote_counts() -> None:
    diff = diff_of(added("a.py", "if x:", "    a()", "    b()", "if x:", "    a()", "    c()"))
    assert line_of(claim("if x:\n    a()\n    c()", 1, path="a.py"), diff) == 4


def test_the_cited_code_keeps_its_indentation() -> None:
    diff = diff_of(added("a.py", "    if x:\t", "        a()"))
    assert place(claim("if x:", 1, 2, path="a.py"), diff)[3] == "    if x:\t\n        a()"


def test_a_region_holds_only_added_lines_and_ends_where_they_do() -> None:
    assert place(claim("first = 1", 10, 12)) == ("line", 10, 12, "first = 1\nsecond = 2\nthird = 3", "")
    assert place(claim("second = 2", 11, 14))[:3] == ("line", 11, 12)
    assert place(claim("second = 2", 11, 14))[4] == "claimed at lines 11 to 14"
    assert place(claim("line 9", 9, 12))[:3] == ("line", 9, 9)


@pytest.mark.parametrize("quote", ["first = 1", "second = 2", "third = 3"])
def test_any_line_of_a_region_can_be_quoted(quote: str) -> None:
    (finding,) = locate([claim(quote, 10, 12)], DIFF)
    assert (finding.start_line, finding.end_line, finding.note) == (10, 12, "")
    assert finding.code == "first = 1\nsecond = 2\nthird = 3"
    assert (finding.line, finding.quote) == (NEW.index(quote) + 1, quote)


def test_of_a_region_that_does_not_hold_the_quoted_line_only_this_line_is_shown() -> None:
    for first, last in ((20, 21), (7, 9), (11, 12)):
        found = place(claim("first = 1", first, last))
        assert found == ("line", 10, 10, "first = 1", f"claimed at lines {first} to {last}")


def test_a_region_is_bounded_whatever_is_claimed() -> None:
    diff = diff_of(added("a.py", *OLD))
    _, start, end, code, note = place(claim("line 2", 2, 10**9, path="a.py"), diff)
    assert (start, end) == (2, 31)
    assert code.count("\n") == 29
    assert note == "claimed at lines 2 to 1000000000"


@pytest.mark.parametrize("end_line", [0, -5, 3])
def test_an_end_before_the_start_is_no_end(end_line: int) -> None:
    assert place(claim("second = 2", 11, end_line)) == ("line", 11, 11, "second = 2", "")


def test_an_end_without_a_start_is_no_end() -> None:
    assert place(claim("first = 1", 0, 12)) == ("line", 10, 10, "first = 1", "")


def test_a_quote_that_is_longer_than_a_region_is_shown_up_to_the_regions_end() -> None:
    lines = [f"x{number} = {number}" for number in range(1, 41)]
    diff = diff_of(added("a.py", *lines))
    assert place(claim("\n".join(lines), 1, path="a.py"), diff)[:3] == ("line", 1, 30)


@pytest.mark.parametrize("quote", ["line 10", "-line 10", "- line 10"])
def test_a_removed_line_leads_to_the_nearest_kept_one_and_says_so(quote: str) -> None:
    anchor, start, end, code, note = place(claim(quote))
    assert (anchor, start, end, code) == ("line", 10, 10, "line 10")
    assert note == "the quoted line was removed; this is the nearest line that was kept"


def test_an_added_line_before_a_removed_one_is_as_near_as_the_kept_one_after_it() -> None:
    hunk = Hunk(old_start=1, old_count=3, new_start=1, new_count=3, section="", body=" a\n+new\n-b\n c")
    diff = diff_of(FileDiff(path="a.py", status="modified", hunks=(hunk,)))
    assert line_of(claim("b", path="a.py"), diff) == 2


def test_an_added_line_that_is_not_beside_a_removed_one_is_not_near() -> None:
    hunk = Hunk(old_start=1, old_count=3, new_start=1, new_count=3, section="", body="+new\n a\n-b\n c")
    diff = diff_of(FileDiff(path="a.py", status="modified", hunks=(hunk,)))
    assert line_of(claim("b", path="a.py"), diff) == 3


def test_among_equal_removed_lines_the_nearest_to_the_claimed_one_is_meant() -> None:
    diff = diff_of(changed("a.py", ["a", "b", "c", "b", "d"], ["a", "c", "d"]))
    assert [line_of(claim("b", line, path="a.py"), diff) for line in (1, 4)] == [2, 3]


def test_a_line_removed_for_nothing_leads_to_the_line_after_it() -> None:
    diff = diff_of(changed("a.py", ["a", "b", "c"], ["a", "c"]))
    assert line_of(claim("b", path="a.py"), diff) == 2


def test_a_line_removed_at_the_end_leads_to_the_line_before_it() -> None:
    diff = diff_of(changed("a.py", ["a", "b", "c"], ["a", "b"]))
    assert line_of(claim("c", path="a.py"), diff) == 2


def test_a_removed_line_without_a_kept_one_beside_it_leads_to_the_file() -> None:
    for file in (
        changed("a.py", ["a", "b"], [], status="deleted"),
        changed("a.py", OLD, OLD[:-1], context=0),
    ):
        last = next(iter(file.hunks[-1].lines()))
        anchor, start, _, code, note = place(claim(last.text, path="a.py"), diff_of(file))
        assert (anchor, start, code) == ("file", None, last.text)
        assert note == "the quoted line was removed, and no line beside it was kept"


REPEATED = diff_of(
    changed("a.py", ["1", "gone()", "2", "3", "4", "5", "6", "7", "gone()", "8"], [*"12345678"], context=9)
)


@pytest.mark.parametrize(("line", "found", "old"), [(2, 2, 2), (8, 8, 9)])
def test_a_repeated_removed_line_is_placed_by_the_next_number(line: int, found: int, old: int) -> None:
    (finding,) = locate([claim("gone()", line, path="a.py")], REPEATED)
    assert (finding.line, finding.old_line, finding.is_approximate) == (found, old, False)


@pytest.mark.parametrize(("line", "old"), [(9, 9), (0, 2), (4, 2), (99, 9)])
def test_a_repeated_removed_line_is_never_chosen_without_a_word(line: int, old: int) -> None:
    (finding,) = locate([claim("gone()", line, path="a.py")], REPEATED)
    assert (finding.old_line, finding.is_approximate) == (old, True)
    assert "one of 2 equal lines" in finding.note


def test_equal_lines_removed_at_one_place_are_one_place() -> None:
    diff = diff_of(changed("a.py", ["a", "gone()", "gone()", "b"], ["a", "b"]))
    line, is_approximate, note = choice(claim("gone()", path="a.py"), diff)
    assert (line, is_approximate) == (2, False)
    assert note == "the quoted line was removed; this is the nearest line that was kept"


def test_a_line_that_moved_is_found_where_it_is_now() -> None:
    diff = diff_of(changed("a.py", ["x()", "y()", "z()"], ["y()", "z()", "x()"]))
    note = "one of 2 equal lines, chosen by its number"
    assert place(claim("x()", 3, path="a.py"), diff) == ("line", 3, 3, "x()", note)


def test_the_old_name_of_a_renamed_file_leads_to_the_new_one() -> None:
    diff = diff_of(changed("new.py", OLD, NEW, status="renamed", old_path="old.py"))
    (finding,) = locate([claim("second = 2", 11, path="old.py")], diff)
    assert (finding.path, finding.start_line) == ("new.py", 11)
    assert finding.note == "the file was renamed from old.py"
    (finding,) = locate([claim("nothing", 11, path="old.py")], diff)
    assert (finding.path, finding.anchor) == ("new.py", "file")
    assert finding.note == "the file was renamed from old.py; the quoted line is not in the diff of this file"


def test_a_new_file_under_an_old_name_is_meant_itself() -> None:
    renamed = changed("new.py", OLD, NEW, status="renamed", old_path="old.py")
    diff = diff_of(renamed, added("old.py", "second = 2"))
    assert [
        (each.path, each.start_line) for each in locate([claim("second = 2", 1, path="old.py")], diff)
    ] == [("old.py", 1)]


def test_the_source_of_a_copy_is_not_part_of_the_change() -> None:
    diff = diff_of(changed("new.py", OLD, NEW, status="copied", old_path="old.py"))
    assert place(claim("second = 2", 11, path="old.py"), diff)[0] == "summary"


def test_a_file_outside_the_change_leaves_the_summary() -> None:
    (finding,) = locate([claim("second = 2", 11, path="../else\u202ewhere.py")], DIFF)
    assert (finding.anchor, finding.start_line, finding.code) == ("summary", None, "")
    assert finding.path == "../else\\u{202e}where.py"
    assert finding.note == "the file is not part of the change"


def test_a_claim_on_the_whole_change_stands_as_claimed() -> None:
    assert place(claim(path="")) == ("summary", None, None, "", "")


def test_a_quote_without_a_file_leaves_the_summary_and_says_why() -> None:
    assert place(claim("second = 2", 11, path=""))[::4] == ("summary", "the file is not part of the change")


@pytest.mark.parametrize(
    "path",
    ["./src/a.py", "././src/a.py", "a/src/a.py", "b/src/a.py", "src\\a.py", ".\\src\\a.py", " src/a.py\n"],
)
def test_a_path_in_an_odd_form_is_understood(path: str) -> None:
    (finding,) = locate([claim("second = 2", 11, path=path)], DIFF)
    assert (finding.path, finding.start_line, finding.note) == ("src/a.py", 11, "")


@pytest.mark.parametrize("path", ["../src/a.py", "/src/a.py", "c/src/a.py", "src/A.py", "a.py", "src"])
def test_a_path_is_not_guessed(path: str) -> None:
    assert place(claim("second = 2", 11, path=path))[0] == "summary"


def test_a_folder_that_is_really_called_a_wins_over_the_prefix() -> None:
    diff = diff_of(added("x.py", "text"), added("a/x.py", "text"))
    assert [each.path for each in locate([claim("text", 1, path="a/x.py")], diff)] == ["a/x.py"]


def test_a_path_is_understood_as_it_is_shown() -> None:
    diff = diff_of(added("caf\udce9  x.py", "text"))
    (finding,) = locate([claim("text", 1, path="caf\\xe9 x.py")], diff)
    assert (finding.path, finding.start_line) == ("caf\udce9  x.py", 1)


@pytest.mark.parametrize("text", ["a\udce9b", "a\u202eb", "a\rb", "a\x00b", "tag\U000e0041", "\ud800"])
def test_a_quote_is_compared_in_the_form_in_which_it_was_shown(text: str) -> None:
    diff = diff_of(added("a.py", "before", text))
    for quote in (text, place(claim(text, path="a.py"), diff)[3]):
        anchor, start, _, code, _ = place(claim(quote, path="a.py"), diff)
        assert (anchor, start) == ("line", 2)
        code.encode("utf-8")


def test_the_cr_of_a_line_ending_does_not_count() -> None:
    diff = diff_of(added("a.py", "one\r", "two\r"))
    for quote in ("two", "two\r", "two\\u{d}"):
        assert place(claim(quote, 2, path="a.py"), diff) == ("line", 2, 2, "two", "")


@pytest.mark.parametrize(
    "quote",
    ["\ud800", "\x00", "(" * 1000, "9" * 5000, "9" * 5000 + "+x", "\\u{d}", "+", "-", "1:", "\n" * 1000],
)
def test_a_hostile_quote_is_not_found_and_breaks_nothing(quote: str) -> None:
    assert place(claim(quote, 10**30, -(10**30)))[0] == "file"


def test_both_files_of_one_path_are_searched() -> None:
    diff = diff_of(changed("link", ["target"], [], status="deleted"), added("link", "a", "b"))
    assert line_of(claim("b", 2, path="link"), diff) == 2
    assert place(claim("target", path="link"), diff)[0] == "file"


def test_a_line_of_both_files_of_one_path_is_the_nearest() -> None:
    diff = diff_of(added("a.py", "0", "1", "2", "x"), added("a.py", "x", "y"))
    assert [line_of(claim("x", line, path="a.py"), diff) for line in (1, 4)] == [1, 4]
    assert [line_of(claim(quote, path="a.py"), diff) for quote in ("1+x", "4+x")] == [1, 4]


def test_findings_come_in_the_order_of_their_places() -> None:
    diff = diff_of(added("b.py", "x", "y"), added("a.py", "x", "y"))
    asked = [
        claim("y", 2, path="b.py"),
        claim(path=""),
        claim("y", 2, path="a.py"),
        claim("x", 1, path="b.py"),
    ]
    found = locate(asked, diff)
    assert [(each.path, each.start_line) for each in found] == [
        ("", None),
        ("a.py", 2),
        ("b.py", 1),
        ("b.py", 2),
    ]
    assert list(found) == sorted(found, key=by_place)


def test_a_quote_with_the_marker_of_a_secret_leads_to_the_masked_line() -> None:
    marker = "MASKED_SECRET_KEYWORD_AT_a_py_2"
    diff = diff_of(added("a.py", "x = 1", f"password = '{marker}'"))
    (finding,) = locate([claim(f"password = '{marker}'", 9, path="a.py")], diff)
    assert (finding.start_line, finding.code) == (2, f"password = '{marker}'")


def test_no_claims_are_no_findings() -> None:
    assert locate([], DIFF) == ()
