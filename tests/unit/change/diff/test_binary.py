"""What is read of files that git calls binary."""

import pytest

from chargehand.change.diff.binary import Sides, as_text, is_asset, read_binaries
from chargehand.change.diff.known import ASSETS
from chargehand.core.diff import Authority, Diff, FileDiff, Skip, SkipReason, Status

TEXT = "import os\nos.system(user)\n"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_in_another_encoding_is_decoded(codec: str) -> None:
    assert as_text(TEXT.encode(codec)) == TEXT.encode()


def test_a_text_with_a_nul_in_it_is_text() -> None:
    assert as_text(TEXT.encode() + b"# \0\n") == TEXT.encode() + b"# \0\n"
    assert as_text("caf\u00e9 \0".encode("latin-1")) == b"caf\xe9 \0"


@pytest.mark.parametrize("data", [bytes(range(32)) * 9, b"\x7fELF" + b"\0" * 90, b"\xff\xfe\x00"])
def test_what_is_no_text_is_not_read(data: bytes) -> None:
    assert as_text(data) is None


@pytest.mark.parametrize("ending", ASSETS)
def test_a_picture_is_one_if_its_ending_and_its_bytes_agree(ending: str) -> None:
    start, magics = ASSETS[ending]
    for magic in magics:
        assert is_asset(f"a{ending.upper()}", b"\0" * start + magic + b"\0" * 9)
    assert not is_asset(f"a{ending}", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0")
    assert not is_asset(f"a{ending}", None)
    assert not is_asset("a.bin", b"\0" * start + magics[0])


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 9
ELF = b"\x7fELF" + bytes(range(32)) * 9
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n"
GAP = Skip(reason=SkipReason.BINARY, by=Authority.NOBODY, detail="It is binary.")


@pytest.mark.parametrize(
    ("status", "path", "old", "new", "head", "is_fact"),
    [
        ("added", "a.png", None, PNG, None, True),
        ("modified", "a.png", PNG, PNG, None, True),
        ("modified", "a.png", POINTER, PNG, None, True),
        ("added", "a.mp4", None, None, b"\0\0\0\x20ftypisom", True),
        ("added", "a.mp4", None, None, ELF, False),
        ("added", "a.mp4", None, None, None, False),
        ("renamed", "a.png", TEXT.encode(), PNG, None, False),
        ("deleted", "a.bin", ELF, None, None, True),
        ("deleted", "a.bin", None, None, ELF, True),
        ("deleted", "a.bin", None, None, TEXT.encode(), False),
        ("deleted", "a.bin", None, None, None, False),
    ],
)
def test_what_was_no_text_and_is_none_is_a_fact(
    status: Status, path: str, old: bytes | None, new: bytes | None, head: bytes | None, *, is_fact: bool
) -> None:
    file = FileDiff(path=path, status=status, old_path="auth.py" if status == "renamed" else None, skip=GAP)
    before, after = {file.old_path or path: old}, {path: new}
    sides = Sides(_known(before), _known(after), _known({path: head}))
    (read,) = read_binaries(Diff(files=(file,)), sides, compare=lambda pairs: [()] * len(pairs)).files
    assert read.skip
    assert (read.skip.by is Authority.CONTENT) is is_fact


def test_a_text_that_is_only_encoded_anew_is_a_fact() -> None:
    file = FileDiff(path="a.ps1", status="modified", skip=GAP)
    sides = Sides({"a.ps1": TEXT.encode("utf-16")}, {"a.ps1": TEXT.encode()}, {})
    (read,) = read_binaries(Diff(files=(file,)), sides, compare=lambda pairs: [()] * len(pairs)).files
    assert read.skip
    assert (read.skip.by, read.skip.detail) == (
        Authority.CONTENT,
        "Its encoding changes, and none of its text.",
    )


def _known(contents: dict[str, bytes | None]) -> dict[str, bytes]:
    return {path: data for path, data in contents.items() if data is not None}
