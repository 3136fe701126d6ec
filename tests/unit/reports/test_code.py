import pytest

from chargehand.reports.code import cited, suggested
from tests.unit.reports.samples import finding


@pytest.mark.parametrize(
    ("suggestion", "shown"),
    [
        ("", ""),
        (" \n ", ""),
        ("    if x:\n        y()", "if x:\n    y()"),
        ("\n    x\r\n    y\r", "x\ny"),
        ("```python\n    x\n```", "x"),
        ("~~~~\nx\n~~~~\n", "x"),
        ("``` py title\nx\n\ny\n```  ", "x\n\ny"),
        ("```\n```", ""),
        ("`x`", "`x`"),
        ("before\n```\nx\n```", "before\n```\nx\n```"),
    ],
)
def test_a_suggestion_is_shown_as_its_bare_lines(suggestion: str, shown: str) -> None:
    assert suggested(finding(suggestion=suggestion)) == shown


def test_cited_lines_lose_their_common_indentation_and_carriage_returns_only() -> None:
    assert cited(finding(code="\tif x:\r\n\t\ty()\r")) == "if x:\n\ty()"
    assert cited(finding(code="```\nx\n```")) == "```\nx\n```"
    assert cited(finding(code=" ")) == ""
