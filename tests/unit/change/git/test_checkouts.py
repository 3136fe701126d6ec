"""The checkouts that CI services make: how deep, of which ref, and what can be compared in them."""

from pathlib import Path

import pytest

from chargehand.change import Automatic, Range, Staged, read_file_at, trusted_commit
from chargehand.core.change import Change
from chargehand.core.errors import ChangeError
from tests.unit.change.world import World, branched, checkout, github, paths, pull_request, request_payload

MERGE = "refs/pull/7/merge"


@pytest.fixture
def server(tmp_path: Path) -> World:
    return pull_request(tmp_path / "server")


def cut_off(world: World) -> World:
    """Point `origin` at nothing, so that no fetch is answered."""
    world.git("remote", "set-url", "origin", f"file://{world.root}/gone")
    return world


def test_a_full_checkout_of_the_merge_gives_the_pull_request_s_own_commits(
    tmp_path: Path, server: World
) -> None:
    world = cut_off(checkout(server, tmp_path / "job", MERGE))
    change = world.change(Automatic(), **github(tmp_path, request_payload(server)))
    assert change.source == "pull_request"
    assert change.base == server.git("merge-base", "main", "topic")
    assert change.head == server.git("rev-parse", "topic")
    assert paths(change.diff) == ["a.py", "c.py"]
    assert change.notices == ()


def test_a_full_checkout_of_the_head_gives_the_same(tmp_path: Path, server: World) -> None:
    job = github(tmp_path, request_payload(server))
    merge = checkout(server, tmp_path / "merge", MERGE).change(Automatic(), **job)
    head = checkout(server, tmp_path / "head", "refs/pull/7/head").change(Automatic(), **job)
    assert head == merge


def test_two_commits_of_the_merge_are_compared_with_today_s_base(tmp_path: Path, server: World) -> None:
    world = cut_off(checkout(server, tmp_path / "job", MERGE, depth=2))
    change = world.change(Automatic(), **github(tmp_path, request_payload(server)))
    assert change.base == server.git("rev-parse", "main")
    assert change.head == server.git("rev-parse", MERGE)
    assert paths(change.diff) == ["a.py", "c.py"]
    assert "too shallow" in change.notices[0]


def test_one_commit_is_deepened_where_the_remote_answers(tmp_path: Path, server: World) -> None:
    world = checkout(server, tmp_path / "job", MERGE, depth=1)
    change = world.change(Automatic(), **github(tmp_path, request_payload(server)))
    assert change.base == server.git("merge-base", "main", "topic")
    assert paths(change.diff) == ["a.py", "c.py"]


def test_one_commit_and_no_remote_say_how_to_check_out_more(tmp_path: Path, server: World) -> None:
    world = cut_off(checkout(server, tmp_path / "job", MERGE, depth=1))
    with pytest.raises(ChangeError, match=r"nothing was spent: .* `fetch-depth: 0` .* `GIT_DEPTH: \"0\"`"):
        world.change(Automatic(), **github(tmp_path, request_payload(server)))


def test_a_merge_of_something_else_is_not_taken_for_the_pull_request(tmp_path: Path, server: World) -> None:
    payload = request_payload(server)
    server.git("checkout", "-q", "topic")
    server.commit({"later.py": "x\n"})
    payload["pull_request"]["head"]["sha"] = server.git("rev-parse", "topic")  # type: ignore[index] # a JSON object
    world = cut_off(checkout(server, tmp_path / "job", MERGE, depth=2))
    with pytest.raises(ChangeError, match="is no commit of this checkout"):
        world.change(Automatic(), **github(tmp_path, payload))


def test_a_request_from_a_fork_is_fetched_as_data_from_a_checkout_of_the_base(
    tmp_path: Path, server: World
) -> None:
    fork = server.clone(tmp_path / "fork", "--branch", "topic")
    fork.commit({"fork.py": "x\n"})
    server.git("fetch", "-q", f"file://{fork.root}", "+topic:refs/pull/8/head")
    payload = request_payload(server, head="refs/pull/8/head")
    world = checkout(server, tmp_path / "job", "refs/heads/main")
    change = world.change(Automatic(), **github(tmp_path, payload))
    assert paths(change.diff) == ["a.py", "c.py", "fork.py"]
    assert not (world.root / "fork.py").exists()


def test_a_base_that_was_rewritten_away_is_looked_up_by_its_branch(tmp_path: Path, server: World) -> None:
    payload = request_payload(server)
    payload["pull_request"]["base"]["sha"] = "e" * 40  # type: ignore[index] # a JSON object
    world = cut_off(checkout(server, tmp_path / "job", MERGE))
    assert paths(world.change(Automatic(), **github(tmp_path, payload)).diff) == ["a.py", "c.py"]


def test_a_merge_group_is_compared_with_the_queue_s_base(tmp_path: Path, server: World) -> None:
    payload = {
        "merge_group": {
            "base_sha": server.git("rev-parse", "main"),
            "head_sha": server.git("rev-parse", MERGE),
        }
    }
    change = cut_off(checkout(server, tmp_path / "job", MERGE)).change(
        Automatic(), **github(tmp_path, payload)
    )
    assert (change.source, paths(change.diff)) == ("merge_group", ["a.py", "c.py"])


def test_a_push_is_compared_with_what_was_there_before(tmp_path: Path, server: World) -> None:
    payload = {"before": server.git("rev-parse", "topic~1"), "after": server.git("rev-parse", "topic")}
    world = checkout(server, tmp_path / "job", "refs/heads/topic", depth=1)
    change = world.change(Automatic(), **github(tmp_path, payload))
    assert (change.source, paths(change.diff)) == ("push", ["c.py"])


def test_a_new_branch_is_compared_with_the_default_branch_that_the_platform_names(
    tmp_path: Path, server: World
) -> None:
    server.git("branch", "-q", "-m", "main", "trunk")
    payload = {
        "before": "0" * 40,
        "after": server.git("rev-parse", "topic"),
        "repository": {"default_branch": "trunk"},
    }
    change = checkout(server, tmp_path / "job", "refs/heads/topic").change(
        Automatic(), **github(tmp_path, payload)
    )
    assert (change.source, paths(change.diff)) == ("push", ["a.py", "c.py"])


def test_a_push_over_a_commit_that_is_gone_is_not_guessed(tmp_path: Path, server: World) -> None:
    payload = {"before": "e" * 40, "after": server.git("rev-parse", "topic")}
    world = checkout(server, tmp_path / "job", "refs/heads/topic")
    with pytest.raises(ChangeError, match=r"e{40} is no commit of this checkout.*--base"):
        world.change(Automatic(), **github(tmp_path, payload))


def test_a_merge_request_is_compared_with_its_diff_base(tmp_path: Path, server: World) -> None:
    job = {
        "GITLAB_CI": "true",
        "CI_COMMIT_SHA": server.git("rev-parse", MERGE),
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": server.git("merge-base", "main", "topic"),
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": server.git("rev-parse", "topic"),
    }
    for depth in (None, 1, 2):
        change = checkout(server, tmp_path / f"job{depth}", MERGE, depth).change(Automatic(), **job)
        assert (change.source, paths(change.diff)) == ("merge_request", ["a.py", "c.py"])


def test_a_pre_push_hook_reviews_what_is_pushed(tmp_path: Path) -> None:
    world = branched(tmp_path)
    environ = {
        "PRE_COMMIT_FROM_REF": "topic~1",
        "PRE_COMMIT_TO_REF": "topic",
        "PRE_COMMIT_REMOTE_NAME": "origin",
    }
    change = world.change(Automatic(), **environ)
    assert (change.source, paths(change.diff)) == ("push", ["c.py"])


def test_a_range_in_a_shallow_job_is_deepened_too(tmp_path: Path, server: World) -> None:
    world = checkout(server, tmp_path / "job", "refs/heads/topic", depth=1)
    base = server.git("rev-parse", "main")
    assert paths(world.change(Range(base=base), CI="true").diff) == ["a.py", "c.py"]


def test_nobody_s_own_clone_is_deepened(tmp_path: Path, server: World) -> None:
    world = checkout(server, tmp_path / "clone", "refs/heads/topic", depth=1)
    with pytest.raises(ChangeError, match="unshallow"):
        world.change(Range(base=server.git("rev-parse", "main")))
    assert world.git("rev-list", "--count", "HEAD") == "1"


@pytest.mark.parametrize("selection", [Range(base="HEAD~1"), Staged()])
def test_on_a_request_the_configuration_comes_from_its_base_whatever_is_reviewed(
    tmp_path: Path, server: World, selection: Range | Staged
) -> None:
    world = checkout(server, tmp_path / "job", "refs/pull/7/head")
    job = github(tmp_path, request_payload(server))
    change = world.change(selection, **job)
    assert trusted_commit(world.place(**job), change) == server.git("merge-base", "main", "topic")


def test_a_diff_that_was_piped_in_gets_the_request_s_base_or_nothing(tmp_path: Path, server: World) -> None:
    job = github(tmp_path, request_payload(server))
    piped = Change(source="stdin", diff=b"diff")
    whole = checkout(server, tmp_path / "whole", MERGE)
    assert trusted_commit(whole.place(**job), piped) == server.git("merge-base", "main", "topic")
    shallow = cut_off(checkout(server, tmp_path / "shallow", MERGE, depth=1))
    with pytest.raises(ChangeError, match="fetch-depth"):
        trusted_commit(shallow.place(**job), piped)


def test_outside_a_request_a_piped_diff_takes_the_work_tree_s_configuration(tmp_path: Path) -> None:
    assert trusted_commit(branched(tmp_path).place(CI="true"), Change(source="stdin", diff=b"diff")) is None


def test_a_hook_s_refs_do_not_hide_the_request_that_the_job_is_about(tmp_path: Path, server: World) -> None:
    refs = {"PRE_COMMIT_FROM_REF": "HEAD~1", "PRE_COMMIT_TO_REF": "HEAD"}
    job = github(tmp_path, request_payload(server)) | refs
    world = checkout(server, tmp_path / "job", "refs/pull/7/head")
    change = world.change(Automatic(), **job)
    assert paths(change.diff) == ["c.py"]
    assert trusted_commit(world.place(**job), change) == server.git("merge-base", "main", "topic")


def test_a_comment_s_job_may_name_its_commits_but_not_pipe_a_diff(tmp_path: Path, server: World) -> None:
    job = github(tmp_path, {"issue": {"pull_request": {"url": "x"}}})
    world = checkout(server, tmp_path / "job", "refs/heads/topic")
    change = world.change(Range(base="origin/main"), **job)
    assert trusted_commit(world.place(**job), change) == change.base
    with pytest.raises(ChangeError, match="comment on a pull request"):
        trusted_commit(world.place(**job), Change(source="stdin", diff=b"diff"))


def test_a_clone_without_contents_fetches_what_the_change_needs(tmp_path: Path, server: World) -> None:
    server.git("config", "uploadpack.allowFilter", "true")
    world = server.clone(tmp_path / "partial", "--filter=blob:none", "--no-checkout", "--branch", "topic")
    change = world.change()
    assert paths(change.diff) == ["a.py", "c.py"]
    assert change.head
    assert read_file_at(world.place(), change.head, "b.py") == "two\n"
