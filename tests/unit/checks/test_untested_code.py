import pytest

from chargehand.checks import Tree
from chargehand.checks.untested_code import find_untested_code, may_find_untested_code
from chargehand.core.diff import Authority, FileDiff, Skip, SkipReason
from chargehand.core.finding import Claim, Confidence, Severity
from tests.unit.changes import added, changed, diff_of

BODY = [
    "import os",
    "",
    "# why",
    "def total(order):",
    '    """Return the sum.',
    "",
    "    It may be negative, as it is for an order that was returned.",
    '    """',
    "    amount = 0",
    "    for item in order:",
    "        amount += item.price",
    "    return amount",
    "    # end",
]


def edited(path: str = "src/shop.py", lines: list[str] = BODY) -> FileDiff:
    return changed(path, ["old"], ["old", *lines])


CODE = edited()
TEST = added("tests/test_shop.py", "def test_total():", "    assert total([]) == 0")


def claims(*files: FileDiff, tests: tuple[str, ...] = ("tests/test_shop.py",)) -> list[Claim]:
    """Return the claims as run_checks would get them."""
    diff = diff_of(*files)
    tree = Tree(paths=frozenset({*tests, *(file.path for file in files)}))
    found = list(find_untested_code(diff, tree))
    assert may_find_untested_code(diff) or not found
    return found


def test_code_whose_test_stays_is_one_claim_at_its_first_line_that_does_something() -> None:
    (claim,) = claims(edited("README.md"), edited("src/more.py"), CODE)
    assert (claim.rule, claim.title) == ("tests/missing", "Code changed and no test did")
    assert (claim.path, claim.line, claim.quote) == ("src/shop.py", 5, "def total(order):")
    assert claim.message == (
        "This file has a test of its name, tests/test_shop.py. The change adds 5 lines of code to it and "
        "touches no test."
    )
    assert (claim.severity, claim.confidence) == (Severity.LOW, Confidence.MEDIUM)


def test_several_such_files_are_one_claim_and_much_code_weighs_no_more() -> None:
    tests = ("tests/test_shop.py", "tests/test_cart.py", "tests/test_till.py")
    (claim,) = claims(CODE, edited("src/cart.py", BODY * 20), edited("src/till.py"), tests=tests)
    assert claim.severity is Severity.LOW
    assert "So does each of 2 more files. The change adds 110 lines of code to them" in claim.message
    (claim,) = claims(CODE, edited("src/cart.py"), tests=tests)
    assert "So does 1 more file. The change adds 10 lines of code to them" in claim.message


def test_the_line_is_code_even_if_the_hunk_begins_inside_a_docstring() -> None:
    text = [
        "the session that was opened before the request came in",
        '"""',
        *["one = 1", "two = 2", "three = 3", "four = 4", "five = 5"],
    ]
    (claim,) = claims(edited(lines=text))
    assert claim.quote == "one = 1"


def test_nothing_is_claimed_of_code_that_no_test_is_named_after() -> None:
    assert claims(CODE, tests=("tests/test_app.py", "tests/shop.json", "testdata/test_shop.py")) == []
    assert claims(added("src/shop.py", *BODY)) == []
    assert claims(CODE, tests=()) == []


@pytest.mark.parametrize(
    "path",
    ["tests/test_cart.py", "src/cart.test.ts", "cart_test.go", "testdata/a.json", "a.ipynb", "mdtest/a.md"],
)
def test_nothing_is_claimed_if_any_test_changes_too(path: str) -> None:
    assert claims(CODE, added(path, "x")) == []


def test_an_ignored_file_may_be_a_test() -> None:
    ignored = added("checks/a.x", "x").evolve(
        skip=Skip(reason=SkipReason.IGNORED, by=Authority.CONFIGURATION, detail="d")
    )
    assert claims(CODE, ignored) == []


def test_a_test_that_is_deleted_does_not_count() -> None:
    gone = FileDiff(path="tests/test_cart.py", status="deleted")
    assert len(claims(CODE, gone)) == 1


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
    assert claims(CODE, edited(path, ["code()", line, "more()"])) == []


@pytest.mark.parametrize(
    "path", ["shop.md", "shop.yml", "docs/shop.py", "examples/shop.py", "shop.css", "vendor/shop.py"]
)
def test_text_configuration_and_examples_want_no_tests(path: str) -> None:
    assert claims(edited(path)) == []


def test_four_lines_comments_and_imports_want_no_tests() -> None:
    lines = ["w = 0", "x = 1", "y = 2", "z = 3", "# one", "import os", "", "    pass"]
    assert claims(edited(lines=lines)) == []
    assert len(claims(edited(lines=[*lines, "v = 5"]))) == 1
    lists = [
        "\ufeffusing System;",
        '    "encoding/json"',
        '    aliased "a/b"',
        "    Name,",
        "Other",
        "  @Nullable",
    ]
    assert claims(edited(lines=lists)) == []
    comments = ["// text", "/* text", " * text", "}", 'import "fmt"'] * 5
    assert claims(edited("shop.go", comments), tests=("shop_test.go",)) == []


def test_code_that_only_goes_away_wants_no_tests() -> None:
    assert claims(changed("src/shop.py", BODY, BODY[:2])) == []


def test_generated_code_wants_no_tests() -> None:
    assert claims(CODE.evolve(skip=Skip(reason=SkipReason.GENERATED, by=Authority.BASE, detail="d"))) == []
