from typing import Literal

import pytest

from chargehand.checks.runs_by_itself import find_files_that_run
from chargehand.core.diff import FileDiff
from chargehand.core.finding import Claim, Severity
from tests.unit.changes import added, changed, diff_of

PLACES = {
    ".github/workflows/ci.yml": "GitHub Actions",
    ".forgejo/workflows/ci.yaml": "GitHub Actions",
    ".gitlab-ci.yml": "GitLab",
    ".circleci/config.yml": "CircleCI",
    "deploy/azure-pipelines-pr.yml": "Azure Pipelines",
    "Jenkinsfile": "Jenkins",
    "ci/Jenkinsfile.release": "Jenkins",
    "bitbucket-pipelines.yml": "CI service",
    ".travis.yml": "CI service",
    "appveyor.yml": "CI service",
    ".drone.star": "CI service",
    ".woodpecker/test.yaml": "CI service",
    ".buildkite/pipeline.sh": "CI service",
    "cloudbuild.yaml": "CI service",
    "buildspec.yml": "CI service",
    "Dangerfile": "CI service",
    ".husky/pre-commit": "hook",
    "web/.husky/pre-push": "hook",
    ".githooks/commit-msg": "hook",
    "lefthook.yml": "hook",
    ".pre-commit-config.yaml": "hook",
    ".vscode/tasks.json": "editor",
    ".devcontainer/devcontainer.json": "editor",
    ".devcontainer.json": "editor",
    ".envrc": "editor",
    ".claude/settings.json": "editor",
    "tests/conftest.py": "Python",
    "sitecustomize.py": "Python",
    "src/inject.pth": "Python",
    "setup.py": "package manager",
    "crates/a/build.rs": "package manager",
    "native/binding.gyp": "package manager",
    ".pnpmfile.cjs": "package manager",
    ".cargo/config.toml": "package manager",
}
ORDINARY = [
    "docs/.github/workflows/ci.yml",
    ".github/workflows/README.md",
    ".github/actions/lint/action.yml",
    ".github/dependabot.yml",
    "Makefile",
    "src/main.py",
    ".vscode/settings.json",
    "docs/setup.py.md",
    "my_conftest.py",
]


def moved(old: str, new: str, status: Literal["renamed", "copied", "modified"] = "renamed") -> list[Claim]:
    file = FileDiff(path=new, old_path=old, status=status)
    return list(find_files_that_run(diff_of(file)))


@pytest.mark.parametrize("path", PLACES)
def test_a_file_that_moves_to_where_it_runs_is_claimed_and_says_who_runs_it(path: str) -> None:
    (claim,) = moved("docs/old.txt", path)
    assert (claim.rule, claim.severity) == ("security/runs-by-itself", Severity.LOW)
    assert (claim.path, claim.line, claim.quote) == (path, 0, "")
    assert claim.message.startswith("It was docs/old.txt. From its new place it is run by ")
    assert PLACES[path] in claim.message
    assert len(moved("docs/old.txt", path, "copied")) == 1


@pytest.mark.parametrize("path", ORDINARY)
def test_a_move_to_another_place_is_not_claimed(path: str) -> None:
    assert moved("docs/old.txt", path) == []


def test_what_ran_already_and_what_shows_all_its_lines_is_not_claimed() -> None:
    assert moved("conftest.py", "tests/conftest.py") == []
    assert moved(".travis.yml", ".github/workflows/ci.yml") == []
    assert moved("docs/old.txt", "setup.py", "modified") == []
    files = (added("setup.py", "x = 1"), changed("setup.py", ["x"], ["y"]))
    assert list(find_files_that_run(diff_of(*files))) == []
