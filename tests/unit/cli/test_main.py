import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command import chargehand, environment
from tests.messages_api import MessagesApi

DIFF = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"


def review(
    api: MessagesApi, folder: Path, *arguments: str, stdin: str = DIFF
) -> subprocess.CompletedProcess[str]:
    return chargehand("review", "-", *arguments, cwd=folder, env=environment(api), stdin=stdin)


def test_bad_usage_exits_with_2_and_one_message(tmp_path: Path) -> None:
    with MessagesApi() as api:
        for arguments in (
            ["--frobnicate"],
            ["--staged"],
            ["--offline", "--record", "x"],
            ["--fail-on", "bad"],
        ):
            done = review(api, tmp_path, *arguments)
            assert done.returncode == 2
            assert "Traceback" not in done.stderr
            assert done.stdout == ""
        assert api.log == ()


def test_a_report_that_cannot_be_written_is_known_before_money_is_spent(tmp_path: Path) -> None:
    with MessagesApi() as api:
        done = review(api, tmp_path, "--sarif", "no/such/folder/x.sarif")
        assert done.returncode == 2
        assert "no/such/folder" in done.stderr
        assert api.log == ()


def test_two_reports_cannot_have_one_place(tmp_path: Path) -> None:
    with MessagesApi() as api:
        assert review(api, tmp_path, "--sarif", "-", "--json", "-").returncode == 2
        assert review(api, tmp_path, "--sarif", "x", "--json", "./x").returncode == 2
        assert review(api, tmp_path, "--json", "-", "--annotations").returncode == 2


def test_a_report_on_standard_output_is_all_that_stands_there(tmp_path: Path) -> None:
    with MessagesApi() as api:
        done = review(api, tmp_path, "--json", "-")
    assert done.stdout.startswith("{\n")
    assert done.stdout.endswith("}\n")
    assert "passed" in done.stderr


def test_a_recorded_review_is_replayed_without_a_server_and_to_the_same_report(tmp_path: Path) -> None:
    with MessagesApi() as api:
        first = review(api, tmp_path, "--record", "recording.jsonl", "--codequality", "first.json")
        count = len(api.log)
        again = review(api, tmp_path, "--replay", "recording.jsonl", "--codequality", "again.json")
        assert len(api.log) == count
        other = review(api, tmp_path, "--replay", "recording.jsonl", stdin=DIFF.replace("a = 2", "a = 3"))
    assert (first.returncode, again.returncode, other.returncode) == (0, 0, 2)
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "again.json").read_bytes()
    assert "Replayed" in again.stdout
    assert "another change" in other.stderr


def test_without_credentials_the_run_is_incomplete_and_says_what_to_do(tmp_path: Path) -> None:
    with MessagesApi() as api:
        environ = {name: value for name, value in environment(api).items() if name != "ANTHROPIC_API_KEY"}
        env = environ | {"HOME": str(tmp_path)}
        done = chargehand("review", "-", cwd=tmp_path, env=env, stdin=DIFF)
    assert done.returncode == 3
    assert "ANTHROPIC_API_KEY" in done.stdout
    assert done.stderr.count("ANTHROPIC_API_KEY") == 1


@pytest.mark.waits
def test_a_first_interrupt_still_reports_what_was_finished(tmp_path: Path) -> None:
    (tmp_path / "change.diff").write_text(DIFF)
    with MessagesApi(delay_s={"worker": 20}) as api:
        process = subprocess.Popen(
            [sys.executable, "-m", "chargehand", "review", "change.diff", "--json", "report.json"],
            cwd=tmp_path,
            env=environment(api),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 60
        while not api.peak_in_flight and time.monotonic() < deadline:
            time.sleep(0.02)
        process.terminate()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in out + err
    assert (tmp_path / "report.json").read_text("utf-8").endswith("}\n")
