from chargehand.core.diff import Diff
from chargehand.core.finding import Claim, Finding
from chargehand.pipeline.locate import locate
from tests.unit.changes import added, diff_of
from tests.unit.crew import claim_of

FILLED = [f"line {number}" for number in range(1, 11)]


def claim(quote: str, line: int, path: str = "one/mod.rs", replaces: str = "", suggestion: str = "") -> Claim:
    return claim_of(
        path=path, line=line, end_line=line, quote=quote, replaces=replaces, suggestion=suggestion
    )


def found(asked: Claim, diff: Diff) -> Finding:
    (finding,) = locate([asked], diff)
    return finding


def test_a_line_that_the_named_file_lacks_is_found_in_the_one_of_the_same_name() -> None:
    diff = diff_of(added("one/mod.rs", *FILLED), added("two/mod.rs", "let x = 1;"), added("lib.rs", "let y;"))
    finding = found(claim("let x = 1;", 1), diff)
    assert (finding.path, finding.line, finding.is_approximate) == ("two/mod.rs", 1, False)
    assert finding.note == "claimed in one/mod.rs"
    assert found(claim("let y;", 1), diff).anchor == "file"


def test_a_line_that_several_files_of_the_same_name_have_is_in_doubt() -> None:
    diff = diff_of(
        added("one/mod.rs", *FILLED),
        added("two/mod.rs", "let x = 1;"),
        added("three/mod.rs", *FILLED, "let x = 1;"),
    )
    assert found(claim("let x = 1;", 4), diff).is_approximate
    finding = found(claim("let x = 1;", 11), diff)
    assert (finding.path, finding.line, finding.is_approximate) == ("three/mod.rs", 11, False)


def test_a_line_that_only_another_file_has_at_the_claimed_number_is_meant_and_in_doubt() -> None:
    diff = diff_of(added("one/mod.rs", *FILLED, "x"), added("two/mod.rs", "x", "y"))
    finding = found(claim("x", 1, replaces="y", suggestion="z"), diff)
    assert (finding.path, finding.line) == ("two/mod.rs", 1)
    assert finding.note == "claimed in one/mod.rs"
    finding = found(claim("x", 1, replaces="x", suggestion="z"), diff)
    assert (finding.path, finding.line, finding.is_approximate) == ("two/mod.rs", 1, True)
    assert finding.suggestion is None
    assert finding.note == "claimed in one/mod.rs; the suggestion was dropped: it may belong to another file"


def test_an_equal_line_at_the_same_number_of_another_file_is_said_and_no_suggestion_shown() -> None:
    diff = diff_of(added("one/mod.rs", "a", "x", "b"), added("two/mod.rs", "c", "x", "d"))
    finding = found(claim("x", 2, replaces="x", suggestion="z"), diff)
    assert (finding.path, finding.line, finding.is_approximate) == ("one/mod.rs", 2, True)
    assert finding.note.startswith("an equal line stands at two/mod.rs:2; the suggestion was dropped")


def test_the_replaced_lines_tell_which_file_is_meant() -> None:
    diff = diff_of(added("one/mod.rs", "a", "x", "b"), added("two/mod.rs", "c", "x", "d"))
    finding = found(claim("x", 2, replaces="x\nd", suggestion="z"), diff)
    assert (finding.path, finding.line, finding.note) == ("two/mod.rs", 2, "claimed in one/mod.rs")
    assert finding.suggestion is not None
    finding = found(claim("x", 2, replaces="x\nb", suggestion="z"), diff)
    assert (finding.path, finding.line, finding.note) == ("one/mod.rs", 2, "")


def test_a_part_of_a_line_is_looked_for_in_the_named_file_alone() -> None:
    diff = diff_of(added("one/mod.rs", *FILLED), added("two/mod.rs", "let total = compute(1);"))
    assert found(claim("total = compute", 1), diff).anchor == "file"


def test_among_very_many_files_of_one_name_the_named_one_is_taken_and_in_doubt() -> None:
    diff = diff_of(*(added(f"{number}/mod.rs", "x") for number in range(52)))
    finding = found(claim("x", 1, path="7/mod.rs"), diff)
    assert (finding.path, finding.line, finding.is_approximate) == ("7/mod.rs", 1, True)
    assert finding.note == "one of 52 files of this name in the change"
