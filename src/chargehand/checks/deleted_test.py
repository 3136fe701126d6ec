"""Finds tests that are deleted while the code of their name stays."""

from collections.abc import Iterator

from chargehand.checks.check import Tree, TreeCheck, claim
from chargehand.checks.named_tests import bare_name, find_named_code
from chargehand.checks.paths import is_test
from chargehand.core.diff import Diff
from chargehand.core.finding import Claim, Severity


def find_deleted_tests(diff: Diff, tree: Tree) -> Iterator[Claim]:
    """Yield a claim for each deleted test if the code that it is named after is still there afterwards.

    Nothing is claimed if the change adds, renames or edits another test of that name: it may have moved.
    """
    gone = {file.path for file in diff.files if file.status == "deleted"}
    left = {file.old_path for file in diff.files if file.status == "renamed" and file.old_path}
    touched = {file.path for file in diff.files if file.status != "deleted"}
    kept = {bare_name(path) for path in touched if is_test(path)}
    tests = (path for path in sorted(gone) if is_test(path) and bare_name(path) not in kept)
    for test, code in find_named_code(tests, (tree.paths - gone - left) | touched).items():
        yield claim(
            CHECK,
            test,
            None,
            f"The test is deleted, and {code}, which it is named after, stays. "
            "See that something else tests it.",
            severity=Severity.LOW,
        )


def may_find_deleted_tests(diff: Diff) -> bool:
    """Tell whether a test is deleted."""
    return any(file.status == "deleted" and is_test(file.path) for file in diff.files)


CHECK = TreeCheck("deleted-test", ("tests/removed",), may_find_deleted_tests, find_deleted_tests)
