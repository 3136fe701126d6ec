import pytest

from chargehand.checks.named_tests import find_named_tests

PAIRS = [
    ("src/flask/sessions.py", "tests/test_sessions.py"),
    ("shop/basket.py", "shop/basket_test.py"),
    ("pkg/server.go", "pkg/server_test.go"),
    ("src/app.ts", "src/app.test.ts"),
    ("src/app.tsx", "src/app.spec.ts"),
    ("packages/a/src/till.ts", "packages/a/__tests__/till.js"),
    ("lib/basket.js", "test/basket.js"),
    ("src/main/java/org/x/Till.java", "src/test/java/org/x/TillTests.java"),
    ("src/main/java/org/x/Till.kt", "src/test/java/org/x/TestTill.java"),
    ("src/main/java/org/x/Till.java", "src/test/java/org/x/TillIT.java"),
    ("app/models/user.rb", "spec/models/user_spec.rb"),
    ("app/Http/UserController.php", "tests/Unit/Http/UserControllerTest.php"),
    ("src/Basket.cs", "Shop.Tests/BasketTests.cs"),
    ("core/user-list.js", "core/userList.spec.js"),
    ("src/foo.cc", "src/foo_unittest.cc"),
    ("src/foo.h", "src/foo_test.cpp"),
]
STRANGERS = [
    ("src/flask/sessions.py", "tests/test_session.py"),
    ("packages/a/src/till.ts", "packages/b/test/till.test.ts"),
    ("pkg/a/server.go", "pkg/b/server_test.go"),
    ("src/app.ts", "tests/test_app.py"),
    ("src/app.py", "tests/fixtures/test_app.py"),
    ("src/app.py", "src/latest_app.py"),
    ("src/app.py", "docs/app.py"),
]


@pytest.mark.parametrize(("code", "test"), PAIRS)
def test_a_test_is_found_by_the_habits_of_its_language(code: str, test: str) -> None:
    assert find_named_tests([code], {"README.md", code, test}) == {code: test}


@pytest.mark.parametrize(("code", "test"), STRANGERS)
def test_another_name_folder_or_language_is_no_test_of_the_code(code: str, test: str) -> None:
    assert find_named_tests([code], {code, test}) == {}


def test_a_test_higher_up_is_no_ones_if_two_files_have_that_name() -> None:
    paths = {"shop/utils.py", "bank/utils.py", "tests/test_utils.py"}
    assert find_named_tests(["shop/utils.py"], paths) == {}
    assert find_named_tests(["shop/utils.py"], {*paths, "tests/shop/test_utils.py"}) == {
        "shop/utils.py": "tests/shop/test_utils.py"
    }


def test_the_test_in_the_same_folder_comes_first() -> None:
    paths = {"a/x.py", "a/sub/test_x.py", "a/test_x.py", "test_x.py"}
    assert find_named_tests(["a/x.py"], paths) == {"a/x.py": "a/test_x.py"}


def test_no_code_has_no_tests() -> None:
    assert find_named_tests([], {"tests/test_x.py"}) == {}
