import pytest

from chargehand.change.diff.long_hunks import split_hunks
from chargehand.core.diff import Diff, FileDiff, Hunk
from chargehand.core.finding import Claim, Finding, Suggestion
from chargehand.pipeline.locate import locate
from tests.unit.changes import added, changed, diff_of
from tests.unit.crew import claim_of

CODE = [
    "def area(width, height):",
    "    if width < 0:",
    "        return None",
    "",
    "    return width * height",
]
DIFF = diff_of(added("a.py", *CODE))


def claim(quote: str, line: int, replaces: str, suggestion: str, **changes: object) -> Claim:
    own = {"line": line, "end_line": line, "quote": quote, "replaces": replaces, "suggestion": suggestion}
    return claim_of(**(own | changes))


def found(asked: Claim, diff: Diff = DIFF) -> Finding:
    (finding,) = locate([asked], diff)
    return finding


def suggested(asked: Claim, diff: Diff = DIFF) -> Suggestion | None:
    return found(asked, diff).suggestion


def why_dropped(asked: Claim, diff: Diff = DIFF) -> str:
    finding = found(asked, diff)
    assert finding.suggestion is None
    _, word, reason = finding.note.partition("the suggestion was dropped: ")
    assert word
    return reason


def test_a_suggestion_has_the_lines_that_it_quotes_wherever_the_finding_stands() -> None:
    asked = claim(CODE[4], 5, "\n".join(CODE[1:3]), "    if width <= 0:\n        raise ValueError")
    finding = found(asked)
    assert (finding.start_line, finding.end_line, finding.note) == (5, 5, "")
    assert finding.suggestion == Suggestion(
        start_line=2, end_line=3, code="    if width <= 0:\n        raise ValueError"
    )


def test_a_wrong_number_does_not_move_it() -> None:
    finding = found(claim(CODE[4], 1, "\n".join(CODE[1:3]), "    pass"))
    assert (finding.line, finding.note) == (5, "claimed at line 1")
    assert finding.suggestion == Suggestion(start_line=2, end_line=3, code="    pass")


def test_one_without_lines_of_its_own_is_for_the_quoted_line_alone() -> None:
    code = "    return abs(width * height)"
    expected = Suggestion(start_line=5, end_line=5, code=code)
    assert suggested(claim(CODE[4], 5, "", code)) == expected
    whole = "\n".join(CODE[1:3])
    assert suggested(claim(whole, 2, "", "    pass", end_line=3)) == Suggestion(
        start_line=2, end_line=3, code="    pass"
    )


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (claim(CODE[4], 4, "", "    pass"), "its place moved"),
        (claim(CODE[1], 2, "", "    pass", end_line=3), "the lines that it replaces are not quoted"),
        (claim("if width", 2, "", "    pass"), "the lines that it replaces are not quoted"),
        (claim("never", 2, CODE[1], "    pass"), "its place was not found"),
        (claim(CODE[1], 2, "    if width > 0:", "    x"), "the lines that it replaces are not in the diff"),
        (
            claim(CODE[1], 2, f"{CODE[1]}\n{CODE[4]}", "    x"),
            "the lines that it replaces are not in the diff",
        ),
        (claim(CODE[1], 2, CODE[1], CODE[1]), "it changes nothing"),
        (claim(CODE[1], 2, CODE[1], "    x" * 1000), "it is longer than 4,000 characters"),
        (claim(CODE[1], 2, CODE[1], "    x = '\u202e'"), "it holds characters that cannot be seen"),
        (
            claim(CODE[1], 2, CODE[1], "    x = 'MASKED_AWS_ACCESS_KEY_AT_a_py_2'"),
            "it holds a marker in place of",
        ),
        (claim(CODE[1], 2, CODE[1], "    x", path="other.py"), "its place was not found"),
    ],
)
def test_one_that_is_not_surely_for_its_lines_is_dropped_with_a_word(asked: Claim, reason: str) -> None:
    assert why_dropped(asked).startswith(reason)


@pytest.mark.parametrize("nothing", ["", " ", "\n", "```\n```"])
def test_no_suggestion_is_dropped_without_a_word(nothing: str) -> None:
    assert found(claim(CODE[1], 2, "", nothing)).note == ""


def test_one_for_a_removed_line_is_dropped_unless_it_quotes_lines_that_are_there() -> None:
    diff = diff_of(changed("a.py", ["a", "gone()", "b"], ["a", "b"]))
    assert why_dropped(claim("gone()", 2, "", "back()"), diff) == "the quoted line was removed"
    assert why_dropped(claim("gone()", 2, "gone()", "back()"), diff).startswith("the lines that it replaces")
    assert suggested(claim("gone()", 2, "b", "back()\nb"), diff) == Suggestion(
        start_line=2, end_line=2, code="back()\nb"
    )


def test_of_equal_lines_those_round_the_quoted_one_are_replaced() -> None:
    diff = diff_of(added("a.py", "a", "x()", "b", *"12345678", "x()", "c"))
    assert suggested(claim("x()", 12, "x()\n", "y()"), diff) == Suggestion(
        start_line=12, end_line=12, code="y()"
    )
    assert (
        why_dropped(claim("c", 13, "x()", "y()"), diff)
        == "the lines that it replaces stand in several places"
    )
    assert (
        why_dropped(claim("x()", 0, "x()", "y()"), diff)
        == "the lines that it replaces stand in several places"
    )
    assert suggested(claim("c", 13, "x()\nc", "y()"), diff) == Suggestion(
        start_line=12, end_line=13, code="y()"
    )


def test_blank_lines_at_the_ends_belong_to_both_sides() -> None:
    assert suggested(claim(CODE[2], 3, f"{CODE[2]}\n\n", "        x\n\n")) == Suggestion(
        start_line=3, end_line=4, code="        x\n"
    )
    assert suggested(claim(CODE[4], 5, f"\n{CODE[4]}", f"\n\n{CODE[4]}")) == Suggestion(
        start_line=4, end_line=5, code=f"\n\n{CODE[4]}"
    )


@pytest.mark.parametrize(
    "fenced",
    ["```python\n    x\n```", "~~~~\n    x\n~~~~\n", "``` py title\n    x\n```  ", "    x\r\n"],
)
def test_a_fence_is_no_part_of_the_code(fenced: str) -> None:
    assert suggested(claim(CODE[1], 2, "", fenced)) == Suggestion(start_line=2, end_line=2, code="    x")


def test_a_fence_stays_if_it_takes_the_place_of_one() -> None:
    diff = diff_of(added("a.md", "```", "x", "```"))
    asked = claim("x", 2, "```\nx\n```", "```sh\nx\n```", path="a.md")
    assert suggested(asked, diff) == Suggestion(start_line=1, end_line=3, code="```sh\nx\n```")


@pytest.mark.parametrize(
    ("replaces", "suggestion", "code"),
    [
        # all without the indentation that they have in common
        ("if width < 0:\n    return None", "if width:\n    return", "    if width:\n        return"),
        ("return None", "return 0", "        return 0"),
        # the suggestion has it, though the quote has not
        ("return None", "        return 0", "        return 0"),
        # another indentation is what is suggested
        ("        return None", "    return None", "    return None"),
        ("        return None", "        if x:\n            return", "        if x:\n            return"),
    ],
)
def test_indentation_that_was_left_out_is_put_back(replaces: str, suggestion: str, code: str) -> None:
    made = suggested(claim(CODE[1], 2, replaces, suggestion))
    assert made is not None
    assert made.code == code


@pytest.mark.parametrize(
    ("replaces", "suggestion"),
    [
        ("return None", "if x:\n    return"),  # of all lines, or of the first one?
        ("if width < 0:\n        return None", "if width:\n        return"),  # of the first line alone
        (
            "def area(width, height):\nif width < 0:",
            "def area(width):\nif width:",
        ),
        ("\treturn None", "\treturn 0"),
        ("        return  None", "        return  0"),
        ("        return None ", "        return 0 "),
    ],
)
def test_white_space_that_is_not_that_of_the_file_drops_it(replaces: str, suggestion: str) -> None:
    assert why_dropped(claim(CODE[1], 2, replaces, suggestion)) == "its white space is not that of the file"


def test_an_escape_that_stands_for_a_character_drops_it_and_one_in_the_source_does_not() -> None:
    diff = diff_of(added("a.md", "a warning \u26a0\ufe0f", r'"\u{1f600}"', "caf\udce9"))
    shown = r"a warning ⚠\u{fe0f}"
    reason = "it holds an escape that stands for a character of the file"
    assert why_dropped(claim(shown, 1, shown, rf"{shown}!", path="a.md"), diff) == reason
    assert why_dropped(claim(shown, 1, shown, r"a caf\xe9", path="a.md"), diff) == reason
    assert suggested(claim(shown, 1, shown, "a warning", path="a.md"), diff) is not None
    source = r'"\u{1f600}"'
    asked = claim(source, 2, source, r'"\u{1f601}\x41"', path="a.md")
    assert suggested(asked, diff) == Suggestion(start_line=2, end_line=2, code=r'"\u{1f601}\x41"')


def test_line_endings_of_the_file_do_not_count() -> None:
    diff = diff_of(added("a.py", "one\r", "two\r"))
    assert suggested(claim("one", 1, "one\ntwo", "three\r\nfour"), diff) == Suggestion(
        start_line=1, end_line=2, code="three\nfour"
    )


def test_a_line_that_is_shown_in_parts_or_cut_is_not_replaced() -> None:
    long = " ".join(["abcdefgh"] * 300)
    parts = split_hunks(diff_of(added("a.py", long)), len, 600)
    (file,) = parts.files
    assert len(file.hunks) > 1
    piece = file.hunks[-1].body[1:]
    reason = "the lines that it replaces are not shown whole"
    assert why_dropped(claim(piece, 1, piece, "x"), parts) == reason
    assert why_dropped(claim(long, 1, long, "x"), diff_of(added("a.py", long))) == reason


def test_a_nearer_line_that_reads_alike_counts_against_one_that_is_equal_to_the_letter() -> None:
    diff = diff_of(added("a.py", "def f():", "    if a:", "        b = 1", "    }", "}"))
    lost = claim("b = 1", 3, "}", "} # end")
    assert why_dropped(lost, diff).endswith("stand in several places")
    kept = claim("    }", 4, "}", "} # end")
    assert why_dropped(kept, diff).endswith("stand in several places")


def test_two_entries_of_one_path_leave_no_line_certain() -> None:
    first = added("a.py", "x()", "y()")
    second = FileDiff(
        path="a.py",
        status="modified",
        hunks=(Hunk(old_start=1, old_count=1, new_start=1, new_count=1, section="", body="-x()\n+z()"),),
    )
    assert why_dropped(claim("x()", 1, "x()", "w()"), diff_of(first, second)).endswith("not shown whole")
