"""Every fault, at every stage, once and always: the review ends as the fault matrix says."""

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.contract.fault_cells import Cell, cells, escalated, expected_calls, is_in_vain
from tests.contract.fault_matrix import (
    COLUMNS,
    ENDINGS,
    ESCALATION,
    FAULTS,
    MATRIX,
    SAVED,
    SAVED_COLUMNS,
    TIMEOUT_S,
    WORKER,
)
from tests.contract.struck_run import DISMISSED, PATHS, PLANNED, Json, Ran, run
from tests.messages_api import FaultKind

pytestmark = pytest.mark.waits

ALL_CELLS = (*cells(MATRIX, COLUMNS), *cells(SAVED, SAVED_COLUMNS))


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Give the run in which nothing goes wrong."""
    with pytest.MonkeyPatch.context() as patch:
        return run(tmp_path_factory.mktemp("well"), patch)


def test_the_matrix_has_every_fault_at_every_stage() -> None:
    assert len(FAULTS) == 17
    assert MATRIX.keys() == FAULTS.keys()
    assert {(column.stage, column.title) for column in COLUMNS} == {
        (stage, title) for stage in ("plan", "worker", "judge") for title in ("once", "always")
    }
    assert SAVED.keys() == {name for name, fault in FAULTS.items() if not fault.is_answer}
    assert {cell.word for cell in ALL_CELLS} == ENDINGS.keys()


def test_without_a_fault_everything_is_read_and_judged(well: Ran) -> None:
    report = well.report
    assert report["verdict"] == {
        "status": "passed",
        "exit_code": 0,
        "reasons": ["no finding at or above high"],
        "complete": True,
        "failing": [],
        "blocking": [],
    }
    assert {(each["path"], each["lens"], each["outcome"]) for each in report["coverage"]} == {
        (path, lens, "reviewed") for path in PATHS for lens in PLANNED
    }
    assert [(each["lens"], each["start_line"]) for each in report["findings"]] == [
        ("security", 3),
        ("correctness", 5),
        ("documentation", 4),
        ("tests", 6),
    ]
    assert [each["lens"] for each in report["dismissed"]] == [DISMISSED]
    assert report["summary"] == "Four findings stand."
    assert report["notices"] == []
    assert Decimal(report["bill"]["total_usd"]) == well.bill_usd
    assert well.waits_s == ()


@pytest.mark.parametrize(
    "cell", ALL_CELLS, ids=lambda cell: f"{cell.name}-{cell.column.stage}-{cell.column.title}"
)
def test_a_review_ends_as_the_matrix_says(
    cell: Cell, well: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_slow = cell.fault.kind is FaultKind.TIMEOUT
    ran = run(tmp_path, monkeypatch, [cell.fault], timeout_s=TIMEOUT_S if is_slow else 30.0)
    _check_verdict(cell, ran)
    _check_coverage(cell, ran.report["coverage"])
    _check_claims(cell, ran.report, well.report)
    _check_bill(cell, ran)
    _check_waits(cell, ran)


def _check_verdict(cell: Cell, ran: Ran) -> None:
    """A verdict that is not `passed` says why, and a passed one says nothing of a gap."""
    ending, verdict = cell.ending, ran.report["verdict"]
    assert (verdict["status"], verdict["exit_code"]) == (ending.status, ending.exit_code)
    assert ran.verdict.exit_code == ending.exit_code
    blocking = len(cell.struck_lenses)
    gaps = len(PATHS) * len(cell.lost_lenses)
    expected = {
        "passed": "no finding at or above high",
        "blocked": rf"{blocking} findings? at or above high",
        "incomplete": rf"{gaps} of 10 readings of a file under a lens got no answer(: .*)?"
        if gaps
        else rf"the findings were not judged \({cell.struck.outcome}: .*\)",
    }
    assert len(verdict["reasons"]) == 1
    assert re.fullmatch(expected[ending.status], verdict["reasons"][0])
    invocation = ran.sarif["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is (ending.status != "incomplete")
    assert invocation["exitCode"] == ending.exit_code


def _check_coverage(cell: Cell, coverage: Iterable[Json]) -> None:
    """Each reading was done, and by whom, or says what happened and to whom."""
    saved = cell.struck_lenses[: cell.ending.saved]
    seen = {(each["path"], each["lens"]): each for each in coverage}
    assert seen.keys() == {(path, lens) for path in PATHS for lens in PLANNED}
    for (_, lens), each in seen.items():
        if lens not in cell.lost_lenses:
            assert (each["outcome"], each["model"]) == ("reviewed", ESCALATION if lens in saved else WORKER)
            continue
        is_escalated = lens in escalated(cell)
        assert each["outcome"] == cell.ending.lost
        assert each["model"] == (ESCALATION if is_escalated else WORKER)
        assert each["reason"].startswith(
            "the model declined" if cell.ending.lost == "refused" else f"{cell.struck.outcome}: "
        )
        assert ("not escalated: the stronger model got 2 tasks" in each["reason"]) is not is_escalated


def _check_claims(cell: Cell, report: Json, well: Json) -> None:
    """What was read and judged gives what it gives without the fault; what has no place is shown at none."""
    ending = cell.ending
    misplaced = cell.struck_lenses if ending.anchor != "line" else ()
    kept = [lens for lens in PLANNED if lens not in cell.lost_lenses and lens not in misplaced]
    is_ruled = ending.is_ruled and DISMISSED in kept
    without_fault = {each["lens"]: each for each in (*well["findings"], *well["dismissed"])}
    found = {each["lens"]: each for each in report["findings"]}
    assert {each["lens"] for each in report["dismissed"]} == ({DISMISSED} if is_ruled else set())
    assert len(found) == len(report["findings"])
    assert found.keys() == {*kept, *misplaced} - ({DISMISSED} if is_ruled else set())
    for lens, each in found.items():
        if lens in kept:
            assert _shown(each) == _shown(without_fault[lens])
        else:
            path = {"file": PATHS[0], "summary": ""}[ending.anchor]
            assert (each["anchor"], each["path"], each["start_line"]) == (ending.anchor, path, None)
    is_static = any(notice.startswith("The built-in plan was used") for notice in report["notices"])
    assert is_static is not ending.is_planned


def _shown(finding: Json) -> Json:
    """Return the finding without who wrote and judged it, and without what only a dismissed one has."""
    return {name: value for name, value in finding.items() if name not in ("model", "judged_by", "reason")}


def _check_bill(cell: Cell, ran: Ran) -> None:
    """Every attempt is on the bill at what it is charged, and the bill is never below the server's."""
    served = {record.request_id: record.cost_usd for record in ran.calls}
    calls = ran.report["calls"]
    made, expected = Counter(_attempt(call, served) for call in calls), expected_calls(cell)
    if is_in_vain(cell):  # a few answers of no use tell that of the model: the others are not waited for
        assert made <= expected
        struck = Counter(call["role"] for call in calls if call["outcome"] == cell.struck.outcome)
        unmade = {role for role, *_ in expected.keys() - made.keys()}
        assert unmade <= ({"escalation"} if struck["escalation"] else set())
        assert struck["worker"] <= 2 * len(PLANNED)
        assert struck["escalation"] <= 3
    else:
        assert made == expected
    assert len(ran.calls) == len(calls)
    bill = ran.report["bill"]
    assert Decimal(bill["total_usd"]) == sum(Decimal(call["cost_usd"]) for call in calls)
    assert Decimal(bill["total_usd"]) >= ran.bill_usd
    if not any(call["is_assumed"] for call in calls):
        assert Decimal(bill["total_usd"]) == ran.bill_usd
    assert bill["unpriced"] == []


def _attempt(call: Json, served: dict[str, Decimal]) -> tuple[str, str | None, str, str, str]:
    cost = Decimal(call["cost_usd"])
    if call["is_assumed"]:
        charge = "its worst case" if cost > 0 else "too little"
    elif cost == 0:
        charge = "nothing"
    else:
        charge = "its usage" if cost == served[call["request_id"]] else "something else"
    return call["role"], call["lens"], call["model"], call["outcome"], charge


def _check_waits(cell: Cell, ran: Ran) -> None:
    """There is a wait before every further attempt where patience helps, and a `retry-after` is obeyed."""
    struck = cell.struck
    if struck.charge != "nothing" and struck.outcome not in {"timeout", "connection"}:
        assert ran.waits_s == ()
        return
    tried = Counter[tuple[str, str | None]]()
    for (role, lens, _, outcome, _), times in expected_calls(cell).items():
        tried[role, lens] += times if outcome == struck.outcome else 0
    again = [times - (times == struck.attempts) for times in tried.values()]
    asked_for = struck.fault.retry_after_s
    waits = [each for each in ran.waits_s if asked_for is None or each == asked_for]
    assert len(waits) >= sum(again)
