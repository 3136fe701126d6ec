import io
import os
import zipfile
from pathlib import Path

import pytest

from chargehand.reports.spend.sources import Found, Limits, find_reports

DAMAGED = "it is damaged, encrypted or packed in a way that is not known"


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return packed.getvalue()


def found_in(*paths: Path, limits: Limits | None = None) -> dict[str, bytes | str]:
    told = find_reports(paths, limits or Limits())
    return {each.name: each.content if isinstance(each, Found) else each.reason for each in told}


def test_a_folder_gives_the_json_files_and_archives_under_it_in_order(tmp_path: Path) -> None:
    (tmp_path / "b/c").mkdir(parents=True)
    for name in ("b/c/1.json", "b/2.JSON", "a.json", "b/3.sarif", "b/4.md"):
        (tmp_path / name).write_text(name)
    (tmp_path / "z.zip").write_bytes(archive({"in/5.json": b"five"}))
    assert found_in(tmp_path) == {
        str(tmp_path / "a.json"): b"a.json",
        str(tmp_path / "z.zip") + "!in/5.json": b"five",
        str(tmp_path / "b/2.JSON"): b"b/2.JSON",
        str(tmp_path / "b/c/1.json"): b"b/c/1.json",
    }


def test_a_file_that_is_named_is_read_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "report").write_bytes(b"x")
    (tmp_path / "artifact").write_bytes(archive({"r.json": b"y", "r.sarif": b"no report"}))
    found = found_in(tmp_path / "report", tmp_path / "artifact")
    assert found == {str(tmp_path / "report"): b"x", f"{tmp_path / 'artifact'}!r.json": b"y"}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert found_in(tmp_path / "gone") == {str(tmp_path / "gone"): "No such file or directory"}


def test_a_member_with_a_hostile_name_is_only_read(tmp_path: Path) -> None:
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    path.write_bytes(archive({"../../../out.json": b"1", "/etc/out.json": b"2", "C:\\out.json": b"3"}))
    assert list(found_in(path).values()) == [b"1", b"2", b"3"]
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


def test_a_report_that_is_too_large_is_named_and_the_next_one_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive({"bomb.json": b"0" * 5_000_000, "good.json": b"1" * 1000}))
    (tmp_path / "b.json").write_bytes(b"2" * 1001)
    too_large = "it is larger than the 1,000 bytes that are read of it"
    assert found_in(tmp_path, limits=Limits(report_bytes=1000)) == {
        f"{path}!bomb.json": too_large,
        f"{path}!good.json": b"1" * 1000,
        str(tmp_path / "b.json"): too_large,
    }


def test_an_archive_gives_no_more_than_its_limits(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive({f"{n}.json": b"0" * 400 for n in range(4)}))
    by_size = found_in(path, limits=Limits(archive_bytes=1000))
    assert [type(each) for each in by_size.values()] == [bytes, bytes, str, str]
    by_number = found_in(path, limits=Limits(members=3))
    assert list(by_number.values())[3] == "only 3 of its 4 JSON files were read"


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_size_that_a_header_claims_wrongly_is_damage(tmp_path: Path, compression: int) -> None:
    packed = archive({"r.json": b"x" * 3000}, compression)
    path = tmp_path / "a.zip"
    path.write_bytes(packed.replace((3000).to_bytes(4, "little"), (5).to_bytes(4, "little")))
    assert found_in(path) == {f"{path}!r.json": DAMAGED}


def test_an_archive_that_lost_its_beginning_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive({"r.json": b"x" * 3000}, zipfile.ZIP_STORED)[40:])
    assert found_in(path) == {f"{path}!r.json": DAMAGED}


def test_a_damaged_member_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive({"r.json": b"x" * 3000}, zipfile.ZIP_STORED).replace(b"xxx", b"xyx", 1))
    assert found_in(path) == {f"{path}!r.json": DAMAGED}


def test_an_archive_without_reports_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive({"report.sarif": b"{}"}))
    assert found_in(path) == {str(path): "it holds no JSON file"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are Unix's")
def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    (tmp_path / "b.json").write_bytes(b"x")
    assert found_in(tmp_path) == {str(tmp_path / "b.json"): b"x"}


def test_a_link_that_leads_in_a_circle_ends(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to(tmp_path)
    (tmp_path / "b.json").write_bytes(b"x")
    assert found_in(tmp_path) == {str(tmp_path / "b.json"): b"x"}
