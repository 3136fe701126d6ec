"""The hooks, run by pre-commit and by git."""

import subprocess
from pathlib import Path

import pytest

from tests.consumers.conftest import Clone, Tools
from tests.messages_api import MessagesApi


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where pre-commit keeps what it installed, so that it installs once."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def hooked(tools: Tools, project: Path, clone: Clone, store: Path) -> Clone:
    """Return the clone with both hooks installed."""
    clone.environment["PRE_COMMIT_HOME"] = str(store)
    revision = Clone(project, project, clone.environment).git("rev-parse", "HEAD")
    hooks = "[{id: chargehand-checks}, {id: chargehand}]"
    (clone.folder / ".pre-commit-config.yaml").write_text(
        f"repos: [{{repo: 'file://{project}', rev: {revision}, hooks: {hooks}}}]\n"
    )
    stages = ("pre-commit", "pre-merge-commit", "pre-push")
    _run(clone, tools["pre-commit"], "install", *(f"--hook-type={stage}" for stage in stages))
    return clone


def test_pre_commit_tries_the_review_from_ref_to_ref_and_shows_its_bill(
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


@pytest.mark.parametrize("form", [["."], ["-a"], ["notes.py"]], ids=["staged", "all", "by-name"])
def test_a_commit_is_stopped_by_a_free_check_in_whatever_form_it_is_made(
    hooked: Clone, form: list[str]
) -> None:
    hooked.git("reset", "-q", "--soft", "main")
    command = ["-m", "Simplify"] if form == ["."] else ["-m", "Simplify", *form]
    done = _run(hooked, "git", "commit", *command)
    assert done.returncode != 0
    assert "notes.py" in done.stdout


def test_a_commit_of_nothing_bad_passes(hooked: Clone) -> None:
    hooked.git("reset", "-q", "--hard", "main")
    (hooked.folder / "mean.py").write_text("def mean(values):\n    return sum(values) / (len(values) or 1)\n")
    done = _run(hooked, "git", "commit", "-a", "-m", "Rewrite")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("form", "is_stopped"),
    [
        (["--from-ref", "main", "--to-ref", "feature"], True),
        (["--from-ref", "main", "--to-ref", "main"], False),
        (["--all-files"], True),
        (["--hook-stage", "manual"], False),
    ],
    ids=["range", "empty-range", "all-files", "nothing-staged"],
)
def test_the_free_checks_look_at_what_pre_commit_is_asked_about(
    tools: Tools, hooked: Clone, form: list[str], is_stopped: bool
) -> None:
    done = _run(hooked, tools["pre-commit"], "run", "chargehand-checks", *form)
    assert (done.returncode != 0, "notes.py" in done.stdout) == (is_stopped, is_stopped), done.stdout


def test_a_merge_is_stopped_by_a_free_check(hooked: Clone) -> None:
    hooked.git("checkout", "-q", "-b", "side", "main")
    hooked.commit("Aside", side="SIDE = 1\n")
    done = _run(hooked, "git", "merge", "--no-edit", "feature")
    assert done.returncode != 0
    assert "notes.py" in done.stdout


def test_a_push_is_stopped_by_a_finding(hooked: Clone, models: MessagesApi) -> None:
    hooked.environment["ANTHROPIC_API_KEY"] = models.key
    done = _run(hooked, "git", "push", "origin", "feature")
    assert done.returncode != 0
    assert "Divides by zero" in done.stdout
    assert "refs/heads/feature" not in hooked.git("ls-remote", "origin")


def test_a_first_push_of_a_whole_repository_spends_nothing(
    hooked: Clone, tmp_path: Path, models: MessagesApi
) -> None:
    hooked.environment["ANTHROPIC_API_KEY"] = models.key
    hooked.git("init", "-q", "--bare", str(tmp_path / "new.git"))
    hooked.git("checkout", "-q", "main")
    _run(hooked, "git", "push", str(tmp_path / "new.git"), "main")
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
