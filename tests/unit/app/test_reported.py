"""What the logs of other tools come to in a whole run, without a model."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chargehand.app.flow import run as run_flow
from chargehand.app.job import Job
from chargehand.app.outputs import Outputs
from chargehand.change import Range
from chargehand.config import Settings
from chargehand.core.errors import InputError
from chargehand.core.verdict import Verdict
from chargehand.forges.report import report_of
from chargehand.pipeline.progress import Progress
from tests.unit.change.world import World
from tests.unit.checks.tools.logs import bandit, log, place, result, ruff, run

Json = dict[str, Any]  # Any: JSON


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.empty(tmp_path / "repository")
    world.commit({"a.py": "import sys\n", "src/b.py": "x = 1\n"})
    world.commit({"a.py": "import sys\nimport os\n", "src/b.py": "x = 1\neval(x)\n"})
    return world


def review(world: World, out: Path, *patterns: str, **settings: Any) -> tuple[Verdict, Json]:  # Any: settings
    chosen = Settings(sarif_in=patterns, **settings)
    names = {
        "json": "json",
        "sarif": "sarif",
        "markdown": "md",
        "html": "html",
        "codequality": "cq",
        "junit": "xml",
    }
    outputs = Outputs(paths={name: str(out / f"r.{ending}") for name, ending in names.items()})
    job = Job(
        selection=Range(base="HEAD~1", head="HEAD"),
        flags={},
        settings=chosen,
        is_offline=True,
        outputs=outputs,
    )
    said = io.StringIO()
    verdict = run_flow(job, cwd=world.root, environ=world.environ, stdout=said, progress=Progress(said))
    return verdict, json.loads((out / "r.json").read_text())


def written(folder: Path, **logs: bytes) -> None:
    for name, content in logs.items():
        (folder / f"{name}.sarif").write_bytes(content)


def test_what_tools_say_of_changed_lines_stands_in_every_report_with_its_tool_rule_and_link(
    world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    beside = run("ruff", result("E501", "Too long.", place("src/b.py", 1)))
    written(folder, ruff=log(ruff((world.root / "a.py").as_uri()), beside), bandit=log(bandit("src/b.py")))
    verdict, report = review(world, tmp_path, str(folder / "*.sarif"))
    assert (verdict.exit_code, report["mode"]) == (1, "offline")
    found = {each["rule"]: each for each in report["findings"] if each["tool"]}
    assert found.keys() == {"tool/ruff/F401", "tool/bandit/B602"}
    assert found["tool/bandit/B602"]["tool"] == {
        "name": "bandit", "rule": "B602", "title": "", "help_uri": "https://bandit.example/b602",
    }  # fmt: skip
    assert found["tool/ruff/F401"]["start_line"] == 2
    assert report["tools"] == ["bandit", "ruff"]
    assert {
        each.lens
        for each in report_of((tmp_path / "r.json").read_bytes(), "r").findings
        if each.rule in found
    } == {"tool"}
    said = " ".join(report["notices"])
    assert "ruff 1.2.3 (ruff.sarif): 0 of 1 result on changed lines; 1 not on changed lines." in said
    assert "No model ruled on what other tools say" in said
    for name in ("r.json", "r.sarif", "r.md", "r.html", "r.cq", "r.xml"):
        text = (tmp_path / name).read_text("utf-8")
        assert "tool/bandit/B602" in text, name
        assert "https://bandit.example/b602" in text, name
    rules = json.loads((tmp_path / "r.sarif").read_text())["runs"][0]["tool"]["driver"]["rules"]
    assert {each["id"]: each.get("helpUri") for each in rules if each["id"].startswith("tool/bandit")} == {
        "tool/bandit/B602": "https://bandit.example/b602"
    }


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({}, 1),
        ({"gate": {"lenses": {"tool/ruff": "never"}}}, 0),
        ({"gate": {"lenses": {"tool": "never"}}}, 0),
        ({"gate": {"lenses": {"tool": "never", "tool/ruff": "high"}}}, 1),
        ({"gate": {"rules": {"tool/ruff/F401": "low"}}}, 0),
        ({"gate": {"rules": {"tool/ruff": "low", "tool/ruff/F401": "high"}}}, 1),
        ({"gate": {"rules": {"tool/ruff": "off"}}}, 0),
        ({"gate": {"paths": {"a.py": "never"}}}, 0),
        ({"suppressions": [{"rule": "tool/ruff/F401", "reason": "They are used."}]}, 0),
        ({"suppressions": [{"rule": "tool/ruff/F40", "reason": "Another rule."}]}, 1),
        ({"paths": {"ignore": ["a.py"]}}, 1),  # as with what a free check says
    ],
)
def test_an_error_of_a_tool_fails_the_build_unless_the_configuration_says_otherwise(
    settings: Mapping[str, object], code: int, world: World, tmp_path: Path
) -> None:
    written(tmp_path, ruff=log(ruff("a.py")))
    assert review(world, tmp_path, str(tmp_path / "ruff.sarif"), **settings)[0].exit_code == code


def test_what_two_tools_say_of_one_line_is_one_finding(world: World, tmp_path: Path) -> None:
    text = "Use of possibly insecure function; consider ast.literal_eval"
    weak = {"id": "x", "properties": {"tags": ["external/cwe/cwe-95"]}}
    written(
        tmp_path,
        a=log(run("ruff", result("S307", text, place("src/b.py")))),
        b=log(run("Bandit", result("B307", f"{text}.", place("src/b.py")))),
        c=log(run("Semgrep", result("x", "Data becomes code", place("src/b.py")), rules=(weak,))),
        d=log(run("CodeQL", result("x", "Injected", place("src/b.py")), rules=(weak,))),
    )
    _, report = review(world, tmp_path, str(tmp_path / "[ab].sarif"), str(tmp_path / "[cd].sarif"))
    tools = [each for each in report["findings"] if each["tool"]]
    assert [[each["rule"], *(other["rule"] for other in each["merged"])] for each in tools] == [
        ["tool/bandit/B307", "tool/ruff/S307"],
        ["tool/codeql/x", "tool/semgrep/x"],
    ]


def test_a_pattern_goes_through_folders_and_through_no_links_in_circles(world: World, tmp_path: Path) -> None:
    deep = tmp_path / "logs" / "one" / "two"
    deep.mkdir(parents=True)
    written(deep, ruff=log(ruff("a.py")))
    for name in ("x", "y", "z"):
        (tmp_path / "logs" / name).symlink_to(".")
    assert review(world, tmp_path, str(tmp_path / "logs" / "**" / "*.sarif"))[1]["tools"] == ["ruff"]
    assert review(world, tmp_path, "../logs/*/two/r?ff.sarif")[1]["tools"] == ["ruff"]


def test_a_log_that_cannot_be_read_ends_the_run_with_one_clear_message(world: World, tmp_path: Path) -> None:
    written(tmp_path, bad=b"{}")
    (world.root / "link.sarif").symlink_to("/etc/passwd")
    (tmp_path / "folder.sarif").mkdir()
    for pattern, why in (
        (str(tmp_path / "none.sarif"), "No such file"),
        (str(tmp_path / "none*.sarif"), "no file is named so"),
        (str(tmp_path / "bad.sarif"), "it is not SARIF 2.1.0"),
        (str(tmp_path / "folder.sarif"), "regular file|directory"),
        ("link.sarif", "link|symbolic"),
    ):
        with pytest.raises(InputError, match=f"Nothing was reviewed.*({why}).*Give the SARIF"):
            review(world, tmp_path, pattern)


def test_what_a_tool_no_longer_says_is_gone_from_the_baseline_if_the_tool_looked(
    world: World, tmp_path: Path
) -> None:
    written(tmp_path, ruff=log(ruff("a.py")), clean=log(run("ruff")))
    review(world, tmp_path, str(tmp_path / "ruff.sarif"))
    earlier = tmp_path / "earlier.json"
    (tmp_path / "r.json").rename(earlier)
    world.commit({"a.py": "import sys\n"})
    both: Json = {"baseline": str(earlier)}
    _, kept = review(world, tmp_path, **both)
    _, gone = review(world, tmp_path, str(tmp_path / "clean.sarif"), **both)
    assert [[each["rule"] for each in report["baseline"]["gone"]] for report in (kept, gone)] == [
        [], ["tool/ruff/F401"],
    ]  # fmt: skip
