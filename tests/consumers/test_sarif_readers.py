"""The SARIF of every case, as two other readers take it: GitHub's upload, and each command of sarif-tools."""

import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.consumers.conftest import PROJECT, Tools
from tests.consumers.test_sarif import CASES, KNOWN
from tests.unit.change.world import World

# How github/codeql-action's upload-sarif looks at a file before it sends it (its src/upload-lib.ts): by this
# library, and an address that is none fails nothing. Its schema is the standard's, which Multitool brings.
_UPLOAD = """
const [schema, ...files] = process.argv.slice(1)
const { Validator } = require("jsonschema")
const { readFileSync } = require("fs")
const read = (file) => JSON.parse(readFileSync(file, "utf-8").replace(/^\\uFEFF/, ""))
const isAddress = (error) => error.name === "format" && ["uri", "uri-reference"].includes(error.argument)
for (const file of files) {
  const { errors } = new Validator().validate(read(file), read(schema))
  for (const error of errors.filter((each) => !isAddress(each))) console.log(`${file}: ${error.stack}`)
}
"""
_Json = dict[str, Any]  # Any: JSON


def test_the_library_that_checks_uploads_to_github_has_no_objection(tools: Tools, tmp_path: Path) -> None:
    bad = tmp_path / "bad.sarif"
    log = json.loads(KNOWN.read_bytes())
    # What once was refused: a place that stands twice in one notification.
    [invocation] = log["runs"][0]["invocations"]
    place = {"physicalLocation": {"artifactLocation": {"uri": "a.py"}}}
    invocation["toolExecutionNotifications"].append({"message": {"text": "x"}, "locations": [place, place]})
    bad.write_text(json.dumps(log))
    objections = _objections_to_upload(tools, *CASES, KNOWN, bad)
    assert [each for each in objections if not each.startswith(f"{bad}: ")] == []
    assert any("contains duplicate item" in each for each in objections)


def _objections_to_upload(tools: Tools, *files: Path) -> list[str]:
    [schema] = tools.folder.glob("node_modules/@microsoft/sarif-multitool-linux/**/sarif-2.1.0.json")
    command: tuple[str | Path, ...] = (tools.node, "-e", _UPLOAD, "--", schema, *files)
    env = {"NODE_PATH": str(tools.folder / "node_modules")}
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return every log under a name with a time in it, for one command reads it."""
    folder = tmp_path_factory.mktemp("copies")
    written = []
    for number, file in enumerate((*CASES, KNOWN), 10):
        copy = folder / f"case{number}_20261130T0800{number}Z.sarif"
        copy.write_bytes(file.read_bytes())
        written.append(copy)
    return written


def run(tools: Tools, command: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        (tools.sarif_tools, command, *arguments), cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stderr[-2_000:]}"
    return done.stdout


def test_the_lists_hold_every_result(tools: Tools, copies: list[Path], tmp_path: Path) -> None:
    results = [each for copy in copies for each in _results(copy)]
    run(tools, "csv", *copies, "-o", tmp_path)
    with (tmp_path / "static_analysis_output.csv").open(encoding="utf-8", newline="") as table:
        assert len(list(csv.DictReader(table))) == len(results)
    run(tools, "codeclimate", *copies, "-o", tmp_path)
    issues = json.loads((tmp_path / "static_analysis_output.json").read_text("utf-8"))
    assert len(issues) == len(results)
    assert len({each["fingerprint"] for each in issues}) > 1
    assert run(tools, "ls", *copies).count(".sarif") >= len(copies)
    counted = sum(
        int(line.split(": ")[1]) for line in run(tools, "summary", *copies).splitlines() if _is_sum(line)
    )
    assert counted == len(results)
    assert f"{len(_results(copies[-1]))} results" in run(tools, "info", copies[-1])


def _is_sum(line: str) -> bool:
    """Tell whether a line of the summary counts all results of a level; those below it begin with a dash."""
    return line.partition(":")[0] in {"error", "warning", "note", "none"}


def test_what_is_written_for_people_and_editors_is_written(
    tools: Tools, copies: list[Path], tmp_path: Path
) -> None:
    for command, written in (
        ("html", "static_analysis_output.html"),
        ("word", "static_analysis_output.docx"),
        ("emacs", ".compile.txt"),
    ):
        run(tools, command, *copies, "-o", tmp_path)
        assert (tmp_path / written).stat().st_size > 1_000, command
    run(tools, "trend", *copies, "-o", tmp_path / "trend.csv")
    assert len((tmp_path / "trend.csv").read_text().splitlines()) >= len(copies)


def test_what_becomes_sarif_again_keeps_its_results(tools: Tools, copies: list[Path], tmp_path: Path) -> None:
    run(tools, "copy", *copies, "-o", tmp_path / "copy.sarif")
    assert len(_results(tmp_path / "copy.sarif")) == sum(len(_results(copy)) for copy in copies)
    World.empty(tmp_path / "code").commit({"src/app.py": "a = 1\n" * 99})
    blamed = tmp_path / "blamed.sarif"
    run(tools, "blame", "-c", tmp_path / "code", copies[-1], "-o", blamed)
    by_line = [each for each in _results(blamed) if "blame" in each["properties"]]
    assert (len(_results(blamed)), len(by_line) > 1) == (len(_results(copies[-1])), True)
    assert "all levels: +0 +0" in run(tools, "diff", copies[0], copies[0])


def _results(log: Path) -> list[_Json]:
    runs = json.loads(log.read_text("utf-8"))["runs"]
    return [result for run in runs for result in run["results"]]
