"""An alert stays the same one over shifted lines, other words, another rule and another name of its file."""

import json
from pathlib import Path
from typing import NamedTuple

from tests.command import chargehand, environment
from tests.contract.test_late_findings import LENSES, Json
from tests.messages_api import MessagesApi, Script
from tests.unit.change.world import World

FILES = ("above", "words", "rule", "path")


class Alert(NamedTuple):
    """What a SARIF log says of an alert that no line number and no word decides."""

    path: str
    first: str
    second: str


def text_of(name: str) -> str:
    return "".join(f"{name}_{number} = compute({number})\n" for number in range(40))


def claim(name: str, rule: str = "correctness/other", title: str = "It is wrong", **more: str) -> Json:
    return {
        "rule": rule,
        "severity": "medium",
        "confidence": "high",
        "file": f"{name}.py",
        "line": 8,
        "quote": f"{name}_7 = compute(7)",
        "title": title,
        "message": "With number 7 it fails.",
    } | more


def alerts(world: World, *claims: Json) -> dict[str, Alert]:
    """Review the branch and return what its log says, by the name of the file in the first review."""
    script = Script.of([{"role": "worker", "lens": "correctness", "reply": {"claims": list(claims)}}])
    log = world.root.parent / "log.sarif"
    with MessagesApi(script=script) as api:
        env = environment(api) | world.environ
        done = chargehand("review", "--base", "main", "--sarif", log, cwd=world.root, env=env)
    assert done.returncode == 0, done.stderr
    found = {}
    for result in json.loads(log.read_text())["runs"][0]["results"]:
        path = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        prints = result["partialFingerprints"]
        name = path.removesuffix(".py").removeprefix("moved_")
        found[name] = Alert(path, prints["chargehand/finding/v1"], prints["chargehand/finding/v2"])
    return found


def test_an_alert_is_known_again_by_what_it_quotes(tmp_path: Path) -> None:
    world = World.empty(tmp_path / "repository")
    without = text_of("path").replace("path_7 = compute(7)\n", "")
    world.commit({".chargehand.toml": LENSES, "path.py": without})
    world.git("checkout", "-q", "-b", "pr")
    world.commit({f"{name}.py": text_of(name) for name in FILES})
    before = alerts(world, *map(claim, FILES))
    above = "import os\n" * 100 + text_of("above")
    world.commit({"above.py": above, "path.py": None, "moved_path.py": text_of("path")})
    again = (
        claim("above", line="108"),
        claim("words", title="Something else is said", message="In other words."),
        claim("rule", rule="correctness/off-by-one"),
        claim("path", file="moved_path.py"),
    )
    after = alerts(world, *again)
    kept = {
        name: (after[name].first == was.first, after[name].second == was.second)
        for name, was in before.items()
    }
    assert kept == {
        "above": (True, True),
        "words": (True, True),
        "rule": (False, True),
        "path": (False, True),
    }
