import pytest

from chargehand.checks import Tree
from chargehand.checks.deleted_test import find_deleted_tests, may_find_deleted_tests
from chargehand.core.diff import FileDiff
from chargehand.core.finding import Claim, Severity
from tests.unit.changes import added, changed, diff_of

BASE = frozenset({"src/shop.py", "tests/test_shop.py", "tests/data.json", "README.md"})


def deleted(path: str) -> FileDiff:
    return changed(path, ["x"], [], status="deleted")


def claims(*files: FileDiff, base: frozenset[str] = BASE) -> list[Claim]:
    """Return the claims as run_checks would get them."""
    diff = diff_of(*files)
    found = list(find_deleted_tests(diff, Tree(paths=base)))
    assert may_find_deleted_tests(diff) or not found
    return found


def test_a_deleted_test_whose_code_stays_is_one_claim_on_the_file() -> None:
    (claim,) = claims(deleted("tests/test_shop.py"), changed("src/shop.py", ["a"], ["b"]))
    assert (claim.rule, claim.severity) == ("tests/removed", Severity.LOW)
    assert (claim.path, claim.line, claim.quote) == ("tests/test_shop.py", 0, "")
    assert "src/shop.py, which it is named after, stays" in claim.message


def test_code_that_goes_along_or_is_renamed_does_not_stay() -> None:
    gone = deleted("tests/test_shop.py")
    assert claims(gone, deleted("src/shop.py")) == []
    assert claims(gone, FileDiff(path="src/till.py", old_path="src/shop.py", status="renamed")) == []


def test_code_that_is_written_anew_stays() -> None:
    gone = (deleted("tests/test_shop.py"), deleted("src/shop.py"))
    assert len(claims(*gone, added("lib/shop.py", "x"))) == 1


@pytest.mark.parametrize("path", ["tests/unit/test_shop.py", "src/shop_test.py"])
def test_a_test_of_that_name_that_is_added_or_edited_takes_its_place(path: str) -> None:
    assert claims(deleted("tests/test_shop.py"), added(path, "x")) == []
    assert len(claims(deleted("tests/test_shop.py"), added("tests/test_till.py", "x"))) == 1
    assert len(claims(deleted("tests/test_shop.py"), deleted(path))) == 2


def test_a_deleted_file_that_is_no_test_or_named_after_nothing_is_not_claimed() -> None:
    assert claims(deleted("README.md")) == []
    assert claims(deleted("tests/data.json")) == []
    assert claims(deleted("tests/test_till.py"), base=BASE | {"tests/test_till.py"}) == []
