"""A base is named, and the author of the change has made a ref of the same name."""

from pathlib import Path

import pytest

from chargehand.change import Automatic, Range
from chargehand.core.errors import ChangeError
from tests.unit.change.world import World, checkout, github, paths, pull_request, request_payload

REQUEST = ["a.py", "c.py"]


@pytest.fixture
def server(tmp_path: Path) -> World:
    return pull_request(tmp_path / "server")


@pytest.mark.parametrize("base", ["main", "origin/main"])
@pytest.mark.parametrize("name", ["main", "origin/main"])
def test_a_branch_of_the_author_s_does_not_pass_for_the_remote_s(
    tmp_path: Path, server: World, base: str, name: str
) -> None:
    job = checkout(server, tmp_path / "job", "refs/heads/topic")
    job.git("checkout", "-q", "-b", name)
    change = job.change(Range(base=base), **github(tmp_path, request_payload(server)))
    assert paths(change.diff) == REQUEST


def test_a_tag_of_the_branch_s_name_makes_it_unclear(tmp_path: Path, server: World) -> None:
    job = checkout(server, tmp_path / "job", "refs/heads/topic")
    job.git("tag", "main", "HEAD")
    environ = github(tmp_path, request_payload(server))
    with pytest.raises(ChangeError, match=r"main is a tag and a branch.*refs/remotes/origin/main"):
        job.change(Range(base="main"), **environ)
    for base in ("refs/remotes/origin/main", "origin/main"):
        assert paths(job.change(Range(base=base), **environ).diff) == REQUEST
    assert job.change(Range(base="refs/tags/main"), **environ).diff == b""


def test_the_branch_under_review_is_no_base_of_its_own(tmp_path: Path, server: World) -> None:
    job = checkout(server, tmp_path / "job", "refs/heads/topic")
    job.git("checkout", "-q", "-b", "release")
    with pytest.raises(ChangeError, match="release is the branch that is checked out"):
        job.change(Range(base="release"), CI="true")


def test_a_tag_alone_a_commit_and_head_mean_what_they_say(tmp_path: Path, server: World) -> None:
    server.git("tag", "v1", "topic~1")
    job = checkout(server, tmp_path / "job", "refs/heads/topic")
    job.git("fetch", "-q", "origin", "refs/tags/*:refs/tags/*")
    for base in (
        "v1",
        "HEAD~1",
        server.git("rev-parse", "topic~1"),
        server.git("rev-parse", "--short", "v1"),
    ):
        assert paths(job.change(Range(base=base), CI="true").diff) == ["c.py"]
    assert job.change(Range(base="HEAD"), CI="true").diff == b""


def test_a_branch_named_main_is_no_default_if_the_remote_has_another(tmp_path: Path, server: World) -> None:
    server.git("branch", "-q", "-m", "main", "trunk")
    server.git("branch", "-q", "main", "topic")
    job = checkout(server, tmp_path / "job", "refs/heads/topic")
    for environ in ({"TEAMCITY_VERSION": "2026.1"}, {"CI": "true"}):
        change = job.change(Automatic(), **environ)
        assert paths(change.diff) == REQUEST
        assert change.rules.commit == server.git("rev-parse", "trunk")


def test_on_one_s_own_machine_names_mean_what_git_takes_them_for(tmp_path: Path, server: World) -> None:
    clone = checkout(server, tmp_path / "clone", "refs/heads/topic")
    clone.git("branch", "-q", "main", "HEAD~1")
    assert paths(clone.change(Range(base="main")).diff) == ["c.py"]


def test_a_tip_that_an_earlier_job_left_gives_way_to_the_base_of_the_event(
    tmp_path: Path, server: World
) -> None:
    """A runner that keeps its work tree fetches the request alone; the target's branch stays as it was."""
    job = checkout(server, tmp_path / "job", "refs/heads/topic")
    server.git("checkout", "-q", "main")
    newer = server.commit({".chargehand.toml": "threads = 2\n"})
    change = job.change(Automatic(), **github(tmp_path, request_payload(server)))
    assert (paths(change.diff), change.rules.commit) == (REQUEST, newer)
