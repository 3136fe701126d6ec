"""Nothing is left out and green without the target branch's word: the command line over each way."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from chargehand.cli.main import commands
from tests.contract.left_out import WAYS, Way
from tests.unit.change.world import World

REPORTS = {"json": "r.json", "sarif": "r.sarif", "markdown": "r.md", "codequality": "r.cq.json"}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_file_is_left_out_by_the_word_that_the_table_names(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World.empty(tmp_path / "repository")
    world.commit({"README": "x\n", "util.py": "a = 1\n", **way.before})
    world.git("checkout", "-q", "-b", "pr")
    world.commit({"util.py": "a = 2\n", **way.change})
    monkeypatch.chdir(world.root)
    for name, value in {**world.environ, "CI": "true"}.items():
        monkeypatch.setenv(name, value)
    written = [part for name, file in REPORTS.items() for part in (f"--{name}", str(tmp_path / file))]
    arguments = ["review", "--base", "main", "--offline", "--annotations", *written]
    done = CliRunner().invoke(commands, arguments, standalone_mode=False)
    texts = {name: (tmp_path / file).read_text("utf-8") for name, file in REPORTS.items()}
    check_reports(way, done.return_value, done.output, texts)


def check_reports(way: Way, exit_code: object, log: str, reports: dict[str, str]) -> None:
    report = json.loads(reports["json"])
    left = {each["path"]: each for each in report["skipped_files"]}
    (run,) = json.loads(reports["sarif"])["runs"]
    assert exit_code == (0 if way.is_green else 3), log
    assert run["invocations"][0]["executionSuccessful"] is way.is_green
    if way.by == "read":
        assert way.path not in left
        return
    assert (left[way.path]["by"], left[way.path]["reason"]) == (way.by, way.reason)
    assert way.path in log
    assert all(way.path in text for text in reports.values())
