"""Under which path a file is listed."""

import pytest

from chargehand.change.diff.parse.names import cut_in_two, why_unsafe
from chargehand.core.diff import SkipReason
from tests.unit.change.diff.parse.reading import HUNK, Z, all_said, git_file, read, said

DAMAGED, UNSAFE = SkipReason.DAMAGED, SkipReason.UNSAFE_PATH


def named(old: bytes, new: bytes, hunks: bytes = HUNK) -> bytes:
    """Return a git diff of one file with these names, as they stand in it."""
    return b"diff --git %s %s\n--- %s\n+++ %s\n%s" % (old, new, old, new, hunks)


QUOTED = b'"%s/h\\303\\251\\t\\"\\\\.txt"'
NAMES = {
    "plain": (git_file(b"d/x.py"), "d/x.py"),
    "blanks": (b"diff --git a/d x/a b b/d x/a b\n--- a/d x/a b\t\n+++ b/d x/a b\t\n" + HUNK, "d x/a b"),
    "blank and b/": (named(b"a/x b/y", b"b/x b/y"), "x b/y"),
    "blank and b/, without ---": (git_file(b"x b/y", b"", b"old mode 1\nnew mode 2\n"), "x b/y"),
    "quoted": (named(QUOTED % b"a", QUOTED % b"b"), 'hé\t"\\.txt'),
    "quoted, without ---": (
        b"diff --git %s %s\nold mode 1\nnew mode 2\n" % (QUOTED % b"a", QUOTED % b"b"),
        'hé\t"\\.txt',
    ),
    "quoted, with a blank": (
        b'diff --git "a/\\351 x" "b/\\351 x"\n--- "a/\\351 x"\t\n+++ "b/\\351 x"\t\n' + HUNK,
        "\udce9 x",
    ),
    "not quoted, no UTF-8": (git_file(b"caf\xe9"), "caf\udce9"),
    "escape": (named(b'"a/\\033[2J"', b'"b/\\033[2J"'), "\x1b[2J"),
    "dashes": (git_file(b"-- a"), "-- a"),
    "folder dev": (git_file(b"dev/null"), "dev/null"),
    "Markdown": (git_file(b"a|b](x)<img src=q>`.md"), "a|b](x)<img src=q>`.md"),
    "bidirectional": (git_file("\u202ex".encode()), "\u202ex"),
    "only a CR": (named(b'"a/\\r"', b'"b/\\r"'), "\r"),
}

PREFIXES = {
    "mnemonic": (named(b"i/c/x", b"w/c/x") + named(b"i/z", b"w/z"), ["c/x", "z"]),
    "reverse": (named(b"b/x", b"a/x") + named(b"b/z", b"a/z"), ["x", "z"]),
    "no index": (named(b"1/x", b"2/x"), ["x"]),
    "none, though a folder is called a": (named(b"a/x", b"a/x") + named(b"z", b"z"), ["a/x", "z"]),
    "none, all in a folder a": (named(b"a/x", b"a/x"), ["a/x"]),
    "none, a new file in a folder b": (
        b"diff --git b/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n",
        ["b/x"],
    ),
    "none, other tool": (b"--- b/x\n+++ b/x\n" + HUNK, ["b/x"]),
    "own": (named(b"old/s/x", b"new/s/x") + named(b"old/z", b"new/z"), ["s/x", "z"]),
    "own, unequally long": (
        git_file(b"x", b"").replace(b"a/", b"before/") + b"old mode 1\nnew mode 2\n",
        ["x"],
    ),
    "own, of two parts": (named(b"p/old/x", b"p/new/x"), ["x"]),
    "two folders, other tool": (b"--- /tmp/v1/s/x\n+++ /tmp/v2/s/x\n" + HUNK, ["s/x"]),
    "mixed": (named(b"a/x", b"b/x") + named(b"z", b"z"), ["x", "z"]),
    "a new file, other tool": (b"--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n", ["x"]),
    "a backup, other tool": (b"--- x.py.orig\n+++ x.py\n" + HUNK, ["x.py"]),
    "a backup, the other way": (b"--- ./x.py\n+++ ./x.py~\n" + HUNK, ["x.py"]),
    "a folder's backup, other tool": (b"--- l/x.orig/m\n+++ l/x/m\n" + HUNK, ["l/x/m"]),
    "a folder's backup, the other way": (b"--- l/x/m\n+++ l/x~/m\n" + HUNK, ["l/x/m"]),
    "a tree's backup, other tool": (b"--- x.orig/m\n+++ x/m\n" + HUNK, ["m"]),
    "a tree's backup, from elsewhere": (b"--- ../x.orig/s/m\n+++ ../x/s/m\n" + HUNK, ["s/m"]),
    "two trees in a folder": (b"--- w/p-1/s/m\n+++ w/p-2/s/m\n" + HUNK, ["s/m"]),
    "two slashes, other tool": (b"--- x.orig//s/m\n+++ x//s/m\n" + HUNK, ["s/m"]),
    "two slashes, git's prefix": (b"--- a//s/m\n+++ b//s/m\n" + HUNK, ["s/m"]),
    "Bitbucket": (named(b"src://s/x", b"dst://s/x") + named(b"src://z", b"dst://z"), ["s/x", "z"]),
    "Bitbucket, quoted": (named(b'"src://\\351"', b'"dst://\\351"'), ["\udce9"]),
    "Bitbucket, a new file": (
        named(b"src://s/x", b"dst://s/x").replace(b"--- src://s/x", b"--- /dev/null"),
        ["s/x"],
    ),
    "two names, other tool": (b"--- one.py\n+++ two.py\n" + HUNK, ["two.py"]),
}


@pytest.mark.parametrize(("raw", "path"), NAMES.values(), ids=NAMES)
def test_a_name_is_read_exactly(raw: bytes, path: str) -> None:
    first, second = read(raw + Z).files
    assert (first.path, second.path) == (path, "z")
    assert first.skip is None


@pytest.mark.parametrize(("raw", "paths"), PREFIXES.values(), ids=PREFIXES)
def test_a_prefix_is_taken_off_and_a_folder_is_not(raw: bytes, paths: list[str]) -> None:
    diff = read(raw)
    assert [file.path for file in diff.files] == paths
    assert not any(file.skip and file.skip.reason is DAMAGED for file in diff.files)


@pytest.mark.parametrize(
    "odd",
    [
        b'diff --git "b/a\\tb/1" "a/a\\tb/1\n',
        b"diff --git one/x two/x\n",
        b"diff --git x x\nold mode 1\nnew mode 2\n",
        named(b"p/q/x", b"r/s/x"),
    ],
)
def test_an_odd_file_has_no_say_in_the_prefix_of_the_others(odd: bytes) -> None:
    first, *_ = read(named(b"a/d/x", b"b/d/x") + odd).files
    assert first.path == "d/x"
    assert first.skip is None


@pytest.mark.parametrize("name", [b'"b/x', b'"b/x\\3#6"', b'"b/x\\q"', b'"'])
def test_a_name_with_bad_quotes_is_not_read(name: bytes) -> None:
    git = b'diff --git "a/x" %s\n--- "a/x"\n+++ %s\n' % (name, name)
    plain = b"--- a/x\n+++ %s\n" % name
    for raw in (git, plain):
        (file,) = read(raw + HUNK).files
        assert file.skip
        assert file.skip.reason is DAMAGED


def test_a_prefix_that_is_none_of_gits_is_said() -> None:
    (notice,) = read(named(b"old/x", b"new/x")).notices
    assert "the first part of each was dropped" in notice


def test_names_that_no_prefix_makes_alike_are_not_guessed_at() -> None:
    assert all_said(named(b"old-x", b"new-x") + Z) == [("new-x", DAMAGED), ("z", "modified", 1, 1)]


@pytest.mark.parametrize(
    ("strip", "expected"),
    [(0, "a/s/x"), (1, "s/x"), (2, "x")],
)
def test_the_user_may_say_how_many_parts_to_take_off(strip: int, expected: str) -> None:
    raw = b"--- a/s/x\n+++ a/s/x\n" + HUNK
    assert [file.path for file in read(raw, strip).files] == [expected]


def test_a_path_with_too_few_parts_is_not_read() -> None:
    assert all_said(named(b"a/x", b"b/x"), strip=2) == [("b/x", DAMAGED)]


@pytest.mark.parametrize(("strip", "paths"), [(None, ("d/n", "d/o")), (1, ("d/n", "d/o")), (2, ("n", "o"))])
def test_a_rename_keeps_both_names(strip: int | None, paths: tuple[str, str]) -> None:
    raw = b"diff --git a/d/o b/d/n\nsimilarity index 90%\nrename from d/o\nrename to d/n\n"
    (file,) = read(raw + b"--- a/d/o\n+++ b/d/n\n" + HUNK, strip).files
    assert (file.path, file.old_path, file.status) == (*paths, "renamed")


@pytest.mark.parametrize("names", [("old.py", "new.py"), ("v1/x.py", "v2/x.py"), ("v 1/x", "v 2/s/x")])
def test_two_files_that_git_compares_outside_of_a_repository_are_one_under_its_new_name(
    names: tuple[str, str],
) -> None:
    old, new = (name.encode() for name in names)
    (file,) = read(named(b"a/" + old, b"b/" + new)).files
    assert (file.old_path, file.path) == names
    assert said(file) == (names[1], "renamed", 1, 1)


def test_a_rename_without_prefix_of_names_with_one_end_is_a_rename() -> None:
    raw = b"diff --git ab.py cb.py\nsimilarity index 90%\nrename from ab.py\nrename to cb.py\n"
    (file, _) = read(raw + b"--- ab.py\n+++ cb.py\n" + HUNK + named(b"z", b"z")).files
    assert (file.path, file.old_path, file.status) == ("cb.py", "ab.py", "renamed")


def test_a_copy_is_no_rename() -> None:
    raw = b"diff --git a/o b/n\nsimilarity index 100%\ncopy from o\ncopy to n\n"
    (file,) = read(raw).files
    assert (file.path, file.old_path, file.status) == ("n", "o", "copied")
    assert file.skip is None


def test_a_rename_to_another_file_than_the_one_shown_is_not_read() -> None:
    raw = b"diff --git a/o b/n\nrename from o\nrename to safe\n--- a/o\n+++ b/n\n" + HUNK
    assert all_said(raw) == [("safe", DAMAGED)]


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("../../etc/passwd", "leads out"),
        ("a/../b", "leads out"),
        ("a\\..\\b", "leads out"),
        ("/etc/passwd", "absolute"),
        ("\\\\host\\share", "absolute"),
        ("C:/x", "absolute"),
        ("c:x", "absolute"),
        (".git/config", "git's own folder"),
        ("a/.GIT/hooks/x", "git's own folder"),
        ("a\0b", "No file can have"),
        ("x" * 5000, "No file can have"),
        ("", "names no file"),
        ("a/", "names no file"),
    ],
)
def test_a_path_that_no_file_may_have_is_called_unsafe(path: str, word: str) -> None:
    assert word in why_unsafe(path)


@pytest.mark.parametrize(
    "path", ["a\\b.txt", "..a", "a../b", "...", ".gitignore", "\x1b[2J", "\udce9", "ab:c"]
)
def test_an_odd_path_is_not_unsafe(path: str) -> None:
    assert why_unsafe(path) == ""


def test_an_unsafe_path_is_listed_and_not_read() -> None:
    raw = named(b"a/../../etc/passwd", b"b/../../etc/passwd") + Z
    assert all_said(raw) == [("../../etc/passwd", UNSAFE), ("z", "modified", 1, 1)]


def test_a_rename_from_an_unsafe_path_is_not_read() -> None:
    raw = b"diff --git a/../o b/n\nrename from ../o\nrename to n\n--- a/../o\n+++ b/n\n" + HUNK
    assert all_said(raw) == [("n", UNSAFE)]


@pytest.mark.parametrize(
    ("text", "between", "expected"),
    [
        (b"a/x b/x", b" ", (b"a/x", b"b/x")),
        (b"before/x after/x", b" ", (b"before/x", b"after/x")),
        (b"a/x and y and b/x and y", b" and ", (b"a/x and y", b"b/x and y")),
        (b"/dev/null and b/x", b" and ", (b"/dev/null", b"b/x")),
        (b'"a/\\351" "b/\\351"', b" ", (b"a/\xe9", b"b/\xe9")),
        (b'a/x "b/\\351"', b" ", (b"a/x", b"b/\xe9")),
        (b"one two", b" ", None),
        (b"nothing", b" ", None),
        (b'"a/x', b" ", None),
    ],
)
def test_two_names_on_one_line_are_told_apart(
    text: bytes, between: bytes, expected: tuple[bytes, bytes] | None
) -> None:
    assert cut_in_two(text, between) == expected
