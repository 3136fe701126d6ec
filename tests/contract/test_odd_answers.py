"""Whatever a model answers: the same command again with `--cache` asks nobody, and says the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import chargehand, environment
from tests.messages_api import MessagesApi, Script

Json = dict[str, Any]  # Any: JSON

CHANGE = """\
diff --git a/one.py b/one.py
--- a/one.py
+++ b/one.py
@@ -1,1 +1,5 @@ def total(record):
 import os
+first = amount / count
+log(first)
+second = amount / count
+log(first)
diff --git a/two.py b/two.py
--- a/two.py
+++ b/two.py
@@ -1,1 +1,2 @@
 import os
+third = open(name).read()
"""
OPTIONS = ("--cache", "cache", "--threads", "1", "--fail-on", "high")
REPORTS = ("--json", "report.json", "--sarif", "report.sarif", "--codequality", "quality.json")


def claim(**changes: object) -> Json:
    return {
        "rule": "correctness/other",
        "severity": "high",
        "confidence": "high",
        "file": 1,
        "line": 2,
        "end_line": 2,
        "quote": "first = amount / count",
        "title": "Nothing to divide by",
        "message": "With no record count is 0.",
        "replaces": "",
        "suggestion": "",
    } | changes


def ruling(number: int, action: str, into: int = 0, severity: str = "high") -> Json:
    return {"claim": number, "action": action, "into": into, "severity": severity, "reason": "Checked."}


LOG = {"quote": "log(first)", "title": "The log says the first amount only", "message": "It is logged twice."}
TWICE = [claim(**LOG, line=3), claim(**LOG, line=5)]
FAR = claim(file=2, line=2, quote="third = open(name).read()", title="The file stays open", message="Always.")
NOWHERE = claim(file=7, title="A caller elsewhere still expects a list")

# What the correctness lens answers, what the judge rules, and its summary.
ODD: dict[str, tuple[list[Json], list[Json], str]] = {
    "a file that was not shown": ([claim(), NOWHERE], [], "Two."),
    "nothing but a file that was not shown": ([NOWHERE], [], "One."),
    "two files that were not shown": ([NOWHERE, claim(file=-1, title="Another"), FAR], [], "Three."),
    "a file that was not shown, dismissed": ([claim(), NOWHERE], [ruling(2, "dismiss")], "One."),
    "a quote that is nowhere": ([claim(quote="fourth = 4")], [], "One."),
    "no quote and no line": ([claim(quote="", line=0, end_line=0)], [], "One."),
    "the same claim twice": ([claim(), claim()], [], "One."),
    "a rule that there is not": ([claim(rule="security/made-up")], [], "One."),
    "more than fifteen claims": ([claim(title=f"Number {n}") for n in range(20)], [], "Many."),
    "no summary": ([claim()], [], ""),
    "a ruling on no claim": ([claim()], [ruling(9, "dismiss"), ruling(0, "merge", 1)], "One."),
    "a claim merged into itself": ([claim()], [ruling(1, "merge", 1)], "One."),
    "a circle of merges": ([claim(), FAR], [ruling(1, "merge", 2), ruling(2, "merge", 1)], "One."),
    "two rulings on one claim": ([claim(), FAR], [ruling(1, "dismiss"), ruling(1, "merge", 2)], "One."),
    "a merge into what is dismissed": ([claim(), FAR], [ruling(1, "merge", 2), ruling(2, "dismiss")], ""),
    "equal claims, one of them dismissed": (TWICE, [ruling(1, "dismiss")], "One."),
    "equal claims, one merged into the other": (TWICE, [ruling(2, "merge", 1)], "One."),
    "equal claims, graded differently": (TWICE, [ruling(1, "regrade", 0, "low")], "Two."),
    "a claim merged into one of two equal ones": ([*TWICE, FAR], [ruling(3, "merge", 1)], "Two."),
    "everything dismissed": ([claim(), FAR], [ruling(1, "dismiss"), ruling(2, "dismiss")], "None."),
}


@pytest.mark.parametrize("name", ODD)
def test_the_same_command_again_asks_nobody_and_says_the_same(name: str, tmp_path: Path) -> None:
    claims, rulings, summary = ODD[name]
    script = Script.of(
        [
            {"role": "worker", "lens": "correctness", "reply": {"claims": claims}},
            {"role": "judge", "reply": {"summary": summary, "rulings": rulings}},
        ]
    )
    (tmp_path / "change.diff").write_text(CHANGE)
    first, asked = _review(tmp_path, script)
    assert asked > 0
    again, asked = _review(tmp_path, script)
    assert asked == 0
    assert again == first


def _review(folder: Path, script: Script) -> tuple[Json, int]:
    """Return all that the reports say but who was asked, and how many requests there were."""
    with MessagesApi(script=script, key="key") as api:
        command = ("review", "change.diff", *OPTIONS, *REPORTS)
        done = chargehand(*command, cwd=folder, env=environment(api))
        asked = len(api.log)
    assert done.returncode in (0, 1), done.stderr
    report = json.loads((folder / "report.json").read_text("utf-8"))
    said = {name: report[name] for name in ("verdict", "summary", "notices", "gaps")}
    for name in ("findings", "dismissed", "coverage"):
        said[name] = [{key: each[key] for key in each if key != "is_cached"} for each in report[name]]
    sarif = json.loads((folder / "report.sarif").read_text("utf-8"))["runs"][0]["results"]
    for result in sarif:
        result.get("properties", {}).pop("isCached", None)
    quality = (folder / "quality.json").read_text("utf-8")
    return said | {"sarif": sarif, "quality": quality, "code": done.returncode}, asked
