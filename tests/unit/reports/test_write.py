import os
import stat
import tempfile
from pathlib import Path

import pytest

from chargehand.core.errors import ChargehandError, InputError
from chargehand.reports.write import check_writable, write


def test_a_report_is_written_as_utf_8_with_its_line_feeds_as_they_are(tmp_path: Path) -> None:
    write(tmp_path / "report.md", "naïve ✓\nend\n")
    assert (tmp_path / "report.md").read_bytes() == "naïve ✓\nend\n".encode()


def test_nothing_but_the_report_is_left_in_the_folder(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    check_writable(report)
    assert list(tmp_path.iterdir()) == []
    write(report, "old")
    write(report, "new")
    assert list(tmp_path.iterdir()) == [report]
    assert report.read_text() == "new"


def test_checking_leaves_an_older_report_as_it_is(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("older")
    check_writable(report)
    assert report.read_text() == "older"


def test_a_report_that_cannot_be_encoded_leaves_the_older_one_and_no_rest(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("older")
    with pytest.raises(UnicodeEncodeError):
        write(report, "\ud800")
    assert report.read_text() == "older"
    assert list(tmp_path.iterdir()) == [report]


def test_a_link_is_replaced_and_what_it_points_at_stays(tmp_path: Path) -> None:
    target, link = tmp_path / "authorized_keys", tmp_path / "report.md"
    target.write_text("secret")
    link.symlink_to(target)
    write(link, "report")
    assert target.read_text() == "secret"
    assert link.read_text() == "report"
    assert not link.is_symlink()


def test_others_may_read_a_report_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write(tmp_path / "report.md", "")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "report.md").stat().st_mode) == 0o644


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "it is a folder"),
        ("missing/report.md", "there is no folder"),
        ("file/report.md", "there is no folder"),
    ],
)
def test_a_path_that_cannot_be_written_is_known_before_money_is_spent(
    tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=said) as caught:
        check_writable(tmp_path / name)
    assert str(caught.value).startswith("nothing was reviewed: ")
    with pytest.raises(ChargehandError, match="was not written"):
        write(tmp_path / name, "text")


def test_a_name_that_the_file_system_refuses_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Name another path"):
        check_writable(tmp_path / ("d" * 300) / "report.md")


def test_a_device_is_written_to_and_not_replaced() -> None:
    check_writable(Path("/dev/null"))
    write(Path("/dev/null"), "text")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="a folder of Linux")  # noqa: S108 - it is what is tested
def test_a_folder_in_memory_takes_files() -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        path = Path(folder, "report.md")
        check_writable(path)
        write(path, "text")
        assert path.read_text("utf-8") == "text"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_an_error_in_words() -> None:
    with pytest.raises(ChargehandError, match="make room"):
        write(Path("/dev/full"), "text")
