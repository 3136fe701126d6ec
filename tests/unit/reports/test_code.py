import pytest

from chargehand.reports.code import cited, removed, suggested, suggestion_heading
from tests.unit.reports.samples import finding, suggestion


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("    if x:\n        y()", "if x:\n    y()"),
        ("\tx\n\n\ty", "x\n\ny"),
        ("`x`", "`x`"),
    ],
)
def test_a_suggestion_is_shown_without_the_indentation_of_its_lines(code: str, shown: str) -> None:
    assert suggested(finding(suggestion=suggestion(code))) == shown


def test_a_suggestion_is_headed_by_the_lines_that_it_was_written_for() -> None:
    assert suggestion_heading(finding(suggestion=suggestion("x", 7, 7))) == "Suggestion for line 7"
    assert suggestion_heading(finding(suggestion=suggestion("x", 7, 9))) == "Suggestion for lines 7 to 9"
    assert suggestion_heading(finding(suggestion=None)) == suggested(finding(suggestion=None)) == ""


def test_cited_lines_lose_their_common_indentation_and_carriage_returns_only() -> None:
    assert cited(finding(code="\tif x:\r\n\t\ty()\r")) == "if x:\n\ty()"
    assert cited(finding(code="```\nx\n```")) == "```\nx\n```"
    assert cited(finding(code=" ")) == ""


def test_a_removed_line_looks_removed_and_no_other() -> None:
    assert removed(finding(code="    gone()", old_line=3)) == "- gone()"
    assert removed(finding(code="    kept()")) == ""
