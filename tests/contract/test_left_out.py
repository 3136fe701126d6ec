"""Nothing is left out and green without the target branch's word: the command line over each way."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.command import chargehand, environment
from tests.contract.left_out import NOT_SHOWN, WAYS, Way
from tests.messages_api import MessagesApi
from tests.messages_api.prompt import material
from tests.unit.change.world import World

REPORTS = {"json": "r.json", "sarif": "r.sarif", "markdown": "r.md", "codequality": "r.cq.json"}


class Done(NamedTuple):
    """One run: its exit code, what it printed, its reports by their option, and what models were asked."""

    code: int
    printed: str
    reports: dict[str, str]
    prompts: Sequence[str] = ()

    @property
    def report(self) -> dict[str, Any]:  # Any: the JSON report
        report: dict[str, Any] = json.loads(self.reports["json"])
        return report


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_file_is_left_out_by_the_word_that_the_table_names(way: Way, tmp_path: Path) -> None:
    world = World.empty(tmp_path / "repository")
    world.commit({"README": "x\n", "util.py": "a = 1\n", **way.before})
    world.git("checkout", "-q", "-b", "pr")
    world.commit({"util.py": "a = 2\n", **way.change})
    read, unread = review(way, world, tmp_path), review(way, world, tmp_path, "--offline")
    for done in (read, unread):
        check_reports(way, done)
        assert done.code == (0 if way.is_green else 3), done.printed
    assert read.report["verdict"]["complete"] is way.is_green
    assert read.report["verdict"]["status"] == ("passed" if way.is_green else "incomplete")
    assert unread.report["verdict"]["complete"] is False
    assert unread.prompts == []
    check_prompts(way, read)


def review(way: Way, world: World, folder: Path, *more: str) -> Done:
    """Review the change, or its diff in a folder that has nothing else."""
    written = [part for name, file in REPORTS.items() for part in (f"--{name}", str(folder / file))]
    diff, cwd = "", world.root
    selected = ["--base", "main"]
    if way.is_text:
        diff, cwd = world.git("diff", "main", "pr") + "\n", folder
        selected = ["-"]
    with MessagesApi() as api:
        env = {**world.environ, **environment(api), "CI": "true"}
        options = [*selected, "--annotations", *written, *more]
        done = chargehand("review", *options, cwd=cwd, env=env, stdin=diff)
        prompts = [material(record.request) for record in api.log if record.role == "worker"]
    reports = {name: (folder / file).read_text("utf-8") for name, file in REPORTS.items()}
    return Done(done.returncode, done.stdout + done.stderr, reports, prompts)


def check_reports(way: Way, done: Done) -> None:
    """Hold that each report says of the file what the table says."""
    left = {each["path"]: each for each in done.report["skipped_files"]}
    (run,) = json.loads(done.reports["sarif"])["runs"]
    assert run["invocations"][0]["executionSuccessful"] is way.is_green
    if way.by != "read":
        assert (left[way.path]["by"], left[way.path]["reason"]) == (way.by, way.reason)
        assert all(way.path in text for text in (done.printed, *done.reports.values()))
        return
    assert way.path not in left
    if way.is_announced:
        sentence = f"{way.path} is deleted: the number of its lines is shown"
        assert all(sentence in text for text in (done.printed, *done.reports.values()))


def check_prompts(way: Way, done: Done) -> None:
    """Hold that models are shown a file that is read, under each lens, and no line of any other."""
    holding = [text for text in done.prompts if f"] {way.path} (" in text]
    if way.by != "read":
        assert holding == []
        return
    shown = way.shown or last_line(way.change[way.path])
    assert len({text.partition("\nLens: ")[2].partition("\n")[0] for text in holding}) == 5
    assert sum(shown in text for text in holding) >= 5


def last_line(content: str | bytes | None) -> str:
    """Return the last line of a text that holds something."""
    assert content is not None
    codec = "utf-16" if content[:1] == b"\xff" else "utf-8"
    text = content if isinstance(content, str) else content.decode(codec)
    return text.split("\n")[-2].replace("\0", r"\u{0}")


def test_what_is_announced_is_a_row() -> None:
    assert [way.shown for way in WAYS.values() if way.is_announced] == [NOT_SHOWN]
