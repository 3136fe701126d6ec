import pytest

from benchmarks.patterns import differences
from chargehand.core.patterns import can_match, file_matcher, matcher


def test_patterns_name_paths_as_gitignore_does() -> None:
    names = matcher(("docs/", "*.md", "!README.md"))
    assert [names(path) for path in ("docs/a.txt", "b.md", "README.md", "src/c.py")] == [
        True,
        True,
        False,
        False,
    ]


def test_as_in_git_nothing_is_taken_back_of_a_folder_that_is_named() -> None:
    for patterns in (("src/", "!src/fixtures/"), ("src/**", "!src/fixtures/**"), ("*", "!src/fixtures/")):
        assert matcher(patterns)("src/fixtures/a.py")


@pytest.mark.parametrize(
    ("patterns", "in_it", "taken_back"),
    [  # what the documents, the example and a message say
        (("/*", "!tests/"), "src/a.py", "tests/a.py"),
        (("src/*", "!src/fixtures/"), "src/deep/a.py", "src/fixtures/deep/a.py"),
        (("src/api/*", "!src/api/internal/"), "src/api/a.py", "src/api/internal/a.py"),
    ],
)
def test_a_folder_is_taken_back_if_none_above_it_is_named(
    patterns: tuple[str, ...], in_it: str, taken_back: str
) -> None:
    assert (matcher(patterns)(in_it), matcher(patterns)(taken_back)) == (True, False)


def test_no_pattern_names_nothing() -> None:
    assert not matcher(())("a.py")


def test_random_patterns_name_what_git_says() -> None:
    assert list(differences(60, seed=16)) == []


@pytest.mark.parametrize("pattern", ["", "!", "/", "# x", "[a", "a\\", "[[:letters:]]", "[[:alpha:]"])
def test_a_pattern_that_names_no_path_is_known(pattern: str) -> None:
    assert not can_match(pattern)
    assert not matcher((pattern,))(pattern)
    assert not file_matcher(pattern)(pattern)


@pytest.mark.parametrize("pattern", ["[[:alpha:]]", "[a-Zx]", "[!z-a]", "\\#", "\\!", "?", "[]]", "x "])
def test_a_pattern_that_names_some_path_is_known(pattern: str) -> None:
    assert can_match(pattern)
    assert matcher((pattern,))({"\\#": "#", "\\!": "!", "[]]": "]"}.get(pattern, "x"))


def test_a_range_that_runs_backwards_names_what_it_begins_with_as_to_git() -> None:
    assert [matcher(("[c-A]",))(path) for path in "cbaA"] == [True, False, False, False]


def test_letters_count_by_their_case_and_names_by_their_bytes() -> None:
    names = matcher(("A?.py", "caf?", "[[:upper:]]*.c"))
    assert [names(path) for path in ("Ab.py", "ab.py", "café", "cafe", "Ab.c", "ab.c")] == [
        True,
        False,
        False,
        True,
        True,
        False,
    ]
    assert matcher(("*\udcff*",))("a\udcff/b")


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 30 + "b", "a" * 4_000),
        ("**/a*/" * 20 + "b", "a/" * 2_000 + "c"),
        ("[^b]*" * 40 + "c", "a" * 4_000),
    ],
)
def test_no_pattern_is_tried_in_every_way_that_its_stars_allow(pattern: str, path: str) -> None:
    assert not matcher((pattern,))(path)  # backtracking would outlive the universe
