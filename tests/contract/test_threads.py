"""The same replies make the same reports, to the byte, whatever the number of threads."""

import json
import os
import re
import shutil
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chargehand.cli.main import commands
from chargehand.lenses import BUILT_IN_LENSES
from chargehand.llm.cache.store import FOLDER
from tests.command import environment
from tests.messages_api import Fault, FaultKind, MessagesApi, Script, some_fail
from tests.test_cases import REPORTS, steady

pytestmark = pytest.mark.waits

Json = dict[str, Any]  # Any: JSON
THREADS = (1, 4, 16)
FILES, LINES = 9, 40
# No prefix of this size can be cached for this model: no task's price depends on who ran before it.
ALONE = "claude-haiku-4-5-20251001"
# For this one it can, and how many tasks wait for a cached prefix depends on the number of threads.
SHARED = "claude-sonnet-5"
CONFIG = """
fleet = "4"
models.worker = "{worker}"
[plan]
chunk_tokens = 1700
small_change_files = {small_files}
[checks]
disabled = ["untested-code"]
"""
RETRIED = (
    FaultKind.RATE_LIMITED,
    FaultKind.SERVER_ERROR,
    FaultKind.OVERLOADED,
    FaultKind.TRUNCATED,
    FaultKind.GARBAGE,
    FaultKind.WRONG_SHAPE,
    FaultKind.EMPTY,
    FaultKind.UNKNOWN_STOP,
    FaultKind.REFUSED_WITH_TEXT,
)


class Run(NamedTuple):
    """What a run left behind: each report by its file's name, what it told on the way, its exit code."""

    reports: dict[str, str]
    told: str
    code: int


Review = Callable[..., Run]


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Review:
    """Give a function that reviews a change with so many threads, against a server of its own."""

    def run(
        threads: int,
        *arguments: str,
        faults: Sequence[Fault] = (),
        diff: str = "",
        small_files: int = 0,
        worker: str = ALONE,
    ) -> Run:
        folder = tmp_path / "run"
        folder.mkdir(exist_ok=True)
        (folder / ".chargehand.toml").write_text(CONFIG.format(small_files=small_files, worker=worker))
        (folder / "change.diff").write_text(diff or change())
        options = [part for name, option in REPORTS.items() for part in (option, name)]
        command = ["review", "change.diff", *options, "-v", "--threads", str(threads), *arguments]
        with MessagesApi(script=script(), faults=faults) as api, monkeypatch.context() as patch:
            patch.chdir(folder)
            settings = environment(api)
            for name in os.environ.keys() - settings.keys():
                patch.delenv(name)
            for name, value in settings.items():
                patch.setenv(name, value)
            code = commands.main(command, standalone_mode=False)
        reports = {name: steady((folder / name).read_text("utf-8")) for name in REPORTS}
        printed = capsys.readouterr()
        reports["stdout"] = steady(printed.out)
        return Run(reports, printed.err, code)

    return run


def change(*touched: int, files: int = FILES) -> str:
    """Return a diff of many files, of which a push after it touches some."""
    return "".join(_file(number, is_touched=number in touched) for number in range(files))


def _file(number: int, *, is_touched: bool) -> str:
    added = [f"value_{number}_{line} = compute(record[{line}], {number})" for line in range(LINES)]
    added += [f"touched_{number} = again(record)"] if is_touched else []
    body = "".join(f"+{line}\n" for line in added)
    path = _path(number)
    return f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -0,0 +1,{len(added)} @@\n{body}"


def _path(number: int) -> str:
    return f"src/module_{number}.py"


def script() -> Script:
    """Return the replies: claims of all lenses at the same places and of the same severity, and rulings.

    The first lens answers last, so that with many threads the answers come in another order than with one.
    """
    claims = [_claim(lens, number) for lens, number in product(BUILT_IN_LENSES, range(FILES))]
    workers = [
        {
            "role": "worker",
            "lens": lens,
            "reply": {"claims": [each for each in claims if each["rule"].startswith(lens)]},
            "delay_s": 0.01 * (len(BUILT_IN_LENSES) - place),
        }
        for place, lens in enumerate(BUILT_IN_LENSES)
    ]
    rulings = [
        {"claim": _title("style", 2), "action": "dismiss", "reason": "The callers rely on it."},
        {"claim": _title("tests", 1), "action": "merge", "into": _title("security", 1), "reason": "Same."},
        {"claim": _title("security", 3), "action": "regrade", "severity": "low", "reason": "Not reachable."},
    ]
    groups = [
        {"files": [_path(number) for number in (7, 0, 3)], "lenses": ["security"], "focus": "the records"},
        {"files": [_path(number) for number in (1, 2)], "lenses": ["tests", "style"], "focus": "edge cases"},
    ]
    judge = {"summary": "Most modules take an empty record for a full one.", "rulings": rulings}
    return Script.of(
        [
            *workers,
            {"role": "judge", "reply": judge},
            {"role": "plan", "reply": {"groups": groups}},
        ]
    )


def _claim(lens: str, number: int) -> Json:
    return {
        "rule": f"{lens}/other",
        "severity": "medium",
        "confidence": "high",
        "file": _path(number),
        "line": 4,
        "quote": f"value_{number}_3 = compute(record[3], {number})",
        "title": _title(lens, number),
        "message": f"So says {lens}.",  # in words of its own, so that only the judge merges it
    }


def _title(lens: str, number: int) -> str:
    return f"The {lens} of module {number} fails"


def same(runs: Sequence[Run]) -> Json:
    """Return the JSON report of runs that left the same bytes."""
    first, *others = runs
    for other in others:
        for name, text in first.reports.items():
            assert other.reports[name] == text, name
        assert other.code == first.code
        assert sorted(_told(other)) == sorted(_told(first))
    return json_of(first)


def _told(run: Run) -> list[str]:
    """Return the lines on standard error, without what counts or measures how far the run is."""
    told = re.sub(r"^chargehand: \[\d+/(\d+)\]", r"[…/\1]", run.told, flags=re.MULTILINE)
    told = re.sub(r"\$[\d.]+ spent so far(; about \d+ \w+ left)?", "… spent so far", told)
    return steady(re.sub(r"\b\d+\.\d+ s\b", "…", told)).splitlines()


def json_of(run: Run) -> Json:
    report: Json = json.loads(run.reports["report.json"])
    return report


def outcomes(report: Json) -> set[str]:
    return {cell["outcome"] for cell in report["coverage"]}


FAULTS = (
    *(
        Fault(each.kind, p=each.p, seed=each.seed, retry_after_s=0)
        for each in some_fail(0.3, RETRIED, seed=4)
    ),
    Fault(FaultKind.RESET_MID, p=0.02, seed=4),
    # More tasks than the stronger model gets: the same ones must be left over.
    *(Fault(FaultKind.GARBAGE, role="worker", model=ALONE, contains=_path(n)) for n in (4, 5, 6)),
    Fault(FaultKind.REFUSED, role="worker", lens="security", contains=_path(8)),
)


@pytest.mark.parametrize("output", ["terminal", "annotations"])
def test_reports_are_the_same_bytes_at_any_number_of_threads(review: Review, output: str) -> None:
    # One thread waits for each limit that it meets, which takes long: one output is enough for it.
    more, threads = ([], THREADS) if output == "terminal" else (["--annotations"], THREADS[1:])
    runs = [review(each, *more, faults=FAULTS) for each in threads]
    report = same(runs)
    assert _told(runs[-1]) != _told(runs[0])  # its tasks ended in another order
    assert outcomes(report) == {"reviewed", "refused", "failed"}
    assert any("its share" in str(cell["reason"]) for cell in report["coverage"])
    assert {call["role"] for call in report["calls"]} == {"plan", "worker", "escalation", "triage"}
    assert len({call["outcome"] for call in report["calls"]}) > 6
    assert len(report["dismissed"]) == 1
    merged = [each["reason"] for finding in report["findings"] for each in finding["merged"]]
    assert merged.count("Same.") == 1
    assert any(finding["severity"] == "low" for finding in report["findings"])


def test_what_a_cache_holds_changes_nothing_of_that(review: Review, tmp_path: Path) -> None:
    kept = []
    for threads in THREADS:
        review(threads, "--cache", f"../cache-{threads}")
        kept.append(sorted(path.name for path in (tmp_path / f"cache-{threads}" / FOLDER).glob("*.json")))
    assert kept[0] == kept[1] == kept[2] != []
    pushes = []
    for threads in THREADS:
        shutil.copytree(tmp_path / "cache-4", tmp_path / f"again-{threads}")
        pushes.append(review(threads, "--cache", f"../again-{threads}", diff=change(0, 4, 6)))
    report = same(pushes)
    assert {finding["is_cached"] for finding in report["findings"]} == {True, False}


def test_under_a_cap_the_same_tasks_get_the_money_where_no_paid_attempt_fails(review: Review) -> None:
    free = (Fault(FaultKind.OVERLOADED, p=0.1, seed=4, retry_after_s=0),)
    options = ("--max-spend", "0.06")
    report = same([review(threads, *options, faults=free, small_files=99) for threads in THREADS])
    assert outcomes(report) == {"reviewed", "skipped"}
    assert Decimal(report["bill"]["total_usd"]) <= Decimal("0.06")


def test_where_prefixes_are_shared_only_the_money_depends_on_the_threads(review: Review) -> None:
    garbage = Fault(FaultKind.GARBAGE, role="worker", model=SHARED, lens="style")
    options = {"worker": SHARED, "faults": [garbage], "diff": change(files=1), "small_files": 99}
    runs = [review(threads, **options) for threads in THREADS]
    bills = {json_of(run)["bill"]["total_usd"] for run in runs}
    assert len(bills) > 1
    first, *others = (_moneyless(run) for run in runs)
    assert others == [first, first]


def _moneyless(run: Run) -> tuple[Json, str, list[str]]:
    """Return the run's findings, coverage, calls and notifications, without tokens and prices."""
    report = json_of(run)
    for name in ("bill", "timing"):
        del report[name]
    for call in report["calls"]:
        del call["usage"], call["cost_usd"]
    report["notices"] = [notice for notice in report["notices"] if "ran ahead" not in notice]
    sarif = json.loads(run.reports["report.sarif"])["runs"][0]
    texts = [json.dumps(result) for result in sarif["results"]]
    return report, run.reports["codequality.json"], texts
