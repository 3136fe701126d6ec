"""No report repeats a secret that a free check knows, whoever writes it: a worker, or the judge."""

import json
from pathlib import Path

from tests.messages_api import MessagesApi, Script
from tests.test_cases import REPORTS, review

KEY = "AKIA" + "Q3EGU4ZDKPXW7MNB"
LINE = f'AWS_ACCESS_KEY_ID = "{KEY}"'
CHANGE = f"""diff --git a/app.py b/app.py
--- a/app.py
+++ b/app.py
@@ -1,2 +1,4 @@
 import os
+{LINE}
+REGION = "eu-central-1"
 import sys
"""
CLAIM = {
    "rule": "style/naming",
    "severity": "high",
    "confidence": "high",
    "line": 2,
    "title": f"Why {KEY}?",
    "message": f"The key {KEY} has an odd name.",
    "suggestion": f"KEY = '{KEY}'",
    "file": "app.py",
    "quote": LINE,
}
OTHER = {
    **CLAIM,
    "rule": "correctness/other",
    "line": 3,
    "title": "Nobody is in this region",
    "message": "All buckets are in another one.",
    "suggestion": "",
    "quote": 'REGION = "eu-central-1"',
}
# With the tag that the key of tests/command.py gives this place.
MARKER = "MASKED_aqyt7_AWS_ACCESS_KEY_AT_app_py_2"
RULING = {
    "claim": f"Why {MARKER}?",
    "action": "dismiss",
    "severity": "high",
    "reason": f"The name is usual, and {KEY} is the trouble.",
}


def test_a_secret_that_the_judge_repeats_is_masked_in_the_summary_and_the_reason(tmp_path: Path) -> None:
    script = Script.of(
        [
            {"role": "worker", "lens": "style", "reply": {"claims": [CLAIM]}},
            {"role": "worker", "lens": "correctness", "reply": {"claims": [OTHER]}},
            {"role": "judge", "reply": {"summary": f"Revoke {KEY} today.", "rulings": [RULING]}},
        ]
    )
    (tmp_path / "change.diff").write_text(CHANGE)
    with MessagesApi(script=script) as api:
        done = review(tmp_path, tmp_path, api)
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    (dismissed,) = report["dismissed"]
    assert report["summary"] == f"Revoke {MARKER} today."
    assert dismissed["reason"] == f"The name is usual, and {MARKER} is the trouble."
    shown = {name: (tmp_path / name).read_text("utf-8") for name in REPORTS} | {"stdout": done.stdout}
    assert [name for name, text in shown.items() if KEY in text] == []
