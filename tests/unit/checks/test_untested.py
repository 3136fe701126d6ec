import pytest

from chargehand.checks.untested import find_untested
from chargehand.core.diff import FileDiff, Skip, SkipReason
from chargehand.core.finding import Confidence, Severity
from tests.unit.changes import added, changed, diff_of

BODY = [
    "import os",
    "",
    "# why",
    "def total(order):",
    "    amount = 0",
    "    for item in order:",
    "        amount += item.price",
    "    return amount",
    "    # end",
    "def count(order):",
    "    return len(order)",
]
CODE = added("src/shop.py", *BODY)
TEST = added("tests/test_shop.py", "def test_total():", "    assert total([]) == 0")


def test_code_without_tests_is_one_claim_at_its_first_line_that_does_something() -> None:
    (claim,) = find_untested(diff_of(added("README.md", *BODY), CODE, added("src/more.py", *BODY)))
    assert claim.rule == "tests/missing"
    assert (claim.path, claim.line, claim.quote) == ("src/shop.py", 4, "def total(order):")
    assert "adds 14 lines of code in 2 files" in claim.message
    assert (claim.severity, claim.confidence) == (Severity.LOW, Confidence.MEDIUM)
    assert claim.model == "check: untested-code"


def test_much_code_without_tests_weighs_more() -> None:
    (claim,) = find_untested(diff_of(added("src/shop.py", *BODY * 5)))
    assert claim.severity is Severity.MEDIUM
    assert "in 1 file and" in claim.message


@pytest.mark.parametrize(
    "path", ["tests/test_shop.py", "src/shop.test.ts", "shop_test.go", "testdata/a.json"]
)
def test_nothing_is_claimed_where_a_test_changes_too(path: str) -> None:
    assert find_untested(diff_of(CODE, added(path, "x"))) == ()


def test_a_test_that_is_deleted_does_not_count() -> None:
    gone = FileDiff(
        path="tests/test_shop.py", status="deleted", skip=Skip(reason=SkipReason.DELETED, detail="d")
    )
    assert len(find_untested(diff_of(CODE, gone))) == 1


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("src/lib.rs", "    #[test]"),
        ("src/lib.rs", "#[cfg(test)]"),
        ("src/lib.rs", "    #[tokio::test]"),
        ("src/shop.py", "    >>> total([])"),
        ("src/shop.zig", 'test "total" {'),
    ],
)
def test_tests_beside_the_code_count(path: str, line: str) -> None:
    assert find_untested(diff_of(CODE, added(path, "code()", line, "more()"))) == ()


@pytest.mark.parametrize(
    "path", ["README.md", "config.yml", "docs/conf.py", "examples/a.py", "setup.py", "a.css"]
)
def test_text_configuration_and_examples_want_no_tests(path: str) -> None:
    assert find_untested(diff_of(added(path, *BODY))) == ()


def test_a_few_lines_comments_and_imports_want_no_tests() -> None:
    assert (
        find_untested(diff_of(added("a.py", "x = 1", "y = 2", "z = 3", "# one", "import os", "", "    pass")))
        == ()
    )
    assert (
        find_untested(diff_of(added("a.go", *["// text", "/* text", " * text", "}", 'import "fmt"'] * 5)))
        == ()
    )


def test_code_that_only_goes_away_wants_no_tests() -> None:
    assert find_untested(diff_of(changed("src/shop.py", BODY, BODY[:2]))) == ()


def test_generated_code_wants_no_tests() -> None:
    generated = CODE.model_copy(update={"skip": Skip(reason=SkipReason.GENERATED, detail="d")})
    assert find_untested(diff_of(generated)) == ()
