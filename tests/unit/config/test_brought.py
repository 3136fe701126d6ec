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
        ('we"ird b/b/.gitattributes', "x\n"),
    ],
)
def test_rules_in_the_change_are_announced_and_count_from_the_merge_on(
    tmp_path: Path, name: str, text: str
) -> None:
    done = review(branch(tmp_path, {}, {name: text}), CI="true")
    assert done.code == 0
    assert done.report["rules"]["announced"] == [f"{name} is changed here: it takes effect once merged."]
    assert f"{name} is changed here" in done.said


def test_a_configuration_that_moves_away_is_announced(tmp_path: Path) -> None:
    text = 'fail_on = "low"\nthreads = 3\n'
    done = review(branch(tmp_path, {OWN: text}, {OWN: None, "docs/old.toml": text}), CI="true")
    assert done.report["rules"]["announced"] == [f"{OWN} is changed here: it takes effect once merged."]


@pytest.mark.parametrize("after", [None, "[project]\nname = 'x'\n"])
def test_settings_that_leave_a_shared_file_are_announced(tmp_path: Path, after: str | None) -> None:
    before = "[tool.chargehand]\nfail_on = 'low'\n"
    done = review(branch(tmp_path, {SHARED: before}, {SHARED: after}), CI="true")
    assert done.report["rules"]["announced"] == [f"{SHARED} is changed here: it takes effect once merged."]


def test_a_second_file_of_settings_is_a_finding_for_one_alone_can_count(tmp_path: Path) -> None:
    shared = "[tool.chargehand]\nthreads = 2\n"
    done = review(branch(tmp_path, {OWN: "threads = 2\n"}, {SHARED: shared}), CI="true")
    (found,) = done.report["findings"]
    assert (done.code, found["path"]) == (1, SHARED)
    assert "only one of them can count" in found["message"]


def test_a_configuration_of_another_name_is_announced_and_checked_too(tmp_path: Path) -> None:
    name = "ci/review.toml"
    world = branch(tmp_path, {name: "threads = 2\n"}, {name: 'fail_om = "low"\n', OWN: "threads = 2\n"})
    done = review(world, f"--config={name}", CI="true")
    assert done.report["rules"]["announced"] == [f"{name} is changed here: it takes effect once merged."]
    assert [found["path"] for found in done.report["findings"]] == [name]


def test_files_that_are_looked_at_whole_are_not_said_to_change(tmp_path: Path) -> None:
    world = branch(tmp_path, {".gitattributes": "x text\n", OWN: "threads = 2\n"}, {})
    arguments = ("review", "--hook", "--offline", "a.py", ".gitattributes", OWN)
    done = chargehand(*arguments, cwd=world.root, env=world.environ)
    assert (done.returncode, "is changed here" in done.stderr) == (0, False)


def test_more_such_files_than_are_named_are_counted(tmp_path: Path) -> None:
    many: dict[str, str | None] = {f"d{number}/.gitattributes": "x\n" for number in range(7)}
    announced = review(branch(tmp_path, {}, many), CI="true").report["rules"]["announced"]
    assert announced[-1] == "2 more files of that name are changed here: they take effect once merged."


def test_a_shared_file_without_settings_of_ours_is_not_announced(tmp_path: Path) -> None:
    done = review(branch(tmp_path, {}, {SHARED: "[project]\nname = 'x'\n"}), CI="true")
    assert done.report["rules"]["announced"] == []


def test_on_one_s_own_machine_they_count_at_once_and_that_is_said(tmp_path: Path) -> None:
    done = review(branch(tmp_path, {}, {OWN: 'fail_on = "low"\n'}))
    assert "takes effect at once" in done.said
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
    assert name in review(world, **{**job, "GITHUB_WORKFLOW_REF": ""}).report["rules"]["announced"][0]
    other = {**job, "GITHUB_WORKFLOW_REF": "owner/name/.github/workflows/other.yml@refs/pull/7/merge"}
    assert review(world, **other).report["rules"]["announced"] == []


@pytest.mark.parametrize(
    ("sign", "name"),
    [
        ("CIRCLECI", ".circleci/config.yml"),
        ("TEAMCITY_VERSION", ".teamcity/settings.kts"),
        ("GITLAB_CI", ".gitlab-ci.yml"),
        ("TF_BUILD", "azure-pipelines.yml"),
        ("JENKINS_URL", "Jenkinsfile"),
        ("GITHUB_ACTIONS", ".github/actions/review/action.yml"),
    ],
)
def test_the_file_of_each_platform_that_runs_the_review_is_announced(
    tmp_path: Path, sign: str, name: str
) -> None:
    world = branch(tmp_path, {name: "one\n"}, {name: "two\n"})
    assert name in review(world, **{sign: "true"}).report["rules"]["announced"][0]


def test_a_workflow_with_a_name_that_git_quotes_is_announced(tmp_path: Path) -> None:
    name = '.github/workflows/the "café" review.yml'
    world = branch(tmp_path, {name: "on: push\n"}, {name: "on: pull_request\n"})
    job = {"GITHUB_ACTIONS": "true", "GITHUB_WORKFLOW_REF": f"owner/name/{name}@refs/pull/7/merge"}
    assert name in review(world, **job).report["rules"]["announced"][0]
