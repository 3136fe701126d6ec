"""Diffs of every kind, ways to damage them, and what holds of the result all the same."""

from collections.abc import Sequence

from hypothesis import strategies as st

from chargehand.core.diff import Diff

_GIT = b"diff --git a/x.py b/x.py\nindex 1111111..2222222 100644\n--- a/x.py\n+++ b/x.py\n"
_HUNK = b"@@ -1,4 +1,5 @@ def f():\n a\n-b\n+c\n+d\n \n e\n"
_OTHER = b"diff --git a/z b/z\n--- a/z\n+++ b/z\n@@ -1 +1 @@\n-1\n+2\n"
_MAIL = b"From 1 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] x\n\n@@ -1 +1 @@\n---\n x | 2 +-\n\n"

SAMPLES = (
    _GIT + _HUNK + b"@@ -9,2 +10,3 @@\n f\n+g\n h\n" + _OTHER,
    _GIT + b"@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n" + _OTHER,
    _MAIL + _GIT + _HUNK + b"-- \n2.39.5\n\n" + _MAIL + _OTHER + b"-- \n2.39.5\n",
    b'diff --git "a/h\\303\\251.txt" "b/h\\303\\251.txt"\nold mode 100644\nnew mode 100755\n' + _OTHER,
    b"diff --git a/o b/n\nsimilarity index 90%\nrename from o\nrename to n\nindex 1..2\n--- a/o\n+++ b/n\n"
    + _HUNK,
    b"diff --git a/o b/n\nsimilarity index 100%\ncopy from o\ncopy to n\n" + _OTHER,
    b"diff --git a/n b/n\nnew file mode 100644\nindex 0000000..e69de29\n" + _OTHER,
    b"diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+z\n" + _OTHER,
    b"diff --git a/b b/b\nindex 1..2 100644\nGIT binary patch\nliteral 3\nKcmZ>A\n\nliteral 0\nHcmV?d00001\n"
    + _OTHER,
    b"diff --git a/b.py b/b.py\nindex 1111..2222 100644\nBinary files a/b.py and b/b.py differ\n" + _OTHER,
    b"diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,2 -1,2 +1,3 @@@\n- a\n -b\n++c\n  d\n" + _OTHER,
    b"Submodule sub 1111111..2222222:\n  > one\n" + _OTHER,
    b"--- a/x\t2024-01-01 00:00:00\n+++ b/x\t2024-01-02 00:00:00\n" + _HUNK + b"--- a/y\n+++ b/y\n" + _HUNK,
    b"Index: t/x.c\n=====\n--- t/x.c\t(revision 1)\n+++ t/x.c\t(working copy)\n"
    + _HUNK
    + b"\nProperty changes\n",
    b"Only in a: q\ndiff -ru a/x b/x\n--- a/x\n+++ b/x\n" + _HUNK + b"Binary files a/i and b/i differ\n",
    (_GIT + _HUNK + _OTHER).replace(b"\n", b"\r\n"),
    (_GIT + _HUNK + _OTHER).decode().encode("utf-16"),
    _GIT.replace(b"\n", b"\x1b[m\n").replace(b"diff --git", b"\x1b[1mdiff --git") + _HUNK,
    b"\xef\xbb\xbf" + _GIT + _HUNK + b"```\n",
)

PIECES = (
    *(b"", b"\n", b"\r", b"\0", b" ", b"-", b"+", b"\\ x\n", b"@@ -1 +1 @@\n", b"@@ -0,0 +0,0 @@\n"),
    *(b"@@ -1,99999999999 +1 @@\n", b"--- a/q\n+++ b/q\n", b"diff --git a/q b/q\n", b"diff --git "),
    *(
        b"rename to x\n",
        b"new file mode 100644\n",
        b"deleted file mode 100644\n",
        b"Binary files a and b differ\n",
    ),
    *(b"-- \n", b"From 1 Mon Sep x\n", b"/dev/null", b"../../x", b"\xff\xfe", b"\x1b[1m", b'"', b"://" * 50),
    *(b" and " * 50, b"9" * 30, b"\t", b"a/", b"\xe2\x80\xa8", b"GIT binary patch\n", b"Only in a: b\n"),
)
EDITS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 2_000), st.integers(0, len(PIECES) - 1)),
    min_size=1,
    max_size=6,
)


def damaged(raw: bytes, edits: Sequence[tuple[int, int, int]]) -> bytes:
    """Return `raw` after some edits: cut, drop, double or swap a line, put in a piece, change a byte."""
    for kind, where, what in edits:
        lines = raw.split(b"\n")
        line, at = where % len(lines), where % (len(raw) + 1)
        match kind:
            case 0:
                raw = raw[:at]
            case 1:
                raw = b"\n".join(lines[:line] + lines[line + 1 :])
            case 2:
                raw = b"\n".join([*lines[: line + 1], *lines[line:]])
            case 3:
                raw = b"\n".join([*lines[:line], PIECES[what].strip(b"\n"), *lines[line:]])
            case 4:
                raw = raw[:at] + PIECES[what] + raw[at:]
            case _:
                raw = raw[:at] + bytes([what * 7 % 256]) + raw[at + 1 :]
    return raw


def check_diff(raw: bytes, diff: Diff) -> None:
    """Hold what was read against itself and against the bytes that it came from."""
    assert diff.files or not raw.strip(b"\0 \t\r\n\f\v\xef\xbb\xbf\xff\xfe")
    for file in diff.files:
        lines = list(file.lines())
        assert file.path
        assert bool(file.hunks) == (file.skip is None and file.added + file.removed > 0)
        if not file.skip:
            assert [line.kind for line in lines].count("+") == file.added
            assert [line.kind for line in lines].count("-") == file.removed
        assert file.added >= 0 <= file.removed
        for hunk in file.hunks:
            kinds = [line.kind for line in hunk.lines()]
            assert len(kinds) - kinds.count("+") == hunk.old_count
            assert len(kinds) - kinds.count("-") == hunk.new_count
        numbers = [line.new_number for line in lines if line.new_number is not None]
        assert numbers == sorted(set(numbers))
    assert all("\n" not in notice for notice in diff.notices)
