"""What the action's step does when its job is cancelled: the runner interrupts the shell, not the review."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from chargehand.lenses import BUILT_IN_LENSES
from tests.messages_api import Fault, FaultKind, MessagesApi

pytestmark = pytest.mark.waits

ROOT = Path(__file__).parents[2]
HANG_S = 60.0


def step(name: str) -> str:
    """Return the script of the action's step of this name."""
    action = cast("dict[str, Any]", yaml.safe_load((ROOT / "action.yml").read_text("utf-8")))  # YAML
    [found] = [each["run"] for each in action["runs"]["steps"] if each["name"] == name]
    return str(found)


def git(folder: Path, *arguments: str) -> None:
    who = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *arguments], cwd=folder, env=os.environ | who, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a repository whose HEAD has one commit more than the branch `base`."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for number, text in enumerate(("import os\n", "import os\nimport re\n")):
        (folder / "a.py").write_text(text)
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", f"Commit {number}")
    git(folder, "branch", "base", "HEAD~")
    return folder


def heed_interrupts() -> None:
    """Take back what a shell does to background jobs: they ignore it, and a bash that does cannot trap it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_cancelled_job_still_has_its_report_and_outputs(tmp_path: Path, checkout: Path) -> None:
    outputs, summary = tmp_path / "outputs", tmp_path / "summary"
    with MessagesApi(faults=[Fault(FaultKind.TIMEOUT, lens="style", hang_s=HANG_S)]) as api:
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "ANTHROPIC_BASE_URL": api.url,
            "ANTHROPIC_API_KEY": api.key,
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_STEP_SUMMARY": str(summary),
            "run_folder": str(tmp_path),
            "run_python": sys.executable,
            "input_base": "base",
            "input_head": "HEAD",
        }
        began = time.monotonic()
        with subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step("Review")],
            cwd=checkout,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=heed_interrupts,  # noqa: PLW1509 - all that runs before bash
            text=True,
        ) as shell:
            while len(api.calls) < len(BUILT_IN_LENSES) and time.monotonic() - began < HANG_S / 2:
                time.sleep(0.05)
            time.sleep(0.5)
            shell.send_signal(signal.SIGINT)
            said, _ = shell.communicate(timeout=HANG_S)
        seconds = time.monotonic() - began
    assert shell.returncode == 130, said
    assert seconds < HANG_S
    told = dict(line.split("=", 1) for line in outputs.read_text("utf-8").splitlines())
    assert (told["verdict"], told["complete"]) == ("incomplete", "false")
    assert "interrupted" in summary.read_text("utf-8")
