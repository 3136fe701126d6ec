"""How a run ends before it is done: at its deadline, at the first signal, and at the second."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chargehand.core.usage import ABANDONED
from tests.command import Running, environment, start
from tests.messages_api import Fault, FaultKind, MessagesApi

pytestmark = [
    pytest.mark.waits,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals"),
]

Json = dict[str, Any]  # Any: JSON
DIFF = """diff --git a/a.py b/a.py
--- a/a.py
+++ b/a.py
@@ -1,2 +1,3 @@
 import os
+import re
 import sys
"""
LENSES = 5
# How long a call hangs that nobody waits for: no run here may take so long.
HANG_S = 60.0


class Ended(NamedTuple):
    """A command that has ended: its exit code, how long it took, its report if there is one, what it said."""

    code: int
    seconds: float
    report: Json | None
    said: str


def review(
    api: MessagesApi,
    folder: Path,
    *options: str,
    meanwhile: Callable[[Running], None] = lambda _running: None,
) -> Ended:
    """Run the command; `meanwhile` is called with it."""
    (folder / "change.diff").write_text(DIFF)
    (folder / ".chargehand.toml").write_text('[checks]\ndisabled = ["untested-code"]\n')
    began = time.monotonic()
    words = ("review", "change.diff", "--json", "report.json", *options)
    with start(*words, cwd=folder, env=environment(api)) as running:
        meanwhile(running)
        done = running.ended()
    seconds = time.monotonic() - began
    path = folder / "report.json"
    report = json.loads(path.read_text("utf-8")) if path.exists() else None
    return Ended(done.returncode, seconds, report, done.stderr)


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert happened()


def outcomes(report: Json | None) -> dict[str, str]:
    assert report is not None
    return {cell["lens"]: cell["reason"] or cell["outcome"] for cell in report["coverage"]}


def assert_abandoned_at_worst_case(report: Json | None, number: int) -> None:
    """Assert that so many calls were left in flight, and that the bill holds them at their worst case."""
    assert report is not None
    left = [call for call in report["calls"] if call["outcome"] == ABANDONED]
    assert len(left) == number
    assert all(call["is_assumed"] and Decimal(call["cost_usd"]) > 0 for call in left)
    assert Decimal(report["bill"]["total_usd"]) == sum(Decimal(call["cost_usd"]) for call in report["calls"])


def test_at_its_deadline_a_run_reports_what_is_finished(tmp_path: Path) -> None:
    faults = [Fault(FaultKind.TIMEOUT, lens=lens, hang_s=HANG_S) for lens in ("style", "documentation")]
    with MessagesApi(faults=faults) as api:
        ended = review(api, tmp_path, "--deadline", "14")
    assert ended.code == 3
    assert ended.seconds < HANG_S
    assert outcomes(ended.report) == {
        "correctness": "reviewed",
        "security": "reviewed",
        "tests": "reviewed",
        "documentation": "deadline",
        "style": "deadline",
    }
    assert_abandoned_at_worst_case(ended.report, 2)


def test_a_wait_that_the_server_asks_for_does_not_pass_the_deadline(tmp_path: Path) -> None:
    fault = Fault(FaultKind.RATE_LIMITED, lens="style", retry_after_s=60)
    with MessagesApi(faults=[fault]) as api:
        ended = review(api, tmp_path, "--deadline", "20")
    assert ended.code == 3
    assert ended.seconds < HANG_S
    assert "given up: a wait of 60.0 s would pass the deadline" in outcomes(ended.report)["style"]


def test_a_deadline_that_is_far_away_changes_nothing(tmp_path: Path) -> None:
    with MessagesApi() as api:
        assert review(api, tmp_path, "--deadline", "600").code == 0


@pytest.mark.parametrize("text", ["0", "-3", "soon", "1.5"])
def test_a_deadline_is_a_number_of_seconds(tmp_path: Path, text: str) -> None:
    with MessagesApi() as api:
        ended = review(api, tmp_path, "--deadline", text)
        assert api.log == ()
    assert ended.code == 2
    assert "--deadline" in ended.said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_has_what_is_finished_reported(tmp_path: Path, number: signal.Signals) -> None:
    faults = [Fault(FaultKind.TIMEOUT, lens="style", hang_s=HANG_S)]

    def interrupt(running: Running) -> None:
        wait_until(lambda: len(api.calls) == LENSES)
        time.sleep(0.3)
        running.send_signal(number)

    with MessagesApi(faults=faults) as api:
        ended = review(api, tmp_path, meanwhile=interrupt)
    assert ended.code == 130
    assert outcomes(ended.report)["style"] == "interrupted"
    assert list(outcomes(ended.report).values()).count("reviewed") == LENSES - 1
    assert_abandoned_at_worst_case(ended.report, 1)


def test_the_second_signal_ends_the_run_at_once(tmp_path: Path) -> None:
    def interrupt_twice(running: Running) -> None:
        wait_until(lambda: len(api.calls) > 0)
        running.send_signal(signal.SIGINT)
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)  # the first, sent twice
        time.sleep(1)
        assert not running.is_over()
        running.send_signal(signal.SIGINT)

    with MessagesApi(faults=[Fault(FaultKind.TIMEOUT, hang_s=HANG_S)]) as api:
        ended = review(api, tmp_path, meanwhile=interrupt_twice)
    assert ended.code == 130
    assert ended.seconds < HANG_S
    assert ended.report is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [".chargehand.toml", "change.diff"]


def heeds_signals(pid: int) -> bool:
    """Return whether a process has a handler of its own for SIGTERM, where the system tells."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        time.sleep(1)
        return True
    (caught,) = re.findall(r"^SigCgt:\s*(\w+)", status.read_text(), re.MULTILINE)
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


def test_before_anybody_is_asked_a_signal_leaves_nothing(tmp_path: Path) -> None:
    with MessagesApi() as api:
        with subprocess.Popen(
            [sys.executable, "-m", "chargehand", "review", "-", "--json", "report.json"],
            cwd=tmp_path,
            env=environment(api),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            wait_until(lambda: heeds_signals(process.pid))
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=120)
        assert api.log == ()
    assert process.returncode == 130
    assert said.strip() == "chargehand: interrupted; nothing was reviewed"
    assert not (tmp_path / "report.json").exists()
