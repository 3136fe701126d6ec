"""What is read of files that git calls binary."""

import pytest

from chargehand.change.diff.binary import as_text, is_asset
from chargehand.change.diff.known import ASSETS

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
