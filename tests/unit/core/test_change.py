import pytest

from chargehand.core.change import Change, CodePages
from chargehand.core.shape import read

HEAD = "f" * 40


@pytest.mark.parametrize(
    ("forge", "path", "lines", "page"),
    [
        ("github", "src/a.py", (3, 3), "blob/{}/src/a.py#L3"),
        ("github", "src/a.py", (3, 5), "blob/{}/src/a.py#L3-L5"),
        ("github", "src/a.py", (None, None), "blob/{}/src/a.py"),
        ("gitlab", "src/a.py", (3, 5), "-/blob/{}/src/a.py#L3-5"),
        ("gitea", "src/a.py", (3, 5), "src/commit/{}/src/a.py#L3-L5"),
        ("github", "a b)](x)/caf\udce9#?.py", (1, None), "blob/{}/a%20b%29%5D%28x%29/caf%E9%23%3F.py#L1"),
    ],
)
def test_lines_of_a_file_have_a_page_at_their_commit(
    forge: str, path: str, lines: tuple[int | None, int | None], page: str
) -> None:
    pages = read(CodePages, {"address": "https://forge.example/o/r", "forge": forge})
    assert pages.of(HEAD, path, *lines) == f"https://forge.example/o/r/{page.format(HEAD)}"


def test_a_change_is_shown_by_its_ends_and_its_branch() -> None:
    change = Change(source="range", base="b" * 40, head=HEAD, branch="a\u202eb", diff=b"")
    assert change.shown == "bbbbbbbbbbbb..ffffffffffff of branch a\\u{202e}b"
    assert Change(source="stdin", diff=b"").shown == ""
