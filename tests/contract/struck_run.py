"""One review of a small change, in this process and with real reports, while things go wrong."""

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chargehand.app import flow
from chargehand.app.job import Job
from chargehand.app.outputs import Outputs
from chargehand.change import FromFile
from chargehand.core.cancellation import Cancellation
from chargehand.core.verdict import Verdict
from chargehand.pipeline.progress import Progress
from tests.command import environment
from tests.messages_api import Fault, MessagesApi, Record, Script

Json = dict[str, Any]  # Any: JSON

PATHS = ("src/orders.py", "src/totals.py")
# In another order than the built-in one, so that the orchestrator's plan can be told from the static one.
PLANNED = ("security", "documentation", "correctness", "tests", "style")
DISMISSED = "style"
SETTINGS = """
threads = 5
max_spend = 9  # the cap is no part of the matrix
[plan]
small_change_files = 0
[checks]
disabled = ["untested-code"]
"""


class Ran(NamedTuple):
    """What one run left behind: its verdict and reports, what the server saw, and the waits between."""

    verdict: Verdict
    report: Json
    sarif: Json
    markdown: str
    codequality: list[Json]
    stdout: str
    told: str
    calls: tuple[Record, ...]
    bill_usd: Decimal
    waits_s: tuple[float, ...]


def run(
    folder: Path,
    patch: pytest.MonkeyPatch,
    faults: Iterable[Fault] = (),
    *,
    timeout_s: float = 30.0,
    is_annotated: bool = False,
    **flags: str,
) -> Ran:
    """Review the change with these faults; no wait between attempts takes any time.

    Standard output has what a person is shown, or (`is_annotated`) workflow commands.
    """
    (folder / ".chargehand.toml").write_text(SETTINGS)
    (folder / "change.diff").write_text("".join(map(_file, PATHS)))
    cancellation = _Patient()
    stdout, stderr = StringIO(), StringIO()
    with MessagesApi(script=script(), faults=faults) as api, patch.context() as patched:
        environ = environment(api)
        for name in ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"):
            patched.setenv(name, environ[name])
        verdict = flow.run(
            _job(folder, flags, timeout_s, is_annotated=is_annotated),
            cwd=folder,
            environ=environ,
            stdout=stdout,
            progress=Progress(stderr),
            cancellation=cancellation,
        )
    return Ran(
        verdict=verdict,
        report=json.loads((folder / "report.json").read_text("utf-8")),
        sarif=json.loads((folder / "report.sarif").read_text("utf-8")),
        markdown=(folder / "report.md").read_text("utf-8"),
        codequality=json.loads((folder / "report.codequality").read_text("utf-8")),
        stdout=stdout.getvalue(),
        told=stderr.getvalue(),
        calls=api.calls,
        bill_usd=api.bill_usd,
        waits_s=tuple(cancellation.waits_s),
    )


def script() -> Script:
    """Return what is answered where nothing goes wrong: a claim for each lens, one of them dismissed."""
    dismissed = {"claim": _title(DISMISSED), "action": "dismiss", "severity": "low", "reason": "Checked."}
    return Script.of(
        [
            {"role": "plan", "reply": {"groups": [{"files": list(PATHS), "lenses": list(PLANNED)}]}},
            *({"role": "worker", "lens": lens, "reply": {"claims": [_claim(lens)]}} for lens in PLANNED),
            {"role": "judge", "reply": {"summary": "Four findings stand.", "rulings": [dismissed]}},
        ]
    )


class _Patient(Cancellation):
    """A cancellation whose waits take no time."""

    def __init__(self) -> None:
        super().__init__()
        self.waits_s: list[float] = []

    def sleep(self, seconds: float, is_in_vain: Callable[[], bool] = lambda: False) -> None:
        """Note the wait, if it is one."""
        if seconds > 0 and not is_in_vain():
            self.waits_s.append(seconds)


def _job(folder: Path, flags: dict[str, str], timeout_s: float, *, is_annotated: bool) -> Job:
    paths = {name: str(folder / f"report.{end}") for name, end in _REPORTS.items()}
    return Job(
        selection=FromFile(path=folder / "change.diff"),
        flags=dict(flags),
        timeout_s=timeout_s,
        outputs=Outputs(paths=paths | ({"annotations": "-"} if is_annotated else {})),
    )


def _file(path: str) -> str:
    added = "".join(f"+    {_line(path, lens)}\n" for lens in PLANNED)
    head = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n"
    return f"{head}@@ -1,2 +1,{2 + len(PLANNED)} @@ def total(record):\n import os\n import re\n{added}"


def _claim(lens: str) -> Json:
    path = PATHS[PLANNED.index(lens) % len(PATHS)]
    return {
        "file": path,
        "line": 3 + PLANNED.index(lens),
        "quote": _line(path, lens),
        "rule": f"{lens}/other",
        "severity": "medium",
        "confidence": "high",
        "title": _title(lens),
        "message": "An empty list is taken for the end of the book.",
    }


def _line(path: str, lens: str) -> str:
    return f"{lens} = compute(record, {path[4:-3]!r}) or default_of(record)"


def _title(lens: str) -> str:
    return f"The {lens} of an empty list"


_REPORTS = {"json": "json", "sarif": "sarif", "markdown": "md", "codequality": "codequality"}
