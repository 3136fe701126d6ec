import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from chargehand.core.errors import InputError
from chargehand.reports.spend.reading import Duplicate, Found, Limits, Unread, find_reports, read_runs
from tests.unit.reports.spend.stored import calls, report


def test_runs_come_oldest_first_whatever_the_order_of_the_files(tmp_path: Path) -> None:
    for name, at in (("a", "2026-11-03"), ("b", "2026-11-01"), ("c", "2026-11-02")):
        (tmp_path / f"{name}.json").write_bytes(report(calls(name), at=f"{at}T10:00:00Z"))
    assert [Path(run.source).stem for run in read_runs([tmp_path]).runs] == ["b", "c", "a"]


def test_a_report_that_is_given_twice_counts_once_and_is_said(tmp_path: Path) -> None:
    first, copy, packed = tmp_path / "a.json", tmp_path / "copy.json", tmp_path / "packed.zip"
    first.write_bytes(report(calls("a")))
    copy.write_bytes(first.read_bytes())
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(first, "a.json")
    reading = read_runs([first, tmp_path])
    assert [run.source for run in reading.runs] == [str(first)]
    names = [str(first), str(copy), f"{packed}!a.json"]
    assert list(reading.duplicates) == [Duplicate(name=name, of=str(first)) for name in names]


def test_a_report_of_the_same_requests_in_other_words_counts_once(tmp_path: Path) -> None:
    content = report(calls("a"))
    (tmp_path / "a.json").write_bytes(content)
    (tmp_path / "b.json").write_text(json.dumps(json.loads(content) | {"summary": "told anew"}))
    reading = read_runs([tmp_path])
    assert len(reading.runs) == len(reading.duplicates) == 1


def test_runs_with_equal_calls_but_other_request_ids_are_two(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_bytes(report(calls(name)))
    assert len(read_runs([tmp_path]).runs) == 2


def test_runs_without_request_ids_are_two_unless_their_reports_are_the_same(tmp_path: Path) -> None:
    made = tuple(call.evolve(request_id=None) for call in calls("a"))
    for name in ("1", "2"):
        (tmp_path / f"{name}.json").write_bytes(report(made, at=f"2026-11-0{name}T10:00:00Z"))
    assert len(read_runs([tmp_path]).runs) == 2


def test_of_a_run_that_was_taken_up_again_each_call_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(report(calls("a")[:1], at="2026-11-01T10:00:00Z"))
    (tmp_path / "b.json").write_bytes(report(calls("a"), at="2026-11-01T11:00:00Z", estimate="1"))
    reading = read_runs([tmp_path])
    assert [[call.request_id for call in run.calls] for run in reading.runs] == [["req_a_1"], ["req_a_2"]]
    assert [Path(each.name).name for each in reading.overlapping] == ["b.json"]
    rest = reading.runs[1]
    assert (rest.single_pass_usd, rest.all_orchestrator_usd, rest.estimate_usd) == (None, None, None)


def test_a_replay_does_not_take_the_place_of_the_run_that_it_repeats(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(report(calls("a"), mode="replayed"))
    (tmp_path / "b.json").write_bytes(report(calls("a")))
    (tmp_path / "c.json").write_bytes(report(calls("a"), mode="replayed", lines=9))
    reading = read_runs([tmp_path])
    assert [run.mode for run in reading.runs] == ["replayed", "live", "replayed"]
    assert reading.duplicates == ()


def test_what_is_no_report_is_named_and_the_others_count(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(report(calls("a")))
    (tmp_path / "package.json").write_text('{"name": "x"}')
    reading = read_runs([tmp_path, tmp_path / "gone"])
    assert len(reading.runs) == 1
    assert reading.unread == (
        Unread(
            name=str(tmp_path / "package.json"), reason="it is not a JSON report of chargehand, version 1"
        ),
        Unread(name=str(tmp_path / "gone"), reason="No such file or directory"),
    )


def test_names_of_files_are_harmless_to_show(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("\x1b[2J\u202e\n.json", b"{")
        archive.writestr("ok.json", report(calls("a")))
    [unread] = read_runs([path]).unread
    assert unread.name == f"{path}!" + r"\u{1b}[2J\u{202e} .json"


def test_where_nothing_can_be_read_nothing_is_added_up(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no \*\.json and no \*\.zip there"):
        read_runs([tmp_path])
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(name)
    with pytest.raises(InputError, match=r"a\.json' was not read \(it is not JSON\), and 1 more\. Give the"):
        read_runs([tmp_path])


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
    too_large = "it is larger than the 1,000 bytes that are read of a report"
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
