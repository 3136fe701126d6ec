"""What a run wants to write is known to be writable before money is spent, and is written whole or not."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from chargehand.core.files import SPACE_BYTES
from tests.command import chargehand, environment
from tests.messages_api import MessagesApi

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
DIFF = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"
# The JSON report of this is larger than a megabyte.
MANY = "".join(DIFF.replace("a.py", f"a{number}.py") for number in range(3000))
# A disk takes so many bytes more and is full: a file can be made, and what is written into it is refused.
ON_A_FULL_DISK = """
import resource, sys
left = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (left, left))
from chargehand.cli.main import main
main()
"""
JOB = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "7", "CI_PROJECT_PATH": "group/project"}
_REPORTS = ("--sarif", "--markdown", "--json", "--codequality")
OUTPUTS = [
    "--sarif",
    "--markdown",
    "--json",
    "--codequality",
    "--record",
    "--cache",
    "--state",
    "--batch-state",
]


def review(
    folder: Path,
    *arguments: str,
    left: int = 2 * SPACE_BYTES,
    diff: str = DIFF,
    stdout: IO[str] | None = None,
    **more: str,
) -> subprocess.CompletedProcess[str]:
    """Review with so many bytes left on the disk. A review that ends with 2 has asked nobody."""
    with MessagesApi() as api:
        words = (str(left), "review", "-", *arguments)
        env = {**environment(api), **JOB, **more}
        if stdout:
            done = subprocess.run(
                [sys.executable, "-B", "-c", ON_A_FULL_DISK, *words],
                cwd=folder,
                env=env,
                input=diff,
                text=True,
                stdout=stdout,
                stderr=subprocess.PIPE,
                check=False,
            )
        else:
            done = chargehand(*words, cwd=folder, env=env, stdin=diff, program=ON_A_FULL_DISK)
        assert done.returncode != 2 or api.log == ()
    return done


def wanted(option: str, path: str) -> list[str]:
    return [*(["--batch"] if option == "--batch-state" else []), option, path]


@pytest.mark.parametrize("option", OUTPUTS)
def test_a_full_disk_is_known_before_money_is_spent(tmp_path: Path, option: str) -> None:
    done = review(tmp_path, *wanted(option, "wanted"), left=SPACE_BYTES // 2)
    assert done.returncode == 2
    assert "othing was reviewed" in done.stderr
    assert "wanted" in done.stderr
    assert "File too large" in done.stderr
    assert "Name a" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    left_behind = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    # A report that says why nothing was reviewed is small enough to fit.
    assert left_behind == (
        ["wanted"] if option in _REPORTS else [".gitignore"] if option == "--cache" else []
    )
    if option == "--json":
        assert json.loads((tmp_path / "wanted").read_bytes())["verdict"]["status"] == "error"


def test_no_room_for_gits_input_is_no_fault_of_ours(tmp_path: Path) -> None:
    done = review(tmp_path, left=0)
    assert done.returncode == 2
    assert "TMPDIR" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("path", ["file/wanted", "folder"])
@pytest.mark.parametrize("option", OUTPUTS)
def test_a_path_that_cannot_be_is_known_before_money_is_spent(tmp_path: Path, option: str, path: str) -> None:
    if option == "--cache" and path == "folder":
        path = "file"
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    done = review(tmp_path, *wanted(option, path))
    assert done.returncode == 2
    assert "othing was reviewed" in done.stderr
    assert path in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_recording_takes_the_place_of_no_device(tmp_path: Path) -> None:
    (tmp_path / "device").symlink_to("/dev/null")
    done = review(tmp_path, "--record", "device")
    assert done.returncode == 2
    assert "not a regular file" in done.stderr


def test_a_report_that_the_disk_does_not_take_leaves_the_old_one_whole_and_the_others_are_written(
    tmp_path: Path,
) -> None:
    (tmp_path / "report.json").write_text("old")
    done = review(
        tmp_path,
        *("--offline", "--json", "report.json", "--codequality", "quality.json"),
        left=SPACE_BYTES,
        diff=MANY,
    )
    assert done.returncode == 3
    assert "report.json was not written: File too large" in done.stderr
    assert "run again" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "report.json").read_text() == "old"
    assert (tmp_path / "quality.json").read_text().endswith("]\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["quality.json", "report.json"]


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_standard_output_that_takes_no_more_is_told_and_costs_no_file(
    tmp_path: Path, unbuffered: str
) -> None:
    with (tmp_path / "out").open("w") as out:
        done = review(
            tmp_path,
            *("--offline", "--json", "-", "--sarif", "x.sarif"),
            left=SPACE_BYTES,
            diff=MANY,
            stdout=out,
            PYTHONUNBUFFERED=unbuffered,
        )
    assert done.returncode == 3
    assert "standard output was not written: File too large" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "x.sarif").stat().st_size > 0


def test_who_stops_reading_does_not_change_the_exit_code(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out:
        done = review(tmp_path, "--offline", "--json", "-", diff=MANY, stdout=out)
    assert done.returncode == 0
    assert "passed" in done.stderr
    assert "error" not in done.stderr
