"""The SARIF of every case, under GitHub's rules as Microsoft's SARIF Multitool knows them."""

import json
import subprocess
from pathlib import Path

import pytest

from chargehand import __version__
from tests.consumers.conftest import PROJECT, Tools

CASES = sorted((PROJECT / "tests/cases").glob("*/expected/report.sarif"))
# With a baseline, a suppression, and the repository's address.
KNOWN = PROJECT / "tests/unit/reports/snapshots/known/report.sarif"


@pytest.mark.parametrize("sarif", [*CASES, KNOWN], ids=lambda path: path.parent.parent.name)
def test_the_multitool_has_no_objection(tools: Tools, sarif: Path, tmp_path: Path) -> None:
    real = sarif.read_text(encoding="utf-8").replace('"VERSION"', f'"{__version__}"')
    (tmp_path / "real.sarif").write_text(real, encoding="utf-8")
    assert _objections(tools, tmp_path / "real.sarif", tmp_path) == []


def test_the_multitool_objects_to_what_github_refuses(tools: Tools, tmp_path: Path) -> None:
    """Without this, the test above could pass by not looking: the Multitool exits with 0 either way."""
    log = json.loads(CASES[0].read_bytes())
    for rule in log["runs"][0]["tool"]["driver"]["rules"]:
        del rule["help"]
    (tmp_path / "bad.sarif").write_text(json.dumps(log))
    assert any(each.startswith("GH2012") for each in _objections(tools, tmp_path / "bad.sarif", tmp_path))


def _objections(tools: Tools, sarif: Path, folder: Path) -> list[str]:
    """Return the errors and warnings, and why something was not looked at."""
    options = ("--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--log", "ForceOverwrite")
    command = (tools.multitool, "validate", sarif, *options, "--output", folder / "log.sarif")
    subprocess.run(command, check=True, capture_output=True)
    [run] = json.loads((folder / "log.sarif").read_text("utf-8-sig"))["runs"]
    unread = [
        notification["message"]["text"]
        for invocation in run.get("invocations", [])
        for notification in invocation.get("toolConfigurationNotifications", [])
    ]
    return unread + [f"{result['ruleId']} {result['message']}" for result in run.get("results", [])]
