"""Every kind of awkward input in a few lines, and what must come of it."""

import pytest

from chargehand.change.diff.parse.files import parse_diff
from chargehand.core.diff import Diff, Line, SkipReason
from chargehand.core.errors import DiffError
from tests.unit.change.diff.parse.reading import HUNK, Z_READ, Z, all_said, git_file, new_lines, read

DAMAGED, MISSING = SkipReason.DAMAGED, SkipReason.CONTENT_MISSING
X = git_file(b"x")
X_READ = ("x", "modified", 1, 1)
MAIL = b"From 1 Mon Sep 17 00:00:00 2001\nFrom: t <t@e>\nSubject: [PATCH] x\n\n"
EXAMPLE = b"--- a/fake\n+++ b/fake\n" + HUNK
NEW = b"--- a/x\t1970-01-01 00:00:00.000000000 +0000\n+++ b/x\t2024-01-02\n@@ -0,0 +1 @@\n+a\n"
OLD = b"--- a/y\t2024-01-02\n+++ b/y\t1970-01-01 01:00:00.000000000 +0100\n@@ -1 +0,0 @@\n-a\n"
INDEX = b"index 1111111..2222222 100644\n"

READ = {
    "a plain diff": (X + Z, [X_READ, Z_READ]),
    "added": (
        b"diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+b\n" + Z,
        [("x", "added", 2, 0), Z_READ],
    ),
    "deleted": (
        b"diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n" + Z,
        [("x", "deleted", 0, 1), Z_READ],
    ),
    "an empty file that is filled is not new": (
        git_file(b"x", b"@@ -0,0 +1 @@\n+a\n") + Z,
        [("x", "modified", 1, 0), Z_READ],
    ),
    "no context": (
        git_file(b"x", b"@@ -0,0 +1 @@\n+a\n@@ -4 +5,0 @@\n-b\n@@ -9,0 +10,2 @@\n+c\n+d\n"),
        [("x", "modified", 3, 1)],
    ),
    "mode only": (
        git_file(b"x", b"", b"old mode 100644\nnew mode 100755\n") + Z,
        [("x", "mode", 0, 0), Z_READ],
    ),
    "mode and lines": (
        git_file(b"x", HUNK, b"old mode 100644\nnew mode 100755\nindex 1..2\n"),
        [X_READ],
    ),
    "new and empty": (
        git_file(b"x", b"", b"new file mode 100644\nindex 0000000..e69de29\n") + Z,
        [("x", "added", 0, 0), Z_READ],
    ),
    "binary": (
        git_file(b"x", b"", INDEX + b"Binary files a/x and b/x differ\n") + Z,
        [("x", SkipReason.BINARY), Z_READ],
    ),
    "binary patch": (
        git_file(b"x", b"", INDEX + b"GIT binary patch\nliteral 3\nKcmZ>A\n\nliteral 0\nHcmV?d00001\n\n") + Z,
        [("x", SkipReason.BINARY), Z_READ],
    ),
    "hunks left out by a host": (
        b"diff --git a/x b/x\n" + INDEX + b"--- a/x\n+++ b/x\n" + Z,
        [("x", MISSING), Z_READ],
    ),
    "only the index line left": (git_file(b"x", b"", INDEX) + Z, [("x", MISSING), Z_READ]),
    "only the first line left": (git_file(b"x", b"") + Z, [("x", MISSING), Z_READ]),
    "merge": (
        b"diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,2 -1,2 +1,3 @@@\n- a\n -b\n++c\n  d\n" + Z,
        [("x", SkipReason.MERGE), Z_READ],
    ),
    "merge, as lists of items that look like headers": (
        b"diff --combined x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,1 -1,1 +1,1 @@@\n--- a\n+++ b\n" + Z,
        [("x", SkipReason.MERGE), Z_READ],
    ),
    "submodule, as a log": (
        b"Submodule sub 1111111..2222222:\n  > one\n  < two\n" + Z,
        [("sub", "modified", 0, 0), Z_READ],
    ),
    "submodule behind a file": (
        X + b"Submodule s/u b 1111111...2222222 (new submodule)\n" + Z,
        [X_READ, ("s/u b", "modified", 0, 0), Z_READ],
    ),
    "content that looks like headers": (
        git_file(b"x", b"@@ -1,3 +1,3 @@\n--- a/q\n-diff --git a/q b/q\n \\\n+++ b/q\n+@@ -1 +1 @@\n"),
        [("x", "modified", 2, 2)],
    ),
    "one path twice": (X + X, [X_READ, X_READ]),
    "a file becomes a link": (
        git_file(b"x", b"@@ -1 +0,0 @@\n-a\n", b"deleted file mode 100644\n").replace(
            b"+++ b/x", b"+++ /dev/null"
        )
        + git_file(b"x", b"@@ -0,0 +1 @@\n+z\n", b"new file mode 120000\n").replace(
            b"--- a/x", b"--- /dev/null"
        ),
        [("x", "deleted", 0, 1), ("x", "added", 1, 0)],
    ),
    "mail with an example in its text": (
        MAIL + EXAMPLE + b"---\n x | 2 +-\n\n" + X + b"-- \n2.39\n",
        [X_READ],
    ),
    "two mails": (
        MAIL + X + b"-- \n2.39\n\n" + MAIL + b"@@ -1 +1 @@ is a hunk\n" + EXAMPLE + Z,
        [X_READ, Z_READ],
    ),
    "mail with an attachment": (MAIL + X + b"\n--------------2.39.5--\n\n\n" + MAIL + Z, [X_READ, Z_READ]),
    "words before and after": (b"commit 1\n\nnew file mode 100644\n\n" + X + b"\nfatal: no\n```\n", [X_READ]),
    "counts left out": (git_file(b"x", b"@@ -1 +1 @@ f() @@\n-a\n+b\n"), [X_READ]),
    "no line end at the end of the file": (
        git_file(b"x", b"@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ Kein Zeilenumbruch.\n") + Z,
        [X_READ, Z_READ],
    ),
    "no line end at the end of the diff": (Z + X[:-1], [Z_READ, X_READ]),
    "svn": (
        b"Index: t/x.c\n=====\n--- t/x.c\t(revision 1)\n+++ t/x.c\t(working copy)\n"
        + HUNK
        + b"\nProperty changes on: t/x.c\n_____\nAdded: svn:eol-style\n## -0,0 +1 ##\n+native\n"
        + b"Index: t/y.c\n=====\n--- t/y.c\t(nonexistent)\n+++ t/y.c\t(working copy)\n@@ -0,0 +1 @@\n+a\n"
        + b"Index: t/z.png\n=====\nCannot display: file marked as a binary type.\n",
        [("t/x.c", "modified", 1, 1), ("t/y.c", "added", 1, 0), ("t/z.png", SkipReason.BINARY)],
    ),
    "hg": (
        b"# HG changeset patch\ndiff -r 0 -r 1 x.c\n--- a/x.c\tThu Jan 01 00:00:00 1970 +0000\n"
        b"+++ b/x.c\tThu Jan 01 00:00:00 1970 +0000\n" + HUNK,
        [("x.c", "modified", 1, 1)],
    ),
    "diff -ru": (
        b"Only in a: foo\ndiff -ru a/x b/x\n--- a/x\t2024\n+++ b/x\t2024\n"
        + HUNK
        + b"Only in b/d: bar\nBinary files a/i and b/i differ\nFiles a/p and b/p differ\n",
        [("foo", MISSING), X_READ, ("d/bar", MISSING), ("i", SkipReason.BINARY), ("p", SkipReason.BINARY)],
    ),
    "diff -ruN, a new and an old file": (
        NEW + OLD,
        [("x", "added", 1, 0), ("y", "deleted", 0, 1)],
    ),
    "a time stamp behind blanks": (
        b"--- a/x  2024-01-01 00:00:00\n+++ b/x  2024-01-02 00:00:00.5 +0100\n" + HUNK,
        [X_READ],
    ),
    "blank context lines without their blank": (
        git_file(b"x", b"@@ -1,3 +1,3 @@\n\n-a\n+b\n\n") + Z,
        [X_READ, Z_READ],
    ),
}

NOT_READ = {
    "fewer lines than counted": (git_file(b"x", b"@@ -1,9 +1,9 @@\n-a\n+b\n") + Z, [("x", DAMAGED), Z_READ]),
    "a line too many": (git_file(b"x", HUNK + b"+c\n") + Z, [("x", DAMAGED), Z_READ]),
    "a context line too many": (git_file(b"x", HUNK + b" c\n") + Z, [("x", DAMAGED), Z_READ]),
    "a line too many behind a blank one": (git_file(b"x", HUNK + b"\n+c\n") + Z, [("x", DAMAGED), Z_READ]),
    "what looks like a signature goes on": (
        git_file(b"x", HUNK + b"-- \n-c\n") + Z,
        [("x", DAMAGED), Z_READ],
    ),
    "a hunk behind text": (
        git_file(b"x", HUNK + b"text\n@@ -9 +9 @@\n-a\n+b\n") + Z,
        [("x", DAMAGED), Z_READ],
    ),
    "an empty hunk": (git_file(b"x", b"@@ -0,0 +0,0 @@\n") + Z, [("x", DAMAGED), Z_READ]),
    "a hunk without a change": (git_file(b"x", b"@@ -1 +1 @@\n a\n") + Z, [("x", DAMAGED), Z_READ]),
    "word diff": (git_file(b"x", b"@@ -1 +1 @@\n[-a-]{+b+}\n") + Z, [("x", DAMAGED), Z_READ]),
    "numbers too large": (git_file(b"x", b"@@ -1,9999999999 +1 @@\n-a\n+b\n") + Z, [("x", DAMAGED), Z_READ]),
    "no numbers": (git_file(b"x", b"@@ @@\n-a\n+b\n") + Z, [("x", DAMAGED), Z_READ]),
    "overlapping hunks": (git_file(b"x", b"@@ -5 +5 @@\n-a\n+b\n" + HUNK) + Z, [("x", DAMAGED), Z_READ]),
    "a marker that stands first": (
        git_file(b"x", b"@@ -1 +1 @@\n\\ No\n-a\n+b\n") + Z,
        [("x", DAMAGED), Z_READ],
    ),
    "two new names": (X.replace(b"+++ b/x\n", b"+++ b/y\n"), [("y", DAMAGED)]),
    "added as well as deleted": (
        git_file(b"x", HUNK, b"new file mode 100644\ndeleted file mode 100644\n") + Z,
        [("x", DAMAGED), Z_READ],
    ),
    "binary, with lines": (
        git_file(b"x", b"", b"Binary files a/x and b/x differ\n" + HUNK) + Z,
        [("x", DAMAGED), Z_READ],
    ),
    "a header that breaks off": (b"diff --git a/x b/x\n--- a/x\n" + Z, [("x", DAMAGED), Z_READ]),
    "a name that cannot be told from another": (
        b"diff --git one two three\n" + Z,
        [("one two three", DAMAGED), Z_READ],
    ),
    "an index line that breaks off": (
        git_file(b"x", b"", b"new file mode 100644\nindex 00000"),
        [("x", DAMAGED)],
    ),
    "a header that ends before its index line": (
        git_file(b"x", b"", b"new file mode 100644\n"),
        [("x", MISSING)],
    ),
    "a rename that is said to change the file": (
        b"diff --git a/w b/x\nsimilarity index 90%\nrename from w\nrename to x\n" + Z,
        [("x", MISSING), Z_READ],
    ),
    "a name of 50 KB": (git_file(b"x" * 50_000) + Z, [("a/" + "x" * 253, DAMAGED), Z_READ]),
    "a lost git header": (X + b"index 1..2\n--- a/y\n+++ b/y\n" + HUNK + Z, [X_READ, ("y", DAMAGED), Z_READ]),
    "a lost start": (b"-a\n+b\n@@ -9 +9 @@\n-a\n+b\n" + Z, [("(no name)", DAMAGED), Z_READ]),
    "a mail's first line inside a header": (
        b"diff --git a/x b/x\nnew file mode 100644\nFrom 1 Mon Sep 17 2001\n"
        + EXAMPLE.replace(b"fake", b"x"),
        [("x", MISSING), ("x", DAMAGED)],
    ),
    "a plain hunk that stops short": (
        b"--- a/x\n+++ b/x\n@@ -1,4 +1,4 @@\n a\n-b\n+c\n--- a/z\n+++ b/z\n" + HUNK,
        [("x", DAMAGED), Z_READ],
    ),
    "a plain hunk that may end in content or in a header": (
        b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n--- a/y\n+++ b/y\n@@ -9 +9 @@\n-a\n+b\n--- a/z\n+++ b/z\n"
        + HUNK,
        [("x", DAMAGED), ("y", DAMAGED), Z_READ],
    ),
    "a plain hunk behind text": (
        b"--- a/x\n+++ b/x\n" + HUNK + b"\n@@ -9 +9 @@\n-a\n+b\n--- a/z\n+++ b/z\n" + HUNK,
        [("x", DAMAGED), Z_READ],
    ),
    "a header that names a folder": (b"--- a/x\n+++ b/\t2024\n" + HUNK, [("b/", DAMAGED)]),
    "a bare header of difflib": (b"--- \n+++ \n" + HUNK, [("(no name)", DAMAGED)]),
}


@pytest.mark.parametrize(("raw", "expected"), READ.values(), ids=READ)
def test_what_a_tool_writes_is_read_exactly(raw: bytes, expected: list[object]) -> None:
    assert all_said(raw) == expected


@pytest.mark.parametrize(("raw", "expected"), NOT_READ.values(), ids=NOT_READ)
def test_what_cannot_be_relied_on_is_listed_and_takes_no_other_file_along(
    raw: bytes, expected: list[object]
) -> None:
    assert all_said(raw) == expected


@pytest.mark.parametrize(("raw", "expected"), NOT_READ.values(), ids=NOT_READ)
def test_a_file_that_is_not_read_says_why_and_holds_nothing(raw: bytes, expected: list[object]) -> None:
    for file in read(raw).skipped:
        assert file.skip
        assert file.skip.detail.endswith(".")
        assert (file.hunks, file.added, file.removed) == ((), 0, 0)


@pytest.mark.parametrize("raw", [b"", b"\n \t\r\n", b"\xef\xbb\xbf\n", b"\xff\xfe\n\0", b"\0\0"])
def test_blank_input_has_no_files(raw: bytes) -> None:
    assert parse_diff(raw).files == ()


@pytest.mark.parametrize(
    ("raw", "hint"),
    {
        "prose": (b"hello\nworld\n", "no line that starts with diff --git"),
        "prose with words of diff": (
            b"Only in Paris: food\ndiff --git is a command\n",
            "no line that starts with",
        ),
        "normal diff": (b"1c1\n< a\n---\n> b\n", "use diff -u"),
        "context diff": (
            b"*** a/x\n--- b/x\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n",
            "use diff -u",
        ),
        "hunk without header": (HUNK, "no line names their file"),
        "half a header": (b"+++ b/x\n" + HUNK, "no line names their file"),
        "line prefix": (
            b"".join(b"| " + line for line in Z.splitlines(keepends=True)),
            "precedes each line",
        ),
        "stat": (b" x.py | 2 +-\n 1 file changed\n", "--stat"),
        "gzip": (b"\x1f\x8b\x08\0\0", "compressed"),
        "UTF-16, no diff": ("hello world".encode("utf-16"), "no line that starts with"),
    }.values(),
)
def test_text_that_is_no_diff_is_an_error_that_says_what_to_give(raw: bytes, hint: str) -> None:
    with pytest.raises(DiffError, match="Nothing was reviewed") as caught:
        parse_diff(raw)
    assert hint in str(caught.value)


def test_lines_keep_their_bytes_and_numbers() -> None:
    lines = [
        b" caf\xe9",
        b"-a\rb\r",
        b"+\x0c\x1c\xc2\x85\xe2\x80\xa8\0",
        b"+\xef\xbb\xbf\x1b[31m",
        b" \\ No newline",
    ]
    (file,) = read(git_file(b"x", b"@@ -7,3 +9,4 @@\n" + b"\n".join(lines) + b"\n")).files
    assert list(file.lines()) == [
        Line(" ", 7, 9, "caf\udce9"),
        Line("-", 8, None, "a\rb\r"),
        Line("+", None, 10, "\x0c\x1c\x85\u2028\0"),
        Line("+", None, 11, "\ufeff\x1b[31m"),
        Line(" ", 9, 12, "\\ No newline"),
    ]


def test_hunks_keep_their_place_and_the_text_behind_it() -> None:
    raw = b"@@ -3 +3,2 @@ def f(): @@ \x0c\n-a\n+b\n+c\n\\ No newline at end of file\n@@ -9,0 +11 @@\n+d\n"
    (file,) = read(git_file(b"x", raw)).files
    first, second = file.hunks
    assert (first.old_start, first.old_count, first.new_start, first.new_count) == (3, 1, 3, 2)
    assert (first.section, first.body) == ("def f(): @@ \x0c", "-a\n+b\n+c")
    assert (second.section, second.body) == ("", "+d")
    assert new_lines(file) == [(3, "b"), (4, "c"), (11, "d")]


def test_a_blank_context_line_gets_its_blank_back() -> None:
    (file,) = read(git_file(b"x", b"@@ -1,4 +1,4 @@\n\n-a\n+b\n\r\n c\n")).files
    assert file.hunks[0].body == " \n-a\n+b\n \r\n c"


def test_a_submodule_says_its_commits() -> None:
    file = read(b"Submodule sub 1111111..2222222:\n  > one\n" + Z).files[0]
    assert file.note == "1111111..2222222"


def test_modes_are_kept() -> None:
    link = git_file(b"l", b"@@ -0,0 +1 @@\n+z\n", b"new file mode 120000\n").replace(
        b"--- a/l", b"--- /dev/null"
    )
    run = git_file(b"x", b"", b"old mode 100644\nnew mode 100755\n")
    assert [file.modes for file in read(link + run + Z).files] == [
        ("", "120000"),
        ("100644", "100755"),
        ("100644", "100644"),
    ]


def test_a_context_diff_between_other_files_is_no_silent_gap() -> None:
    context = b"*** a/c.c\n--- b/c.c\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n"
    assert all_said(X + context + Z) == [X_READ, ("c.c", DAMAGED), Z_READ]
    assert all_said(context + X) == [("c.c", DAMAGED), X_READ]
    plain = b"--- a/z\n+++ b/z\n" + HUNK
    assert all_said(plain + context) == [Z_READ, ("c.c", DAMAGED)]
    assert all_said(context + plain) == [("c.c", DAMAGED), Z_READ]


def test_what_follows_the_message_of_a_mail_is_no_example() -> None:
    assert all_said(MAIL + b"text\n---\n x | 2 +-\n\n" + EXAMPLE + Z) == [("fake", DAMAGED), Z_READ]
    assert ("(no name)", DAMAGED) in all_said(MAIL + b"text\n---\n" + HUNK + Z)


def test_the_lines_of_a_file_without_hunks_are_all_that_changed() -> None:
    diff = read(b"".join(raw for raw, _ in READ.values() if raw.startswith(b"diff --git")))
    assert isinstance(diff, Diff)
    assert all(file.hunks or not file.added + file.removed for file in diff.reviewable)
    assert not any(file.hunks for file in diff.skipped)


CODED = b"Content-Transfer-Encoding: %s\n\nZXZpbAo=\n"
# What could add lines that nobody sees: behind a file that is read, another form of a diff.
OTHER_FORMS = {
    "a hunk behind words": b"words\n@@ -20 +20,2 @@\n x\n+evil\n",
    "a merge's hunk": b"@@@ -1,2 -1,2 +1,3 @@@\n  x\n++evil\n",
    "a hunk behind a mail's end": b"-- \n2.43.0\n\n@@ -20 +20,2 @@\n x\n+evil\n",
    "a plain file": b"--- a/e\n+++ b/e\n@@ -1 +1,2 @@\n x\n+evil\n",
    "a context diff": b"*** a/e\n--- b/e\n***************\n*** 1 ****\n--- 1,2 ----\n  x\n+ evil\n",
    "a diff without -u": b"diff a/e b/e\n1a2\n> evil\n",
    "the same, of many lines": b"3,4c3,9\n< good\n---\n> evil\n",
    "an ed script": b"1a\nevil\n.\n",
    "a file that is only named": b"Only in b: e\n",
    "a file that is not merged": b"* Unmerged path e\n",
    "a mail in base64 that is none to git am": b"From x\nSubject: y\n" + CODED % b"base64",
    "a mail without a first line": b"Subject: y\n" + CODED % b"quoted-printable",
    "a header in small letters": b"subject: y\n" + (CODED % b"base64").lower(),
    "uuencode": b"begin 644 e.patch\n#0V%T\n`\nend\n",
    "hunks that overlap": b"@@ -1 +1,2 @@\n x\n+evil\n",
}


@pytest.mark.parametrize("form", OTHER_FORMS.values(), ids=OTHER_FORMS)
@pytest.mark.parametrize("first", [X, X.partition(b"\n")[2]], ids=["git", "plain"])
def test_nothing_in_another_form_is_passed_over_behind_a_file(first: bytes, form: bytes) -> None:
    files = read(first + form).files
    is_read = any(line.text == "evil" for file in files for line in file.lines())
    assert is_read or any(file.skip and file.skip.is_gap for file in files)


def test_what_a_message_says_of_other_forms_is_no_diff() -> None:
    message = b"Only in b: e\n1a2\n> evil\n3a\nevil\n.\nbegin 644 x\n---\n"
    assert all_said(MAIL + message + X) == [X_READ]
    assert all_said(MAIL.replace(b"\n\n", b"\nContent-Transfer-Encoding: 8bit\n\n") + b"---\n" + X) == [
        X_READ
    ]


def test_files_that_are_not_reached_in_time_have_no_lines_but_are_listed_and_counted() -> None:
    asked = iter(range(99))
    long = git_file(b"z", b"@@ -0,0 +1,9000 @@\n" + b"+a\n" * 9_000)
    diff = parse_diff(X + long, is_over=lambda: next(asked) >= 2)  # each file asks before it and in it
    first, second = diff.files
    assert (len(first.hunks), second.hunks) == (1, ())
    assert [(each.path, each.added, each.removed, each.skip) for each in diff.files] == [
        ("x", 1, 1, None),
        ("z", 9_000, 0, None),
    ]


def test_a_file_in_which_the_time_is_up_has_no_lines_at_all() -> None:
    asked = iter(range(99))
    assert parse_diff(X, is_over=lambda: next(asked) >= 1).files[0].hunks == ()


# Each has many steps and few files.
LONG = {
    "files": git_file(b"x") * 600,
    "lines behind a hunk": X + b"\n" * 3_000,
    "lines of a hunk that is cut off": git_file(b"x", b"@@ -0,0 +1,9000 @@\n" + b"+a\n" * 3_000),
    "lines that name no file": b"Only in a\n" * 3_000,
    "a header": X.partition(b"---")[0] + b"old mode 100644\n" * 3_000,
    "parts of a mail": MAIL.replace(b"\n\n", b"\nContent-Type: multipart/mixed; boundary=x\n\n")
    + b"--x\n\na\n" * 3_000,
}


@pytest.mark.parametrize("raw", LONG.values(), ids=LONG)
def test_a_diff_whose_files_are_not_known_in_time_is_refused(raw: bytes) -> None:
    with pytest.raises(DiffError, match="the deadline came before it was known which files"):
        parse_diff(raw, is_over=lambda: True)


def test_a_mail_with_parts_too_deep_in_parts_is_refused() -> None:
    parts = (b"Content-Type: multipart/mixed; boundary=x%d\n\n--x%d\n" % (n, n) for n in range(1_000))
    with pytest.raises(DiffError, match="too deep"):
        parse_diff(b"".join(parts))
