"""Logs of other tools without measure: each ends in words, or counts as far as it is read."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.attempt import Attempt, added
from tests.attacks.conftest import Attack
from tests.attacks.test_bounds import huge
from tests.unit.checks.tools.logs import log, place, result, run

Json = dict[str, Any]  # Any: JSON

LINES = [f"x = {n}" for n in range(1, 61)]
DIFF = added("a.py", *LINES) + added("b.py", "y = 1")
# More than anybody reads of one text.
LONG = "a" * 2_000_000


def many_files(folder: Path) -> None:
    for number in range(101):
        (folder / f"{number}.sarif").write_bytes(log())


def linked(folder: Path) -> None:
    (folder / "log.txt").write_bytes(log())
    (folder / "a.sarif").symlink_to("log.txt")


def writes(content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / "a.sarif").write_bytes(content)


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a byte too many": (lambda folder: huge(folder / "a.sarif", 64), "too large"),
    "too many files": (many_files, "more than 100 files are named"),
    "too many runs": (writes(log(*[run("t")] * 101)), "more than 100 runs"),
    "too many results": (writes(log(run("t", *[{}] * 50_001))), "more than 50,000 results"),
    "too many results of two runs": (
        writes(log(*[run("t", *[{}] * 25_001)] * 2)),
        "more than 50,000 results",
    ),
    "arrays in arrays": (writes(b"[" * 1_000_000), "it is not JSON"),
    "arrays in a log": (writes(b'{"version":"2.1.0","runs":' + b"[" * 100_000), "it is not JSON"),
    "objects in a result": (
        writes(log(run("t", {})).replace(b"{}", b'{"a":' * 10_000 + b"1" + b"}" * 10_000)),
        "it is not JSON",
    ),
    "a long number": (writes(b'{"version":' + b"1" * 100_000 + b"}"), "it is not"),
    "no text": (writes(b"\xff\xfe\x00"), "it is no text"),
    "nothing": (writes(b""), "it is not JSON"),
    "another version": (writes(b'{"version":"3.0.0"}'), "it is not SARIF 2.1.0"),
    "a long version": (writes(json.dumps({"version": LONG}).encode()), "it is not SARIF 2.1.0"),
    "a long name that is none": (
        writes(json.dumps({"version": "2.1.0", "runs": {LONG: 1}}).encode()),
        "runs",
    ),
    "a link": (linked, "a link"),
}


@pytest.mark.parametrize(("make", "said"), REFUSED.values(), ids=REFUSED)
def test_a_log_without_a_bound_is_refused_in_one_short_message(
    attack: Attack, tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    make(tmp_path)
    tried = attack(DIFF, "--offline", "--sarif-in", "*.sarif")
    assert tried.code == 2
    assert tried.told.startswith("chargehand: Nothing was reviewed: ")
    assert said in tried.told
    assert len(tried.told) < 1_000


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
@pytest.mark.parametrize("name", ["a.sarif", "*.sarif"])
def test_nobody_waits_for_a_pipe_in_the_place_of_a_log(attack: Attack, tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "a.sarif")
    tried = attack(DIFF, "--offline", "--sarif-in", name)
    assert tried.code == 2
    assert "not a regular file" in tried.told


@pytest.mark.parametrize(
    "pattern", ["**/" * 500 + "*.sarif", "*/" * 1_500 + "a", "[", "*" * 5_000, "a**", "a" * 300 + "*"]
)
def test_a_pattern_without_measure_is_refused_in_words(attack: Attack, pattern: str) -> None:
    tried = attack(DIFF, "--offline", "--sarif-in", pattern)
    assert tried.code == 2
    assert tried.told.startswith("chargehand: ")


def read(attack: Attack, folder: Path, *runs: Json, words: tuple[str, ...] = ()) -> Attempt:
    """Review the change with a log that can be read."""
    (folder / "a.sarif").write_bytes(log(*runs))
    tried = attack(DIFF, "--offline", "--sarif-in", "a.sarif", *words)
    assert tried.code in (0, 1, 3), tried.told
    return tried


def test_as_many_results_as_are_read_come_to_as_many_findings_as_are_listed(
    attack: Attack, tmp_path: Path
) -> None:
    elsewhere = [result("m", "Mild.", place("none.py", 1), level="note")] * 49_499
    mild = [result("m", f"Mild {n}.", place("a.py", n % 60 + 1), level="note") for n in range(500)]
    grave = result("g", "The grave one.", place("a.py", 60), level="error")
    tried = read(attack, tmp_path, run("t", *elsewhere, *mild, grave))
    assert "The grave one." in tried.titles()
    assert len(tried.titles()) <= 20
    assert "481 more findings" in tried.reports["report.json"]
    assert "501 of 50,000 results on changed lines" in tried.reports["report.json"]


def _bases(deep: int) -> Json:
    return {str(n): {"uri": f"{n}/", "uriBaseId": str(n + 1)} for n in range(deep)}


LARGE: dict[str, Json] = {
    "texts": run(
        LONG, result(LONG, LONG, place("a.py", 1)), rules=({"id": LONG, "helpUri": f"https://{LONG}"},)
    ),
    "addresses": run("t", *(result("r", "R.", place(f"{LONG}/a.py", n)) for n in range(1, 20))),
    "one address for many": run(
        "t",
        *(result("r", "R.", {"physicalLocation": {"artifactLocation": {"index": 0}}}) for _ in range(5_000)),
        artifacts=[{"location": {"uri": f"{LONG}/a.py"}}],
    ),
    "folders": run("t", *(result("r", "R.", place("/" + "f/" * 2_000 + "a.py", 1)) for _ in range(500))),
    "one folder for many": run(
        "t",
        *(result("r", "R.", place("a.py", 1, uriBaseId="B")) for _ in range(5_000)),
        originalUriBaseIds={"B": {"uri": f"{LONG}/"}},
    ),
    "folders in circles": run(
        "t",
        result("r", "R.", place("a.py", 1, uriBaseId="0")),
        originalUriBaseIds={"0": {"uri": "x/", "uriBaseId": "0"}},
    ),
    "folders in folders": run(
        "t", result("r", "R.", place("a.py", 1, uriBaseId="0")), originalUriBaseIds=_bases(5_000)
    ),
    "places": run("t", result("r", "R.", *[place("none.py", 1)] * 50_000, place("a.py", 1))),
    "lines": run(
        "t",
        result("r", "R.", place("a.py", 10**18)),
        result("r", "R.", place("a.py", -5)),
        result(
            "r",
            "R.",
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "a.py"},
                    "region": {"startLine": 1, "endLine": 10**18},
                }
            },
        ),
    ),
    "a number of a rule": run("t", result("r", "R.", place("a.py", 1), ruleIndex=10**30)),
    "one long id for many": run(
        "t", *(result("r", "R.", place("a.py", 1), ruleIndex=0) for _ in range(2_000)), rules=({"id": LONG},)
    ),
    "texts within texts": run(
        "t",
        *(
            {
                "ruleId": "r",
                "message": {"id": "m", "arguments": ["b" * 4_000] * 10},
                "locations": [place("a.py", 1)],
            }
            for _ in range(200)
        ),
        rules=({"id": "r", "messageStrings": {"m": {"text": "{0}" * 500_000}}},),
    ),
    "tags": run(
        "t",
        result("r", "R.", place("a.py", 1)),
        rules=({"id": "r", "properties": {"tags": ["cwe-1"] * 100_000}},),
    ),
}


@pytest.mark.parametrize("made", LARGE.values(), ids=LARGE)
def test_what_is_large_in_a_log_is_cut_and_makes_no_report_large(
    attack: Attack, tmp_path: Path, made: Json
) -> None:
    tried = read(attack, tmp_path, made)
    assert (
        "results on changed lines" in tried.reports["report.json"]
        or "1 result on" in tried.reports["report.json"]
    )
    assert {name for name, text in tried.reports.items() if len(text) > 200_000} == set()


def test_logs_that_the_deadline_leaves_make_the_review_incomplete(attack: Attack, tmp_path: Path) -> None:
    found = [result("r", "R.", place("a.py", n % 60 + 1)) for n in range(20_000)]
    for number in range(30):
        (tmp_path / f"{number}.sarif").write_bytes(log(run("t", *found)))
    tried = attack(DIFF, "--offline", "--sarif-in", "*.sarif", "--deadline", "2")
    assert tried.code == 3
    said = "The deadline came before all logs of other tools were read: "
    assert [name for name, text in tried.reports.items() if said not in " ".join(text.split())] == ["stderr"]
