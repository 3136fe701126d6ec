"""Small diffs, and what a test looks at in the result."""

from chargehand.change.diff.parse.files import parse_diff
from chargehand.core.diff import Diff, FileDiff, SkipReason

HUNK = b"@@ -1 +1 @@\n-a\n+b\n"
# A good file behind a bad one: it must come through whatever comes before it.
Z = b"diff --git a/z b/z\nindex d00491f..0cfbf08 100644\n--- a/z\n+++ b/z\n" + HUNK
Z_READ = ("z", "modified", 1, 1)


def git_file(path: bytes, hunks: bytes = HUNK, header: bytes = b"") -> bytes:
    """Return the part of a diff that changes `path`."""
    names = b"--- a/%s\n+++ b/%s\n" % (path, path) if hunks else b""
    return b"diff --git a/%s b/%s\n%s%s%s" % (path, path, header, names, hunks)


def read(raw: bytes, strip: int | None = None) -> Diff:
    """Read everything that can be read."""
    return parse_diff(raw, strip)


def said(file: FileDiff) -> tuple[str, str, int, int] | tuple[str, SkipReason]:
    """Return path, status and counts of a file that is reviewed, path and reason of another."""
    if file.skip:
        return file.path, file.skip.reason
    return file.path, file.status, file.added, file.removed


def all_said(
    raw: bytes, strip: int | None = None
) -> list[tuple[str, str, int, int] | tuple[str, SkipReason]]:
    """Return what is said of each file of `raw`."""
    return [said(file) for file in read(raw, strip).files]


def new_lines(file: FileDiff) -> list[tuple[int, str]]:
    """Return the lines of the new side with their numbers."""
    return [(line.new_number, line.text) for line in file.lines() if line.new_number is not None]
