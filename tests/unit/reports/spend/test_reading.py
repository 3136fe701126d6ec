import json
import zipfile
from pathlib import Path

import pytest

from chargehand.core.errors import InputError
from chargehand.reports.spend.reading import Duplicate, read_runs
from chargehand.reports.spend.sources import Unread
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
    made = tuple(call.model_copy(update={"request_id": None}) for call in calls("a"))
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
        Unread(name=str(tmp_path / "package.json"), reason="it is no JSON report of chargehand, version 1"),
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
    with pytest.raises(InputError, match=r"a\.json' was not read \(it is no JSON\), and 1 more\. Give the"):
        read_runs([tmp_path])
