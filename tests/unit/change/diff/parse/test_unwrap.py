"""What was wrapped round a diff on its way here is taken off, and said."""

import pytest

from chargehand.change.diff.parse.unwrap import unwrap
from chargehand.core.errors import DiffError
from tests.unit.change.diff.parse.reading import HUNK, Z_READ, Z, all_said, git_file, read

DIFF = git_file(b"x") + Z
COLOURED = b"".join(
    b"\x1b[1m%s\x1b[m\n" % line if line[:1] not in b"+-" else b"\x1b[32m%s\x1b[m\n" % line
    for line in DIFF.split(b"\n")[:-1]
)

WRAPPED = {
    "UTF-8 with a mark": (b"\xef\xbb\xbf" + DIFF, "byte-order mark"),
    "UTF-16": (DIFF.decode().encode("utf-16"), "UTF-16"),
    "UTF-16, the other way round": (b"\xfe\xff" + DIFF.decode().encode("utf-16-be"), "UTF-16"),
    "UTF-16 without a mark": (DIFF.decode().encode("utf-16-le"), "UTF-16"),
    "colour": (COLOURED, "Colour codes"),
    "CR LF": (DIFF.replace(b"\n", b"\r\n"), "CR LF"),
    "CR LF but for a line at the end": (DIFF.replace(b"\n", b"\r\n") + b"-- \n", "CR LF"),
}


@pytest.mark.parametrize(("raw", "word"), WRAPPED.values(), ids=WRAPPED)
def test_a_wrapped_diff_is_read_as_if_it_were_bare_and_the_wrapping_is_said(raw: bytes, word: str) -> None:
    wrapped, bare = read(raw), read(DIFF)
    assert wrapped.files == bare.files
    (notice,) = wrapped.notices
    assert word in notice


def test_utf_16_with_cr_lf_as_powershell_writes_it_has_two_notices() -> None:
    diff = read(DIFF.replace(b"\n", b"\r\n").decode().encode("utf-16"))
    assert diff.files == read(DIFF).files
    assert len(diff.notices) == 2


@pytest.mark.parametrize(
    "raw",
    {
        "a file with CR LF": git_file(b"x", b"@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n"),
        "GNU diff, function of a file with CR LF": b"--- a/x\n+++ b/x\n@@ -1 +1 @@ f()\r\n-a\r\n+b\r\n",
        "colour codes in the file": git_file(b"x", b"@@ -1 +1 @@\n-a\n+\x1b[1mdiff --git a/q b/q\x1b[m\n"),
        "a byte-order mark in the file": git_file(b"x", b"@@ -1 +1 @@\n-a\n+\xef\xbb\xbfb\n"),
    }.values(),
)
def test_what_belongs_to_the_file_stays(raw: bytes) -> None:
    assert unwrap(raw) == (raw, ())


def test_colour_in_a_message_does_not_strip_the_file() -> None:
    raw = b"\x1b[1mdiff --git a/q b/q\x1b[m\n\n" + git_file(b"x", b"@@ -1 +1 @@\n-a\n+\x1b[31mb\n")
    (file,) = read(raw).files
    assert file.hunks[0].body == "-a\n+\x1b[31mb"


def test_broken_utf_16_is_read_as_far_as_it_goes() -> None:
    raw = (DIFF.decode() + "\n").encode("utf-16") + b"\x00\xd8\x00"
    assert all_said(raw) == [("x", "modified", 1, 1), Z_READ]


def test_a_mail_whose_lines_are_encoded_is_refused() -> None:
    mail = b"From: t <t@e>\nSubject: x\nContent-Transfer-Encoding: %s\n\n---\n x | 2 +-\n\n"
    with pytest.raises(DiffError, match="quoted-printable"):
        read(mail % b"quoted-printable" + DIFF)
    assert read(mail % b"8bit" + DIFF).files == read(DIFF).files


def test_words_about_an_encoding_in_a_file_do_not_count() -> None:
    raw = git_file(b"x", b"@@ -1 +1 @@\n-a\n+Content-Transfer-Encoding: quoted-printable\n")
    assert all_said(raw) == [("x", "modified", 1, 1)]


def test_a_header_line_that_ends_in_cr_names_the_file_without_it() -> None:
    raw = b"diff --git a/x b/x\r\n--- a/x\r\n+++ b/x\r\n" + HUNK
    assert all_said(raw) == [("x", "modified", 1, 1)]
