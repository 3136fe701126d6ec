"""What a change brings of rules, through the real command line: announced, checked, and of no effect yet."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.command import chargehand
from tests.unit.change.world import World

OWN, SHARED = ".chargehand.toml", "pyproject.toml"
MARKERS = "<<<<<<< ours\na = 1\n=======\na = 2\n>>>>>>> theirs\n"


class Done(NamedTuple):
    code: int
    said: str
    report: dict[str, Any]  # Any: JSON


def review(world: World, *options: str, **environ: str) -> Done:
    command = ("review", "--base=main", "--offline", "--json=../r.json")
    done = chargehand(*command, *options, cwd=world.root, env={**world.environ, **environ})
    path = world.root.parent / "r.json"
    return Done(done.returncode, done.stderr, json.loads(path.read_text()) if path.exists() else {})


def branch(tmp_path: Path, before: dict[str, str | None], after: dict[str, str | None]) -> World:
    world = World.empty(tmp_path / "repository")
    world.commit({"a.py": "x = 1\n", **before})
    world.git("checkout", "-q", "-b", "topic")
    world.commit({"a.py": "x = 2\n", **after})
    return world


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (OWN, 'fail_on = "low"\n'),
        (SHARED, '[tool.chargehand]\nfail_on = "low"\n'),
        ("lib/.gitattributes", "x\n"),
    ],
)
def test_rules_in_the_change_are_announced_and_count_from_the_merge_on(
    tmp_path: Path, name: str, text: str
) -> None:
    done = review(branch(tmp_path, {}, {name: text}), CI="true")
    assert done.code == 0
    assert done.report["rules"]["announced"] == [f"{name} is changed here: it counts from the merge on."]
    assert f"{name} is changed here" in done.said


def test_a_shared_file_without_settings_of_ours_is_not_announced(tmp_path: Path) -> None:
    done = review(branch(tmp_path, {}, {SHARED: "[project]\nname = 'x'\n"}), CI="true")
    assert done.report["rules"]["announced"] == []


def test_on_one_s_own_machine_they_count_at_once_and_that_is_said(tmp_path: Path) -> None:
    done = review(branch(tmp_path, {}, {OWN: 'fail_on = "low"\n'}))
    assert "counts already" in done.said
    assert done.report["rules"]["commit"] is None


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (OWN, 'threads = 2\nfail_om = "low"\n', 2),
        (OWN, "threads = 99\n", 1),
        (SHARED, "[tool.chargehand]\nthreads = 99\n", 2),
        (OWN, '[lenses.security]\npaths = ["!tests/"]\n', 2),
        (OWN, "threads = \n", None),
    ],
)
def test_a_mistake_in_them_is_a_finding_that_blocks(
    tmp_path: Path, name: str, text: str, line: int | None
) -> None:
    done = review(branch(tmp_path, {}, {name: text}), CI="true")
    (found,) = done.report["findings"]
    assert (found["path"], found["start_line"]) == (name, line)
    assert found["rule"] == "correctness/invalid-configuration"
    assert done.code == 1


def test_a_broken_configuration_of_the_target_ends_every_change_that_does_not_touch_it(
    tmp_path: Path,
) -> None:
    done = review(branch(tmp_path, {OWN: 'fail_om = "low"\n'}, {}), CI="true")
    assert done.code == 2
    assert "did you mean fail_on?" in done.said


@pytest.mark.parametrize(
    ("broken", "is_blocked"),
    [
        ('fail_om = "low"\n', True),
        ('fail_on = "nevr"\n[checks]\ndisabled = []\n', True),
        ('fail_on = "never"\nthreads = 99\n', False),
        ('threads = 99\n[checks]\ndisabled = ["conflict-markers"]\n', False),
        ("fail_on = \n", True),
    ],
)
def test_a_change_that_mends_it_is_reviewed_under_what_is_valid(
    tmp_path: Path, broken: str, is_blocked: bool
) -> None:
    world = branch(tmp_path, {OWN: broken}, {OWN: 'fail_on = "low"\n', "b.py": MARKERS})
    done = review(world, CI="true")
    assert done.code == (1 if is_blocked else 0)
    assert "under the settings that are valid" in done.said


def test_the_workflow_that_runs_the_review_is_announced(tmp_path: Path) -> None:
    name = ".github/workflows/review.yml"
    world = branch(tmp_path, {name: "on: push\n"}, {name: "on: pull_request\n"})
    job = {"GITHUB_ACTIONS": "true", "GITHUB_WORKFLOW_REF": f"owner/name/{name}@refs/pull/7/merge"}
    assert name in review(world, **job).report["rules"]["announced"][0]
    other = {**job, "GITHUB_WORKFLOW_REF": "owner/name/.github/workflows/other.yml@refs/pull/7/merge"}
    assert review(world, **other).report["rules"]["announced"] == []
