"""A file of ours is whole, private if asked, and never where a link points."""

import os
import stat
from pathlib import Path

import pytest

from chargehand.core.files import check_space, is_sealed, read_plainly, seal_of, write_whole

POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes, links or pipes")


def test_what_is_written_is_read_back_and_no_draft_stays(tmp_path: Path) -> None:
    write_whole(tmp_path / "state", "ein Über\n", is_durable=True)
    assert read_plainly(tmp_path / "state", 100) == "ein Über\n".encode()
    assert _names(tmp_path) == ["state"]


@POSIX_ONLY
@pytest.mark.parametrize(("is_private", "mode"), [(True, 0o600), (False, 0o644)])
def test_a_private_file_is_for_its_owner_and_another_one_follows_the_umask(
    tmp_path: Path, is_private: bool, mode: int
) -> None:
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "file", "text", is_private=is_private)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


@POSIX_ONLY
def test_a_link_is_replaced_and_what_it_points_to_stays(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs")
    (tmp_path / "ours").symlink_to("theirs")
    write_whole(tmp_path / "ours", "ours")
    assert not (tmp_path / "ours").is_symlink()
    assert (tmp_path / "theirs").read_text() == "theirs"


def test_what_cannot_take_its_place_leaves_what_was_there_and_no_draft(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "folder", "text")
    assert _names(tmp_path) == ["folder"]


def test_text_that_has_no_utf_8_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "file", "new \ud800")
    assert _names(tmp_path) == ["file"]
    assert (tmp_path / "file").read_text() == "old"


def test_a_folder_that_is_missing_has_no_space(tmp_path: Path) -> None:
    check_space(tmp_path)
    assert _names(tmp_path) == []
    with pytest.raises(FileNotFoundError):
        check_space(tmp_path / "missing")


@POSIX_ONLY
def test_a_link_is_not_followed_and_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("theirs")
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(OSError, match=r"symbolic|regular file"):
            read_plainly(tmp_path / name, 100)


def test_the_largest_file_is_read_and_a_larger_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1234")
    assert read_plainly(tmp_path / "file", 4) == b"1234"
    with pytest.raises(OSError, match="too large"):
        read_plainly(tmp_path / "file", 3)


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_seal_holds_for_its_text_and_its_secret_alone() -> None:
    seal = seal_of("text", "secret")
    assert is_sealed("text", seal, "secret")
    assert not is_sealed("text ", seal, "secret")
    assert not is_sealed("text", seal, "Secret")


@pytest.mark.parametrize("forged", ["", "é", "\ud800", "0" * 64])
def test_what_is_no_seal_at_all_is_refused(forged: str) -> None:
    assert not is_sealed("text", forged, "secret")


def test_any_text_that_git_can_name_is_sealed_under_any_secret_that_the_environment_can_hold() -> None:
    assert is_sealed("a\udcff", seal_of("a\udcff", "key\udcff"), "key\udcff")
