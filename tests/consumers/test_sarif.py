"""The SARIF of every case, under GitHub's rules as Microsoft's SARIF Multitool knows them."""

import json
import subprocess
from pathlib import Path
from typing import Any

from chargehand import __version__
from tests.consumers.conftest import PROJECT, Tools

CASES = sorted((PROJECT / "tests/cases").glob("*/expected/report.sarif"))
# With a baseline, a suppression, and the repository's address.
KNOWN = PROJECT / "tests/unit/reports/snapshots/known/report.sarif"


def test_the_multitool_has_no_objection(tools: Tools, tmp_path: Path) -> None:
    for report in (*CASES, KNOWN):
        real = report.read_text(encoding="utf-8").replace('"VERSION"', f'"{__version__}"')
        (tmp_path / f"{report.parent.parent.name}.sarif").write_text(real, encoding="utf-8")
    assert _objections(tools, tmp_path) == []


def test_the_multitool_objects_to_what_github_refuses(tools: Tools, tmp_path: Path) -> None:
    """Without this, the test above could pass by not looking: the Multitool exits with 0 either way."""
    log = json.loads(CASES[0].read_bytes())
    for rule in log["runs"][0]["tool"]["driver"]["rules"]:
        del rule["help"]
    (tmp_path / "bad.sarif").write_text(json.dumps(log))
    (tmp_path / "good.sarif").write_bytes(CASES[1].read_bytes())
    objections = _objections(tools, tmp_path)
    assert any("GH2012" in each for each in objections)
    assert all(each.startswith("bad.sarif ") for each in objections)


def _objections(tools: Tools, folder: Path) -> list[str]:
    """Return the errors and warnings about each file of a folder, and why something was not looked at."""
    files = sorted(folder.glob("*.sarif"))
    log = folder / "objections.json"
    options = ("--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--log", "ForceOverwrite")
    command: tuple[str | Path, ...] = (tools.multitool, "validate", *files, *options, "--output", log)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert f" {len(files)} files scanned" in done.stdout
    [run] = json.loads(log.read_text("utf-8-sig"))["runs"]
    unread = [
        notification["message"]["text"]
        for invocation in run.get("invocations", [])
        for notification in invocation.get("toolConfigurationNotifications", [])
    ]
    return unread + [
        f"{_name(result)} {result['ruleId']} {result['message']}" for result in run.get("results", [])
    ]


def _name(result: dict[str, Any]) -> str:  # Any: JSON
    """Return the name of the file that an objection is about."""
    [location] = result["locations"]
    return Path(location["physicalLocation"]["artifactLocation"]["uri"]).name
