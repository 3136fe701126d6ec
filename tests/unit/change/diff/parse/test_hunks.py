"""unidiff reads the hunks, and is believed only where it agrees with our own count."""

import time

import pytest
from unidiff.patch import PatchSet

from chargehand.change.diff.parse.count import count_hunks
from chargehand.change.diff.parse.hunks import read_hunks
from tests.unit.change.diff.parse.reading import HUNK, Z, git_file, read

COUNTED = count_hunks(HUNK, 0, len(HUNK), has_git_headers=True)


def failing(text: str) -> PatchSet:
    raise KeyError("\x1b[2J" + text)


def test_whatever_unidiff_raises_becomes_the_reason() -> None:
    said = read_hunks(HUNK, COUNTED, parse=failing)
    assert isinstance(said, str)
    assert said.startswith("unidiff cannot read its hunks")
    assert "\x1b" not in said


@pytest.mark.parametrize(
    "other", [HUNK + HUNK, b"@@ -1,2 +1 @@\n-a\n-b\n+c\n", b"@@ -1 +1,2 @@\n-a\n+b\n+c\n"]
)
def test_other_lines_than_were_counted_are_not_believed(other: bytes) -> None:
    said = read_hunks(HUNK, COUNTED, parse=lambda _: PatchSet("--- a/x\n+++ b/x\n" + other.decode()))
    assert said == "unidiff finds other lines in its hunks than their headers say."


def test_a_file_of_many_megabytes_is_read_in_several_goes() -> None:
    hunks = b"".join(b"@@ -%d +%d @@\n-a\n+%s\n" % (n, n, b"b" * 1000) for n in range(1, 5001))
    texts: list[str] = []

    def parse(text: str) -> PatchSet:
        texts.append(text)
        return PatchSet(text)

    read_back = read_hunks(hunks, count_hunks(hunks, 0, len(hunks), has_git_headers=True), parse)
    assert [hunk.new_start for hunk in read_back if not isinstance(hunk, str)] == list(range(1, 5001))
    assert len(texts) == 3


def test_a_hunk_of_many_megabytes_is_read_in_several_goes() -> None:
    lines = [b" a", b"", b"-" + b"b" * 1_000, b"+c", b"\\ No newline at end of file", b"+d\r", b"\r"]
    body = b"\n".join([*lines * 3_000, b"-e", b"+f", b"\\ No newline at end of file"])
    hunk = b"@@ -7,12001 +9,15001 @@ f()\n" + body
    sizes: list[int] = []

    def parse(text: str) -> PatchSet:
        sizes.append(len(text))
        return PatchSet(text)

    hunks = read_hunks(hunk, count_hunks(hunk, 0, len(hunk), has_git_headers=True), parse)
    assert not isinstance(hunks, str)
    (read_back,) = hunks
    assert read_back.body == (" a\n \n-" + "b" * 1_000 + "\n+c\n+d\r\n \r\n") * 3_000 + "-e\n+f"
    assert (read_back.old_start, read_back.old_count) == (7, 12_001)
    assert (read_back.new_start, read_back.new_count, read_back.section) == (9, 15_001, "f()")
    assert len(sizes) > 2
    assert max(sizes) < 2_000_000


@pytest.mark.parametrize("size", [999_990, 999_998, 999_999, 1_000_000, 1_000_001, 1_999_990])
def test_a_marker_at_a_cut_does_no_harm(size: int) -> None:
    body = b"-%s\n\\ No newline at end of file\n+%s\n\\ No newline at end of file" % (
        b"a" * size,
        b"b" * size,
    )
    hunk = b"@@ -1 +1 @@\n" + body
    hunks = read_hunks(hunk, count_hunks(hunk, 0, len(hunk), has_git_headers=True))
    assert not isinstance(hunks, str)
    assert [each.body for each in hunks] == ["-" + "a" * size + "\n+" + "b" * size]


@pytest.mark.parametrize(
    "line",
    [
        b"diff --git " + b"://" * 2_000 + b" " * 2_000,
        b"diff --git " + b"a b/" * 2_000,
        b"Binary files " + b" and " * 8_000 + b"x",
        b"--- " + b"\t " * 20_000,
        b"Submodule " + b" abcdef0" * 5_000,
        b"Only in " + b": " * 20_000,
        b"index " + b"." * 40_000,
        b'diff --git "' + b"\\" * 40_000,
        b"\x1b[" * 20_000,
        b"@@ -" + b"1" * 40_000,
        b"\n" * 40_000,
        b"Index: " + b"=" * 40_000,
    ],
    ids=lambda line: line[:12],
)
@pytest.mark.parametrize("tail", [Z, git_file(b"x", HUNK), b"--- a/z\n+++ b/z\n" + HUNK])
def test_no_line_takes_long(line: bytes, tail: bytes) -> None:
    raw = tail + line + b"\n" + tail
    started = time.process_time()
    assert read(raw).files
    # Some milliseconds; the regular expressions that this guards against take seconds.
    assert time.process_time() - started < 0.25
