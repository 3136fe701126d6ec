import pytest

from chargehand.reports.languages import language_named, language_of


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a/b.PY", "python"),
        ("x.tsx", "tsx"),
        ("Makefile", ""),
        ("a.mermaid", ""),
        (".py", ""),
        ("a.suggestion", ""),
    ],
)
def test_the_language_comes_from_the_file_name_and_only_if_it_is_known(path: str, language: str) -> None:
    assert language_of(path) == language


@pytest.mark.parametrize(("tag", "language"), [("py", "python"), ("Rust", "rust"), ("mermaid", ""), ("", "")])
def test_a_fence_names_a_language_only_if_it_is_known(tag: str, language: str) -> None:
    assert language_named(tag) == language
