"""Which files nobody should pay to review, and how each rule is overridden."""

import pytest
from pydantic import ValidationError

from chargehand.change.diff.parse import ReadingRules, parse_diff
from chargehand.change.diff.parse.skip import OVERRIDABLE
from chargehand.core.diff import FileDiff, SkipReason
from tests.unit.change.diff.parse.reading import HUNK, git_file

MODE = b"diff --git a/%s b/%s\n%s file mode %s\nindex 1..2\n--- %s\n+++ %s\n"


def only(raw: bytes, rules: ReadingRules) -> FileDiff:
    (file,) = parse_diff(raw, rules).files
    return file


def reason(raw: bytes, rules: ReadingRules | None = None) -> SkipReason | None:
    skip = only(raw, rules or ReadingRules()).skip
    return skip.reason if skip else None


def added(path: bytes, *lines: bytes, mode: bytes = b"100644") -> bytes:
    body = b"".join(b"+%s\n" % line for line in lines)
    header = MODE % (path, path, b"new", mode, b"/dev/null", b"b/" + path)
    return header + b"@@ -0,0 +1,%d @@\n" % len(lines) + body


DELETED = MODE % (b"x", b"x", b"deleted", b"100644", b"a/x", b"/dev/null") + b"@@ -1 +0,0 @@\n-a\n"
SUBMODULE = git_file(
    b"sub", b"@@ -1 +1 @@\n-Subproject commit 1\n+Subproject commit 2\n", b"index 1..2 160000\n"
)
LONG = git_file(b"x.txt", b"@@ -1 +1 @@\n-a\n+%s\n" % (b"b" * 10_001))
MANY = added(b"x.txt", *[b"a"] * 5_001)

BY_CONTENT = {
    SkipReason.DELETED: DELETED,
    SkipReason.SUBMODULE: SUBMODULE,
    SkipReason.SYMLINK: added(b"l", b"target", mode=b"120000"),
    SkipReason.LOCK_FILE: git_file(b"web/package-lock.json"),
    SkipReason.GENERATED: git_file(b"api/user_pb2.py"),
    SkipReason.VENDORED: git_file(b"x/node_modules/y/z.js"),
    SkipReason.MINIFIED: git_file(b"web/app.min.js"),
    SkipReason.TOO_LONG: MANY,
}
FIXED = {
    SkipReason.BINARY: git_file(b"x.bin", b"", b"Binary files a/x.bin and b/x.bin differ\n"),
    SkipReason.NO_CONTENT: git_file(b"x", b"", b"old mode 100644\nnew mode 100755\n"),
    SkipReason.CONTENT_MISSING: git_file(b"x", b"", b"index 1111111..2222222 100644\n"),
    SkipReason.MERGE: b"diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1 -1 +1 @@@\n++a\n",
    SkipReason.DAMAGED: git_file(b"x", b"@@ -1,2 +1 @@\n-a\n+b\n"),
    SkipReason.UNSAFE_PATH: git_file(b"../x"),
}


def test_every_reason_is_tried_here() -> None:
    assert {*BY_CONTENT, *FIXED, SkipReason.IGNORED} == set(SkipReason)
    assert set(BY_CONTENT) == set(OVERRIDABLE)


@pytest.mark.parametrize(("expected", "raw"), [*BY_CONTENT.items(), *FIXED.items()])
def test_a_file_that_is_not_worth_paying_for_is_listed_with_the_reason(
    expected: SkipReason, raw: bytes
) -> None:
    file = only(raw, ReadingRules())
    assert file.skip
    assert file.skip.reason is expected
    assert file.skip.detail.endswith(".")
    assert file.hunks == ()


@pytest.mark.parametrize(("expected", "raw"), BY_CONTENT.items())
def test_a_rule_is_switched_off_by_its_reason(expected: SkipReason, raw: bytes) -> None:
    assert reason(raw, ReadingRules(review=(expected,))) is None


@pytest.mark.parametrize("raw", BY_CONTENT.values())
def test_an_included_file_is_reviewed_whatever_else_holds(raw: bytes) -> None:
    assert reason(raw, ReadingRules(include=("*",))) is None


@pytest.mark.parametrize(("expected", "raw"), FIXED.items())
def test_what_cannot_be_read_cannot_be_included(expected: SkipReason, raw: bytes) -> None:
    assert reason(raw, ReadingRules(include=("*",), review=OVERRIDABLE)) is expected


@pytest.mark.parametrize("fixed", [*FIXED, SkipReason.IGNORED])
def test_a_reason_that_nobody_can_override_is_refused(fixed: SkipReason) -> None:
    with pytest.raises(ValidationError, match=f"skipped as {fixed.value} cannot be reviewed"):
        ReadingRules(review=(fixed,))


def test_skipped_files_keep_their_counts() -> None:
    file = only(git_file(b"package-lock.json", b"@@ -1,2 +1,3 @@\n a\n-b\n+c\n+d\n"), ReadingRules())
    assert (file.added, file.removed) == (2, 1)


@pytest.mark.parametrize(
    ("patterns", "path", "is_ignored"),
    [
        (("docs/",), b"docs/a/b.md", True),
        (("docs/",), b"src/docs.py", False),
        (("*.md", "!README.md"), b"a/b.md", True),
        (("*.md", "!README.md"), b"README.md", False),
        (("/x.py",), b"a/x.py", False),
        (("a/**/x.py",), b"a/b/c/x.py", True),
    ],
)
def test_ignore_patterns_are_those_of_gitignore(
    patterns: tuple[str, ...], path: bytes, is_ignored: bool
) -> None:
    expected = SkipReason.IGNORED if is_ignored else None
    assert reason(git_file(path), ReadingRules(ignore=patterns)) is expected


def test_an_ignored_file_is_not_brought_back_by_including_it() -> None:
    assert reason(git_file(b"x"), ReadingRules(ignore=("x",), include=("x",))) is SkipReason.IGNORED


def test_a_pattern_that_cannot_be_read_is_refused_at_once() -> None:
    with pytest.raises(ValidationError):
        ReadingRules(ignore=("!",))


@pytest.mark.parametrize(
    "path",
    [
        *("Cargo.lock", "go.sum", "a/poetry.lock", "uv.lock", "yarn.lock", "pnpm-lock.yaml", "Gemfile.lock"),
        *("composer.lock", "flake.lock", ".terraform.lock.hcl", "Package.resolved", "bun.lock"),
    ],
)
def test_lock_files_are_known_by_name(path: str) -> None:
    assert reason(git_file(path.encode())) is SkipReason.LOCK_FILE


@pytest.mark.parametrize(
    "path",
    [
        *("a/x.pb.go", "x_pb2_grpc.py", "lib/x.g.dart", "X.Designer.cs", "a/__generated__/x.ts", "x.js.map"),
        *("web/dist/index.js", "t/__snapshots__/a.ts", "a.test.ts.snap", "App.xcodeproj/project.pbxproj"),
    ],
)
def test_generated_files_are_known_by_name(path: str) -> None:
    assert reason(git_file(path.encode())) is SkipReason.GENERATED


@pytest.mark.parametrize(
    "path",
    ["src/lock.py", "generated.py", "vendor.py", "dist/README.md", "distance/x.js", "min.js", "pb2.py"],
)
def test_files_that_only_look_alike_are_reviewed(path: str) -> None:
    assert reason(git_file(path.encode())) is None


@pytest.mark.parametrize(
    "line",
    [
        *(
            b"// Code generated by protoc-gen-go. DO NOT EDIT.",
            b"# @generated",
            b" * @generated SignedSource<<x>>",
        ),
        *(
            b"# Generated by the protocol buffer compiler.  DO NOT EDIT!",
            b"// <auto-generated>",
            b"<!-- @generated -->",
        ),
        *(b"-- Do not edit: this file is generated by x", b"/* AUTOMATICALLY GENERATED; do not modify */"),
    ],
)
def test_a_comment_at_the_top_says_that_a_file_is_generated(line: bytes) -> None:
    assert reason(added(b"x.go", b"", line, b"a")) is SkipReason.GENERATED
    assert reason(git_file(b"x.go", b"@@ -1,2 +1,2 @@\n %s\n-a\n+b\n" % line)) is SkipReason.GENERATED


@pytest.mark.parametrize(
    "raw",
    {
        "in code": added(b"x.py", b'MARK = "@generated"'),
        "an address": added(b"x.py", b"# mail to x@generated.example"),
        "further down": added(b"x.py", *[b"a"] * 45, b"# @generated"),
        "added to an older file": git_file(b"x.py", b"@@ -1 +1,2 @@\n+# @generated\n a\n"),
        "taken out": git_file(b"x.py", b"@@ -1,2 +1 @@\n-# @generated\n a\n"),
        "in a later hunk": git_file(
            b"x.py", b"@@ -1 +1 @@\n-a\n+b\n@@ -9,2 +9,2 @@\n # @generated\n-a\n+b\n"
        ),
        "not at the top": git_file(b"x.py", b"@@ -99,2 +99,2 @@\n # @generated\n-a\n+b\n"),
    }.values(),
)
def test_a_marker_elsewhere_does_not_count(raw: bytes) -> None:
    assert reason(raw) is None


def test_lines_too_long_for_people_make_a_script_minified() -> None:
    lines = b"@@ -1 +1 @@\n-%s\n+%s\n" % (b"a" * 800, b"b" * 900)
    assert reason(git_file(b"x.js", lines)) is SkipReason.MINIFIED
    assert reason(git_file(b"x.py", lines)) is None


def test_one_long_line_among_others_does_not_make_a_script_minified() -> None:
    assert reason(added(b"x.js", b"a" * 900, b"b", b"c")) is None


@pytest.mark.parametrize(
    ("size", "expected"), [(10_000, None), (10_001, SkipReason.TOO_LONG), (300_000, SkipReason.TOO_LONG)]
)
@pytest.mark.parametrize("tail", [b"\n", b""])
def test_the_longest_line_counts(size: int, expected: SkipReason | None, tail: bytes) -> None:
    raw = git_file(b"x.txt", b"@@ -1,3 +1,3 @@\n a\n b\n-c\n+%s" % (b"d" * size)) + tail
    assert reason(raw) is expected


@pytest.mark.parametrize(("lines", "expected"), [(5_000, None), (5_001, SkipReason.TOO_LONG)])
def test_changed_lines_count(lines: int, expected: SkipReason | None) -> None:
    assert reason(added(b"x.txt", *[b"a"] * lines)) is expected


def test_both_limits_can_be_set() -> None:
    assert reason(LONG, ReadingRules(max_line_bytes=10_001)) is None
    assert reason(MANY, ReadingRules(max_changed_lines=5_001)) is None
    assert reason(added(b"x", b"a", b"b"), ReadingRules(max_changed_lines=1)) is SkipReason.TOO_LONG


def test_the_limits_are_said() -> None:
    skip = only(MANY, ReadingRules()).skip
    assert skip
    assert skip.detail == "It has 5,001 changed lines; the limit is 5,000."


def test_a_link_says_where_it_leads_and_cannot_write_to_a_terminal() -> None:
    skip = only(added(b"l", b"../\x1b[2J", mode=b"120000"), ReadingRules()).skip
    assert skip
    assert skip.detail == "It is a symbolic link to ../\\u{1b}[2J."


def test_what_is_skipped_by_name_is_no_gap_where_its_lines_are_missing() -> None:
    raw = git_file(b"yarn.lock", b"", b"index 1111111..2222222 100644\n")
    assert reason(raw) is SkipReason.LOCK_FILE
    assert reason(git_file(b"yarn.lock", HUNK + b"+c\n")) is SkipReason.DAMAGED
