"""A job whose checkout is not of the repository that its event is about: no branch of it is trusted."""

from pathlib import Path
from typing import NamedTuple

import pytest

from chargehand.change import Automatic, Range, Since
from chargehand.core.errors import ChangeError
from tests.unit.change.world import World, checkout, github, paths, pull_request, request_payload

BASE, FORK = "https://forge.example/owner/name", "https://forge.example/stranger/name"


class Forked(NamedTuple):
    """A server's repository, the fork of a stranger whose `main` holds the change, and its checkout."""

    server: World
    fork: World
    job: World


@pytest.fixture
def forked(tmp_path: Path) -> Forked:
    server = pull_request(tmp_path / "server")
    fork = server.clone(tmp_path / "fork", "--branch", "topic")
    fork.commit({"fork.py": "x\n"})
    fork.git("checkout", "-q", "-B", "main")
    job = checkout(fork, tmp_path / "job", "refs/heads/main")
    job.git("remote", "set-url", "origin", f"{FORK}.git")
    job.git("config", f"url.file://{fork.root}.insteadOf", f"{FORK}.git")
    return Forked(server, fork, job)


def reachable(forked: Forked) -> None:
    forked.job.git("config", f"url.file://{forked.server.root}.insteadOf", f"{BASE}.git")


def event(forked: Forked, folder: Path, event_name: str = "pull_request_target") -> dict[str, str]:
    payload = request_payload(forked.server)
    head = {
        "sha": forked.fork.git("rev-parse", "main"),
        "ref": "main",
        "repo": {"full_name": "stranger/name"},
    }
    base = {
        "sha": forked.server.git("rev-parse", "main"),
        "ref": "main",
        "repo": {"full_name": "owner/name", "clone_url": f"{BASE}.git"},
    }
    payload["pull_request"] = {"base": base, "head": head}
    return github(folder, payload) | {"GITHUB_REPOSITORY": "owner/name", "GITHUB_EVENT_NAME": event_name}


def gitlab(forked: Forked) -> dict[str, str]:
    return {
        "GITLAB_CI": "true",
        "CI_DEFAULT_BRANCH": "main",
        "CI_COMMIT_SHA": forked.fork.git("rev-parse", "main"),
        "CI_PROJECT_PATH": "stranger/name",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_PROJECT_PATH": "owner/name",
        "CI_MERGE_REQUEST_PROJECT_URL": BASE,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    }


@pytest.mark.parametrize("platform", ["github", "gitlab"])
def test_the_target_is_fetched_from_its_own_repository(forked: Forked, tmp_path: Path, platform: str) -> None:
    reachable(forked)
    environ = event(forked, tmp_path) if platform == "github" else gitlab(forked)
    for selection in (Automatic(), Range(base="main")):
        change = forked.job.change(selection, **environ)
        assert paths(change.diff) == ["a.py", "c.py", "fork.py"]
        assert change.rules.commit == forked.server.git("rev-parse", "main")


def test_a_tip_that_was_fetched_for_an_earlier_job_is_fetched_anew(forked: Forked, tmp_path: Path) -> None:
    reachable(forked)
    environ = event(forked, tmp_path)
    forked.job.change(Automatic(), **environ)
    newer = forked.server.commit({"newer.py": "x\n"})
    assert forked.job.change(Automatic(), **environ).rules.commit == newer


@pytest.mark.parametrize("platform", ["github", "gitlab"])
def test_a_target_that_cannot_be_fetched_ends_the_run_and_the_line_that_is_told_helps(
    forked: Forked, tmp_path: Path, platform: str
) -> None:
    environ = event(forked, tmp_path) if platform == "github" else gitlab(forked)
    with pytest.raises(ChangeError, match="origin is stranger/name, and not owner/name") as told:
        forked.job.change(Automatic(), **environ)
    reachable(forked)
    line = str(told.value).partition("Run: ")[2].partition(" (in")[0]
    for command in line.split(" && "):
        forked.job.git(*command.replace("'", "").split()[1:])
    forked.job.git("config", "--unset-all", f"url.file://{forked.server.root}.insteadOf")
    change = forked.job.change(Automatic(), **environ)
    assert paths(change.diff) == ["a.py", "c.py", "fork.py"]
    assert change.rules.commit == forked.server.git("rev-parse", "main")


def test_another_remote_of_the_target_s_repository_is_used(forked: Forked, tmp_path: Path) -> None:
    forked.job.git("remote", "add", "upstream", "git@forge.example:Owner/Name.git")
    forked.job.git("fetch", "-q", f"file://{forked.server.root}", "+refs/heads/*:refs/remotes/upstream/*")
    change = forked.job.change(Automatic(), **event(forked, tmp_path))
    assert change.rules.commit == forked.server.git("rev-parse", "main")


def test_a_push_of_another_repository_is_not_looked_for_here(forked: Forked, tmp_path: Path) -> None:
    payload = {"before": "1" * 40, "after": "2" * 40, "ref": "refs/heads/topic"}
    environ = github(tmp_path, payload) | {"GITHUB_REPOSITORY": "owner/tools"}
    with pytest.raises(ChangeError, match="origin is stranger/name, and not owner/tools"):
        forked.job.change(Automatic(), **environ)


def test_an_event_that_is_unclear_takes_no_branch_of_the_fork_either(forked: Forked, tmp_path: Path) -> None:
    reachable(forked)
    run = {"head_sha": forked.fork.git("rev-parse", "main"), "pull_requests": []}
    repository = {"default_branch": "main", "full_name": "owner/name", "clone_url": f"{BASE}.git"}
    payload = {"workflow_run": run, "repository": repository}
    environ = github(tmp_path, payload) | {"GITHUB_REPOSITORY": "owner/name"}
    change = forked.job.change(Range(base="origin/main", head="HEAD"), **environ)
    assert paths(change.diff) == ["a.py", "c.py", "fork.py"]
    assert change.rules.commit == forked.server.git("rev-parse", "main")


def test_a_schedule_may_look_at_any_repository(forked: Forked, tmp_path: Path) -> None:
    """One job for many repositories: what the event says of its own one does not count for the others."""
    payload = {"schedule": "0 4 * * *", "repository": {"default_branch": "trunk"}}
    environ = github(tmp_path, payload) | {"GITHUB_REPOSITORY": "owner/tools"}
    change = forked.job.change(Since(since="HEAD~1"), **environ)
    assert (paths(change.diff), change.repository) == (["fork.py"], "stranger/name")
    assert not forked.job.change(Automatic(), **environ).is_whole
