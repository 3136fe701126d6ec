"""An alert stays the same one over shifted lines, other words, another rule and another name of its file."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.contract.publishing import BASE, Json, added, claim
from tests.contract.publishing_gitlab import MergeRequest

FILES = ("above", "words", "rule", "path")


class Alert(NamedTuple):
    """What a SARIF log knows an alert by."""

    first: str
    second: str


def alerts(world: MergeRequest, log: Path, *claims: Json) -> dict[str, Alert]:
    """Review the branch and return what its log says, by the name that the file had in the first review."""
    world.review(*claims, options=("--sarif", str(log)))
    found = {}
    for result in json.loads(log.read_text())["runs"][0]["results"]:
        path = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        prints = result["partialFingerprints"]
        name = path.removesuffix(".py").removeprefix("moved_")
        found[name] = Alert(prints["chargehand/finding/v1"], prints["chargehand/finding/v2"])
    return found


def test_an_alert_is_known_again_by_what_it_quotes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    log = tmp_path_factory.mktemp("outside") / "log.sarif"
    world = MergeRequest(tmp_path, monkeypatch, capsys)
    world.git("switch", "-q", "main")
    world.commit({"path.py": BASE})
    world.git("switch", "-q", "topic")
    world.git("merge", "-q", "main")
    world.commit({f"{name}.py": [*BASE, *added(7)] for name in FILES})
    world.push([*BASE, "x = 1"])
    before = alerts(world, log, *(claim(7, file=f"{name}.py") for name in FILES))
    assert before.keys() == set(FILES)

    world.git("mv", "path.py", "moved_path.py")
    world.commit({"above.py": ["import os"] * 100 + [*BASE, *added(7)]})
    world.push([*BASE, "x = 2"])
    again = (
        claim(7, file="above.py"),
        claim(7, file="words.py", title="Something else is said", message="In other words."),
        claim(7, file="rule.py", rule="correctness/off-by-one"),
        claim(7, file="moved_path.py"),
    )
    both = {name: (before[name], after) for name, after in alerts(world, log, *again).items()}
    kept = {name: (one.first == two.first, one.second == two.second) for name, (one, two) in both.items()}
    assert kept == {
        "above": (True, True),
        "words": (True, True),
        "rule": (False, True),
        "path": (False, True),
    }
