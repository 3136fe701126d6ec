"""A provider that answers nobody, or that says that it never will: no green without words, no waste."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.contract.fault_matrix import ESCALATION, WORKER
from tests.contract.struck_run import PATHS, PLANNED, Ran, run
from tests.messages_api import Fault, FaultKind

GAP = "10 of 10 readings of a file under a lens got no answer"
DOWN = Fault(FaultKind.OVERLOADED)
STOPS = {
    FaultKind.UNAUTHORIZED: "did not accept the credentials",
    FaultKind.FORBIDDEN: "does not let this key use the model",
    FaultKind.NOT_FOUND: "does not know the model",
    FaultKind.SPEND_LIMIT: "provider's own spend limit is reached",
    FaultKind.USAGE_LIMIT: "provider's own spend limit is reached",
}
THREADS = 2


@pytest.mark.parametrize(
    ("on_incomplete", "on_outage", "exit_code", "title", "command"),
    [
        ("warn", "fail", 3, "Incomplete", "error"),
        ("warn", "warn", 0, "Passed with gaps", "warning"),
        ("fail", "warn", 0, "Passed with gaps", "warning"),
    ],
)
def test_a_provider_that_is_down_is_told_everywhere(
    on_incomplete: str,
    on_outage: str,
    exit_code: int,
    title: str,
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran = run(tmp_path, monkeypatch, [DOWN], on_incomplete=on_incomplete, on_outage=on_outage)
    annotated = run(
        tmp_path, monkeypatch, [DOWN], is_annotated=True, on_incomplete=on_incomplete, on_outage=on_outage
    )
    assert ran.verdict.exit_code == ran.report["verdict"]["exit_code"] == exit_code
    assert ran.verdict.reasons[0] == GAP
    assert ran.markdown.splitlines()[0].endswith(f"{title} (live): {GAP}")
    assert "✅" not in ran.markdown + ran.stdout
    assert GAP in ran.stdout
    assert title.lower() in ran.stdout.lower()
    assert annotated.stdout.startswith(f"::{command} title={title} (live)%3A {GAP}::")
    assert annotated.told.splitlines()[-1].endswith("; ".join(ran.verdict.reasons))
    _check_sarif(ran, exit_code)
    assert {each["check_name"] for each in ran.codequality} == {"chargehand/not-reviewed"}
    assert {each["outcome"] for each in ran.report["coverage"]} == {"failed"}
    assert ran.report["bill"]["total_usd"] == "0"


def _check_sarif(ran: Ran, exit_code: int) -> None:
    (invocation,) = ran.sarif["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == exit_code
    told = [
        each
        for each in invocation["toolExecutionNotifications"]
        if each["descriptor"]["id"] == "not-reviewed" and each["level"] == "error"
    ]
    assert {each["message"]["text"].partition(":")[0] for each in told} == set(PLANNED)
    for each in told:
        places = [place["physicalLocation"]["artifactLocation"]["uri"] for place in each["locations"]]
        assert places == list(PATHS)


@pytest.mark.parametrize("kind", STOPS)
@pytest.mark.parametrize(
    ("aim", "most"), [({}, 1), ({"role": "worker"}, THREADS), ({"role": "judge"}, 1)], ids=str
)
def test_what_cannot_succeed_is_not_tried_again_and_told_once(
    kind: FaultKind, aim: dict[str, str], most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = run(tmp_path, monkeypatch, [Fault(kind, **aim)], threads=str(THREADS))  # type: ignore[arg-type]  # fields of Fault
    assert 1 <= len(_struck(ran)) <= most
    assert ran.waits_s == ()
    assert (ran.verdict.status.value, ran.verdict.exit_code) == ("incomplete", 3)
    (message,) = _messages(ran)
    assert STOPS[kind] in message
    assert STOPS[kind] in ran.stdout
    assert ran.told.count(STOPS[kind]) == (aim.get("role") != "judge")
    assert Decimal(ran.report["bill"]["total_usd"]) == ran.bill_usd


def test_an_unknown_escalation_model_stops_the_run_once_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [Fault(FaultKind.NOT_FOUND, model=ESCALATION), Fault(FaultKind.GARBAGE, model=WORKER)]
    ran = run(tmp_path, monkeypatch, faults, threads=str(THREADS))
    stopped = [call for call in _struck(ran) if call == FaultKind.NOT_FOUND.value]
    assert 1 <= len(stopped) <= THREADS
    assert ran.verdict.exit_code == 3
    assert {each["outcome"] for each in ran.report["coverage"]} <= {"failed", "skipped"}
    assert all(each["reason"] for each in ran.report["coverage"])
    assert ran.told.count("does not know the model") == 1


def _struck(ran: Ran) -> list[str]:
    return [record.fault for record in ran.calls if record.fault]


def _messages(ran: Ran) -> set[str]:
    """Return every different sentence that says why something was not done."""
    gaps = (reason for reason in ran.verdict.reasons if "not judged" in reason)
    return {each["reason"] for each in ran.report["coverage"] if each["reason"]} | set(gaps)
