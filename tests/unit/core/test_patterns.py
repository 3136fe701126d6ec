import pytest

from chargehand.core.patterns import matcher


def test_patterns_name_paths_as_gitignore_does() -> None:
    names = matcher(("docs/", "*.md", "!README.md"))
    assert [names(path) for path in ("docs/a.txt", "b.md", "README.md", "src/c.py")] == [
        True,
        True,
        False,
        False,
    ]


def test_no_pattern_names_nothing() -> None:
    assert not matcher(())("a.py")


@pytest.mark.parametrize("pattern", ["[a-Z]", "src/[z-a]*"])
def test_a_range_that_runs_backwards_is_refused_as_any_other_wrong_pattern(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        matcher((pattern,))
