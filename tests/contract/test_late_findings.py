"""On a later push, what is found in lines that did not change is listed apart, unless it fails the build."""

import json
from pathlib import Path
from typing import Any

from tests.command import chargehand, environment
from tests.messages_api import MessagesApi, Script
from tests.unit.change.world import World

Json = dict[str, Any]  # Any: JSON
LINES = [f"value_{number} = compute({number})\n" for number in range(40)]


def claim(number: int, severity: str = "medium", path: str = "a.py") -> Json:
    return {
        "rule": "correctness/other",
        "severity": severity,
        "confidence": "high",
        "file": path,
        "line": number + 1,
        "quote": LINES[number].strip(),
        "title": f"Number {number} of {path} is wrong",
        "message": f"With number {number} it fails.",
    }


def review(world: World, *claims: Json, options: tuple[str, ...] = ("--state", "../state.json")) -> Json:
    """Review the branch against a server whose reader of correctness claims these; return the report."""
    script = Script.of([{"role": "worker", "lens": "correctness", "reply": {"claims": list(claims)}}])
    report = world.root.parent / "report.json"
    with MessagesApi(script=script) as api:
        env = environment(api) | world.environ
        done = chargehand("review", "--base", "main", "--json", report, *options, cwd=world.root, env=env)
    assert done.returncode in (0, 1), done.stderr
    loaded: Json = json.loads(report.read_text())
    return loaded | {"printed": done.stdout}


def states(report: Json) -> dict[str, str]:
    return {each["title"]: each["state"] for each in report["findings"]}


def world_of(folder: Path) -> World:
    world = World.empty(folder / "repository")
    world.commit({"README": "x\n", ".chargehand.toml": LENSES})
    world.git("checkout", "-q", "-b", "pr")
    world.commit({"a.py": "".join(LINES)})
    return world


LENSES = '[checks]\ndisabled = ["untested-code"]\n' + "".join(
    f"[lenses.{name}]\nenabled = false\n" for name in ("security", "tests", "documentation", "style")
)


def test_a_later_push_lists_apart_what_it_finds_in_lines_that_did_not_change(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    first = review(world, claim(0))
    assert states(first) == {"Number 0 of a.py is wrong": "new"}
    head = first["change"]["head"]

    moved = ["import os\n"] * 10 + LINES[:30] + ["changed = 1\n"] + LINES[30:]
    world.commit({"a.py": "".join(moved), "b.py": LINES[7]})
    again = review(world, claim(0), claim(12), claim(20, "high"), claim(31), claim(7, path="b.py"))
    assert states(again) == {
        "Number 0 of a.py is wrong": "new",  # found by the last review already, it moved by ten lines
        "Number 12 of a.py is wrong": "late",
        "Number 20 of a.py is wrong": "new",  # it fails the build
        "Number 31 of a.py is wrong": "new",  # a line beside it changed
        "Number 7 of b.py is wrong": "new",
    }
    assert again["verdict"]["reasons"] == ["1 finding at or above high"]
    [blocking] = [each for each in again["findings"] if each["severity"] == "high"]
    assert "the last review read these lines too" in blocking["note"]
    assert f"1 finding on lines that the review of {head[:12]} read" in " ".join(again["notices"])
    assert "Late: on lines that the last review read already" in again["printed"]

    third = review(world, claim(0), claim(12), claim(13))
    assert list(states(third).values()) == ["new", "late", "late"]

    state = tmp_path / "state.json"
    state.write_text(state.read_text().replace(again["change"]["head"], "f" * 40))
    rewritten = review(world, claim(14))
    assert states(rewritten) == {"Number 14 of a.py is wrong": "new"}
    assert "not in this clone: all findings count as new" in " ".join(rewritten["notices"])


def test_a_baseline_that_models_wrote_for_this_change_is_its_last_review(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    review(world, claim(0), options=("--sarif", str(tmp_path / "earlier.sarif")))
    options = ("--baseline", str(tmp_path / "earlier.sarif"))
    again = review(world, claim(0), claim(5), claim(6, "high"), options=options)
    assert list(states(again).values()) == ["existing", "late", "new"]
    assert again["verdict"]["status"] == "blocked"
    sarif = tmp_path / "earlier.sarif"
    sarif.write_text(sarif.read_text().replace('"mode": "live"', '"mode": "offline"'))
    assert list(states(review(world, claim(5), options=options)).values()) == ["new"]
