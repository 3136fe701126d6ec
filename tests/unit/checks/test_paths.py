import pytest

from chargehand.checks.paths import (
    is_code,
    is_prose,
    is_sample,
    is_test,
    is_test_data,
    is_test_folder,
    is_translation,
)

TESTS = [
    "tests/test_app.py",
    "test/unit/app.py",
    "app/tests.py",
    "app/test_models.py",
    "app/models_test.py",
    "conftest.py",
    "pkg/server_test.go",
    "src/app.test.ts",
    "src/app.spec.tsx",
    "src/app-spec.js",
    "src/__tests__/app.js",
    "src/__snapshots__/app.js.snap",
    "cypress/e2e/login.cy.ts",
    "spec/models/user_spec.rb",
    "src/test/java/org/x/FooTest.java",
    "src/FooTests.cs",
    "Shop.Tests/Basket.cs",
    "ShopTests/Basket.swift",
    "src/FooIT.java",
    "src/FooSpec.scala",
    "lib/foo_test.exs",
    "test/foo_test.dart",
    "t/basic.t",
    "tests/basic.bats",
    "features/login.feature",
    "src/foo_unittest.cc",
    "FooTestCase.php",
    "TestFoo.java",
    "testdata/input.json",
    "fixtures/users.yml",
    "foo-tests/main.py",
    "resources/mdtest/call.md",
    "Zend/list.phpt",
    "openpgp/keys_test_data.go",
]
CODE = [
    "src/app.py",
    "app/latest.py",
    "app/contest.py",
    "lib/attestation.rb",
    "api/pod_spec.go",
    "ab_test_config.py",
    "src/Latest.java",
    "src/Protest.kt",
    "web/App.tsx",
    "web/app.vue",
    "src/main.rs",
    "include/fmt/format.h",
    "c/execute.c",
    "Sources/App.swift",
    "lib/inspector.js",
    "pkg/greatest/max.go",
]
PROSE = [
    "app/src/main/res/values-fa/strings.xml",
    "app/src/main/res/values-zh-rCN/arrays.xml",
    "res/values-b+sr+Latn/strings.xml",
    "res/values/strings.xml",
    "po/de.po",
    "README.md",
    "docs/index.rst",
    "docs/conf.py",
    "CHANGELOG.txt",
    "locales/de.json",
    "i18n/messages.ts",
    "src/en.lproj/a.strings",
]
NEITHER = [
    "res/values-v21/styles.xml",
    "res/values/colors.xml",
    "samples/hello.py",
    "demo/hello.py",
    "Makefile",
    "Dockerfile",
    "package.json",
    "pyproject.toml",
    ".github/workflows/ci.yml",
    "setup.py",
    "noxfile.py",
    "webpack.config.js",
    "vite.config.ts",
    "src/types.d.ts",
    "app/Button.stories.tsx",
    "examples/hello.py",
    "benchmarks/run.py",
    "scripts/release.py",
    "app/migrations/0002_add.py",
    "vendor/lib/x.go",
    "style.css",
    "image.svg",
    "query.sql",
]


@pytest.mark.parametrize("path", TESTS)
def test_tests_are_known_by_the_habits_of_many_languages(path: str) -> None:
    assert is_test(path)
    assert not is_code(path)


@pytest.mark.parametrize("path", CODE)
def test_code_wants_tests_even_where_its_name_holds_the_word(path: str) -> None:
    assert is_code(path)
    assert not is_test(path)
    assert not is_prose(path)


@pytest.mark.parametrize("path", PROSE)
def test_prose_and_translations_are_no_code(path: str) -> None:
    assert is_prose(path)
    assert not is_code(path)


@pytest.mark.parametrize("path", NEITHER)
def test_configuration_examples_and_build_files_want_no_tests(path: str) -> None:
    assert not is_code(path)
    assert not is_test(path)


def test_translations_are_told_from_prose_and_code() -> None:
    for path in ("res/values-fa/strings.xml", "locales/de.json", "a/fr.po", "lib/en.lproj/a.txt"):
        assert is_translation(path)
    for path in ("README.md", "docs/a.rst", "src/app.py", "values.yaml", "res/values-night/colors.xml"):
        assert not is_translation(path)


def test_samples_and_test_data_are_known_by_their_folder() -> None:
    assert is_sample("tls/examples/self_signed_certs/key.pem")
    assert is_sample("self-signed/key.pem")
    assert not is_sample("src/example.py")
    assert is_test_data("tests/fixtures/a.py")
    assert is_test_data("testdata/a.py")
    assert not is_test_data("tests/test_fixtures.py")
    assert is_test_folder("__tests__")
    assert not is_test_folder("latest")
