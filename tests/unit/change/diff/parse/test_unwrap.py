"""What was wrapped round a diff on its way here is taken off, and said."""

import base64
import quopri

import pytest

from chargehand.change.diff.parse.unwrap import unwrap
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


def test_a_mail_whose_lines_are_encoded_is_read_as_git_am_does() -> None:
    mail = b"From: t <t@e>\nSubject: x\nContent-Transfer-Encoding: %s\n\n%s"
    text = b"---\n x | 2 +-\n\n" + git_file(b"x", b"@@ -1 +1 @@\n-a = 1\n+caf\xc3\xa9 = 2\n")
    for form, encoded in (
        (b"quoted-printable", quopri.encodestring(text)),
        (b"base64", base64.encodebytes(text)),
    ):
        diff = read(mail % (form, encoded))
        assert [line.text for line in diff.files[0].lines()] == ["a = 1", "caf\u00e9 = 2"]
        assert diff.notices == (
            "Mails in the input were encoded or had attachments, and were read as git am does.",
        )
    assert read(mail % (b"8bit", text)).files == diff.files


def test_each_mail_of_a_series_is_decoded_by_itself() -> None:
    first = b"From 1 Mon Sep 17 00:00:00 2001\nSubject: 1\n\n---\n\n" + DIFF + b"-- \n2\n\n"
    head = (
        b"From 2 Mon Sep 17 00:00:00 2001\nSubject: 2\nContent-Transfer-Encoding: quoted-printable\n\n---\n\n"
    )
    second = head + git_file(b"y", b"@@ -1 +1 @@\n-a =3D 1\n+a =3D =\n2\n")
    diff = read(first + second)
    assert diff.files[:-1] == read(DIFF).files
    assert [line.text for line in diff.files[-1].lines()] == ["a = 1", "a = 2"]


def test_a_diff_that_is_attached_is_decoded() -> None:
    raw = (
        b'From: t <t@e>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="--x"\n\n'
        b"----x\nContent-Type: text/plain; charset=UTF-8\n\nwords\n"
        b"----x\nContent-Type: text/x-patch; charset=ISO-8859-1\n"
        b"Content-Transfer-Encoding: quoted-printable\n\n"
        + git_file(b"x", b"@@ -1 +1 @@\n-a\n+caf=E9\n")
        + b"\n----x--\n"
    )
    (file,) = read(raw).files
    assert [line.text for line in file.lines()] == ["a", "caf\u00e9"]


@pytest.mark.parametrize("boundary", [b"next-part", b"------------2.39.5", b"x"])
def test_a_diff_that_is_attached_ends_with_its_part(boundary: bytes) -> None:
    raw = (
        b'From: t <t@e>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="%b"\n\n%b'
        b"--%b\nContent-Type: text/plain\n\nwords\n---\n"
        b"--%b\nContent-Type: text/x-patch\n\n%b\n--%b--\n%b"
        % (boundary, git_file(b"before"), boundary, boundary, git_file(b"x"), boundary, git_file(b"behind"))
    )
    assert all_said(raw) == [(name, "modified", 1, 1) for name in ("before", "x", "behind")]


def test_words_about_an_encoding_in_a_file_do_not_count() -> None:
    raw = git_file(b"x", b"@@ -1 +1 @@\n-a\n+Content-Transfer-Encoding: quoted-printable\n")
    assert all_said(raw) == [("x", "modified", 1, 1)]


def test_a_header_line_that_ends_in_cr_names_the_file_without_it() -> None:
    raw = b"diff --git a/x b/x\r\n--- a/x\r\n+++ b/x\r\n" + HUNK
    assert all_said(raw) == [("x", "modified", 1, 1)]
