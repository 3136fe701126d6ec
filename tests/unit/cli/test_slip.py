"""A slip in the options of a review: the reports that were asked for say so."""

import json
from pathlib import Path

import pytest

from tests.command import chargehand
from tests.unit.change.world import World, branched


@pytest.fixture
def world(tmp_path: Path) -> World:
    return branched(tmp_path / "repository")


@pytest.mark.parametrize(
    "wrong",
    [
        ["--frobnicate"],
        ["--fail-on", "bad"],
        ["--fail-on"],
        ["one", "two"],
        ["--staged", "--base", "main"],
        ["--offline", "--record", "x"],
        ["--cache", "-"],
        ["--threads=many"],
    ],
)
def test_a_slip_in_the_options_is_reported_where_the_options_say(world: World, wrong: list[str]) -> None:
    files = world.root.parent / "slip.json", world.root.parent / "slip.md"
    reports = (f"--json={files[0]}", "--markdown", str(files[1]), "--annotations")
    done = chargehand("review", "--offline", *reports, *wrong, cwd=world.root, env=world.environ)
    report = json.loads(files[0].read_text())
    assert (done.returncode, report["verdict"]["status"], report["mode"]) == (2, "error", "offline")
    assert report["verdict"]["reasons"][0].startswith("Nothing was reviewed: ")
    assert "Error: nothing was reviewed" in files[1].read_text()
    assert "::error title=Error%3A nothing was reviewed::Nothing was reviewed" in done.stdout


def test_a_slip_in_another_command_writes_no_report(world: World) -> None:
    file = world.root.parent / "slip.json"
    done = chargehand("spend", "--frobnicate", f"--json={file}", cwd=world.root, env=world.environ)
    assert (done.returncode, file.exists()) == (2, False)
