"""Small files are read together, and each is what it would be by itself."""

import pytest

from chargehand.change.diff.parse.count import Counted, count_hunks
from chargehand.change.diff.parse.hunks import read_hunks
from chargehand.change.diff.parse.together import read_all
from tests.unit.change.diff.parse.reading import HUNK

MARKED = b"@@ -1,2 +1,2 @@ f()\n \n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
TWO = HUNK + b"@@ -9,0 +10,2 @@\n+@@ -1 +1 @@\n+\x0c\xe9\n"
BARE = b"@@ -1,2 +1 @@\n\n-x"  # a mailer took the blank, and no line end comes after it


def laid_out(*texts: bytes) -> tuple[bytes, list[Counted]]:
    """Return a diff that holds these hunks of a file each, and where they are."""
    data, counted = b"", []
    for text in texts:
        at = len(data) + len(b"header\n")
        data += b"header\n" + text
        counted.append(count_hunks(data, at, len(data), has_git_headers=True))
    return data, counted


def test_small_files_are_read_together_as_each_by_itself() -> None:
    data, counted = laid_out(HUNK, b"", MARKED, TWO, BARE)
    together = list(read_all(data, counted))
    assert together == [read_hunks(data, each) for each in counted]
    assert [len(hunks) for hunks in together] == [1, 0, 1, 2, 1]


@pytest.mark.parametrize(("hunks", "added", "cut"), [(2, 1, 0), (1, 0, 0), (1, 1, 3)])
def test_a_file_in_which_other_lines_were_counted_takes_none_along(hunks: int, added: int, cut: int) -> None:
    data, counted = laid_out(HUNK, TWO, MARKED)
    first = counted[0]
    counted[0] = first._replace(hunks=hunks, added=added, end=first.end - cut)
    found = list(read_all(data, counted))
    assert isinstance(found[0], str)
    assert found == [read_hunks(data, each) for each in counted]
