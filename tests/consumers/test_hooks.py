"""The hooks, run by pre-commit and by git."""

import subprocess
from pathlib import Path

import pytest

from tests.consumers.conftest import Clone, Tools
from tests.messages_api import MessagesApi


@pytest.fixture
def push(tools: Tools, project: Path, clone: Clone) -> Clone:
    """Return the clone with the paid hook installed for pushes."""
    revision = Clone(project, project, clone.environment).git("rev-parse", "HEAD")
    (clone.folder / ".pre-commit-config.yaml").write_text(
        f"repos: [{{repo: 'file://{project}', rev: {revision}, hooks: [{{id: chargehand}}]}}]\n"
    )
    _run(clone, tools["pre-commit"], "install", "--hook-type", "pre-push")
    return clone


def test_the_free_checks_find_what_is_staged(tools: Tools, project: Path, clone: Clone) -> None:
    clone.git("reset", "-q", "--soft", "main")
    done = _run(clone, tools["pre-commit"], "try-repo", str(project), "chargehand-checks")
    assert done.returncode == 1
    assert "notes.py" in done.stdout


def test_the_free_checks_pass_and_keep_quiet_where_nothing_is_staged(
    tools: Tools, project: Path, clone: Clone
) -> None:
    done = _run(clone, tools["pre-commit"], "try-repo", str(project), "chargehand-checks", "--all-files")
    assert done.returncode == 0, done.stdout
    assert "notes.py" not in done.stdout


def test_the_review_covers_the_commits_from_ref_to_ref_and_shows_its_bill(
    tools: Tools, project: Path, clone: Clone, models: MessagesApi
) -> None:
    clone.environment["ANTHROPIC_API_KEY"] = models.key
    done = _run(
        clone,
        *(tools["pre-commit"], "try-repo", str(project), "chargehand", "--hook-stage", "pre-push"),
        *("--from-ref", "main", "--to-ref", "feature"),
    )
    assert done.returncode == 1, done.stdout
    assert "Divides by zero" in done.stdout
    assert "$0." in done.stdout


def test_a_push_is_stopped_by_a_finding(push: Clone, models: MessagesApi) -> None:
    push.environment["ANTHROPIC_API_KEY"] = models.key
    done = _run(push, "git", "push", "origin", "feature")
    assert done.returncode != 0
    assert "Divides by zero" in done.stdout
    assert "refs/heads/feature" not in push.git("ls-remote", "origin")


def test_a_first_push_of_a_whole_repository_spends_nothing(
    push: Clone, tmp_path: Path, models: MessagesApi
) -> None:
    push.environment["ANTHROPIC_API_KEY"] = models.key
    push.git("init", "-q", "--bare", str(tmp_path / "new.git"))
    push.git("checkout", "-q", "main")
    _run(push, "git", "push", str(tmp_path / "new.git"), "main")
    assert not models.calls


def _run(clone: Clone, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in the clone; what it says on both streams is in `stdout`."""
    return subprocess.run(
        command,
        cwd=clone.folder,
        env=clone.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
