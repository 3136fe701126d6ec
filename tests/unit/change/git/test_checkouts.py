"""The checkouts that CI services make: how deep, of which ref, and what can be compared in them."""

import io
import re
import shlex
from pathlib import Path

import pytest

from chargehand.change import Automatic, FromStdin, Range, Staged, find_change, read_file_at
from chargehand.core.change import Rules
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
    job = github(tmp_path, request_payload(server)) | {"GITHUB_SHA": server.git("rev-parse", MERGE)}
    change = world.change(Automatic(), **job)
    assert change.base == server.git("rev-parse", "main")
    assert change.rules.commit == change.base
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
    with pytest.raises(ChangeError, match=r"nothing was spent: .*`fetch-depth: 0` .* `GIT_DEPTH: \"0\"`"):
        world.change(Automatic(), **github(tmp_path, request_payload(server)))


def test_a_merge_of_something_else_is_not_taken_for_the_pull_request(tmp_path: Path, server: World) -> None:
    payload = request_payload(server)
    server.git("checkout", "-q", "topic")
    server.commit({"later.py": "x\n"})
    payload["pull_request"]["head"]["sha"] = server.git("rev-parse", "topic")  # type: ignore[index] # a JSON object
    world = cut_off(checkout(server, tmp_path / "job", MERGE, depth=2))
    job = github(tmp_path, payload) | {"GITHUB_SHA": server.git("rev-parse", MERGE)}
    with pytest.raises(ChangeError, match="origin/main is not in this checkout"):
        world.change(Automatic(), **job)


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
            "base_ref": "refs/heads/main",
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
    assert not change.is_whole


def test_a_push_is_the_whole_of_its_branch_if_it_leaves_nothing_of_it_out(
    tmp_path: Path, server: World
) -> None:
    world = checkout(server, tmp_path / "job", "refs/heads/topic")
    ends = {"after": server.git("rev-parse", "topic"), "repository": {"default_branch": "main"}}
    for before, is_whole in (("0" * 40, True), (server.git("rev-parse", "main~1"), True), ("e" * 40, True)):
        payload = {**ends, "before": before, "ref": "refs/heads/topic"}
        assert world.change(Automatic(), **github(tmp_path, payload)).is_whole is is_whole
    onto_main = {
        **ends,
        "before": server.git("rev-parse", "main~1"),
        "after": server.git("rev-parse", "main"),
    }
    change = world.change(Automatic(), **github(tmp_path, {**onto_main, "ref": "refs/heads/main"}))
    assert (paths(change.diff), change.is_whole) == (["b.py"], False)


def test_a_request_that_is_merged_already_is_no_whole_change(tmp_path: Path, server: World) -> None:
    payload = request_payload(server)
    server.git("checkout", "-q", "main")
    server.git("merge", "-q", "--no-edit", "topic")
    change = checkout(server, tmp_path / "job", "refs/heads/topic").change(
        Automatic(), **github(tmp_path, payload)
    )
    assert (change.diff, change.is_whole) == (b"", False)


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


def test_a_force_push_over_a_commit_that_is_gone_is_compared_with_the_default_branch(
    tmp_path: Path, server: World
) -> None:
    payload = {"before": "e" * 40, "after": server.git("rev-parse", "topic"), "ref": "refs/heads/topic"}
    world = checkout(server, tmp_path / "job", "refs/heads/topic")
    assert paths(world.change(Automatic(), **github(tmp_path, payload)).diff) == ["a.py", "c.py"]


def test_a_push_leaves_out_what_the_default_branch_holds(tmp_path: Path, server: World) -> None:
    before = server.git("rev-parse", "topic")
    server.git("checkout", "-q", "main")
    server.commit({f"others{number}.py": "x\n" for number in range(20)})
    server.git("checkout", "-q", "topic")
    server.git("merge", "-q", "--no-edit", "main")
    after = server.commit({"mine.py": "x\n"})
    world = checkout(server, tmp_path / "job", "refs/heads/topic")
    job = {
        "GITLAB_CI": "true",
        "CI_PIPELINE_SOURCE": "push",
        "CI_COMMIT_BRANCH": "topic",
        "CI_COMMIT_BEFORE_SHA": before,
        "CI_COMMIT_SHA": after,
        "CI_DEFAULT_BRANCH": "main",
    }
    hook = {"PRE_COMMIT_FROM_REF": before, "PRE_COMMIT_TO_REF": after, "PRE_COMMIT_REMOTE_NAME": "origin"}
    payload = {"before": before, "after": after, "ref": "refs/heads/topic"}
    for environ in (job, hook, github(tmp_path, {**payload, "repository": {"default_branch": "main"}})):
        assert paths(world.change(Automatic(), **environ).diff) == ["a.py", "c.py", "mine.py"]


def test_a_push_to_the_default_branch_has_the_rules_from_before_it(tmp_path: Path, server: World) -> None:
    before = server.git("rev-parse", "main")
    server.git("checkout", "-q", "main")
    after = server.commit({"new.py": "x\n"})
    payload = {"before": before, "after": after, "ref": "refs/heads/main"}
    job = github(tmp_path, {**payload, "repository": {"default_branch": "main"}})
    change = checkout(server, tmp_path / "job", "refs/heads/main", depth=1).change(Automatic(), **job)
    assert (paths(change.diff), change.base, change.rules.commit) == (["new.py"], before, before)


@pytest.mark.parametrize("before", ["0" * 40, "e" * 40])
def test_a_default_branch_without_a_before_is_not_guessed(tmp_path: Path, server: World, before: str) -> None:
    payload = {"before": before, "after": server.git("rev-parse", "main"), "ref": "refs/heads/main"}
    world = checkout(server, tmp_path / "job", "refs/heads/main")
    job = github(tmp_path, {**payload, "repository": {"default_branch": "main"}})
    with pytest.raises(ChangeError, match=r"nothing was spent: .*--base"):
        world.change(Automatic(), **job)


def test_an_old_base_gives_way_to_the_newest_merge_base(tmp_path: Path, server: World) -> None:
    payload = request_payload(server)
    server.git("checkout", "-q", "main")
    server.commit({"others.py": "x\n"})
    server.git("checkout", "-q", "topic")
    server.git("merge", "-q", "--no-edit", "main")
    payload["pull_request"]["head"]["sha"] = server.git("rev-parse", "topic")  # type: ignore[index] # a JSON object
    for ref in ("refs/heads/topic", "refs/heads/main"):
        world = checkout(server, tmp_path / ref.rpartition("/")[2], ref)
        change = world.change(Automatic(), **github(tmp_path, payload))
        assert paths(change.diff) == ["a.py", "c.py"]
        assert change.rules == Rules(origin="commit", commit=server.git("rev-parse", "main"), branch="main")


def test_a_branch_that_only_the_author_has_moved_is_no_base(tmp_path: Path, server: World) -> None:
    """A local branch of the target's name, as a checkout of a fork's branch `main` leaves one."""
    world = checkout(server, tmp_path / "job", "refs/pull/7/head")
    world.git("branch", "-q", "main", "HEAD")
    change = world.change(Automatic(), **github(tmp_path, request_payload(server)))
    assert paths(change.diff) == ["a.py", "c.py"]
    assert change.rules.commit == server.git("rev-parse", "main")


def test_a_merge_request_is_compared_with_its_diff_base(tmp_path: Path, server: World) -> None:
    job = {
        "GITLAB_CI": "true",
        "CI_COMMIT_SHA": server.git("rev-parse", MERGE),
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
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


@pytest.mark.parametrize("selection", [Range(base="HEAD~1"), Staged(), FromStdin()])
def test_on_a_request_the_rules_are_its_target_s_whatever_is_reviewed(
    tmp_path: Path, server: World, selection: Range | Staged | FromStdin
) -> None:
    job = github(tmp_path, request_payload(server))
    place = checkout(server, tmp_path / "job", "refs/pull/7/head").place(**job)
    change = find_change(selection, place, stdin=io.BytesIO(b"diff"))
    assert change.rules.commit == server.git("rev-parse", "main")


def test_a_tip_that_cannot_be_had_ends_the_run_with_the_line_to_type(tmp_path: Path, server: World) -> None:
    place = cut_off(checkout(server, tmp_path / "job", MERGE, depth=1)).place(
        **github(tmp_path, request_payload(server))
    )
    line = r"git fetch --unshallow origin \+refs/heads/main:refs/remotes/origin/main \(in a CI job"
    for selection in (FromStdin(), Automatic(), Staged()):
        with pytest.raises(ChangeError, match=line):
            find_change(selection, place, stdin=io.BytesIO(b"diff"))


def test_outside_a_request_a_piped_diff_has_the_default_branch_s_rules(tmp_path: Path) -> None:
    world = branched(tmp_path)
    change = find_change(FromStdin(), world.place(CI="true"), stdin=io.BytesIO(b"diff"))
    assert change.rules.commit == world.git("rev-parse", "main")


def test_a_hook_s_refs_do_not_hide_the_request_that_the_job_is_about(tmp_path: Path, server: World) -> None:
    refs = {"PRE_COMMIT_FROM_REF": "HEAD~1", "PRE_COMMIT_TO_REF": "HEAD"}
    job = github(tmp_path, request_payload(server)) | refs
    change = checkout(server, tmp_path / "job", "refs/pull/7/head").change(Automatic(), **job)
    assert paths(change.diff) == ["c.py"]
    assert change.rules.commit == server.git("rev-parse", "main")


def test_a_comment_s_job_has_to_name_its_commits(tmp_path: Path, server: World) -> None:
    job = github(tmp_path, {"issue": {"number": 7, "pull_request": {"url": "x"}}})
    world = checkout(server, tmp_path / "job", "refs/heads/topic")
    change = world.change(Range(base="origin/main"), **job)
    assert change.rules.commit == server.git("rev-parse", "main")
    with pytest.raises(ChangeError, match="comment on a pull request"):
        world.change(Automatic(), **job)


def test_a_job_on_the_default_branch_that_names_no_change_is_not_whole(tmp_path: Path, server: World) -> None:
    job = github(tmp_path, {"schedule": "0 4 * * *", "repository": {"default_branch": "main"}})
    on_main = checkout(server, tmp_path / "main", "refs/heads/main").change(Automatic(), **job)
    assert (on_main.diff, on_main.is_whole) == (b"", False)
    assert "--since" in on_main.notices[0]
    on_topic = checkout(server, tmp_path / "topic", "refs/heads/topic").change(Automatic(), **job)
    assert (paths(on_topic.diff), on_topic.is_whole) == (["a.py", "c.py"], True)


def test_the_default_branch_that_the_platform_names_counts_for_a_head_alone(
    tmp_path: Path, server: World
) -> None:
    server.git("branch", "-q", "-m", "main", "trunk")
    world = checkout(server, tmp_path / "job", "refs/heads/topic")
    job = {"GITLAB_CI": "true", "CI_DEFAULT_BRANCH": "trunk"}
    change = world.change(Range(head="HEAD"), **job)
    assert paths(change.diff) == ["a.py", "c.py"]
    assert change.rules.commit == server.git("rev-parse", "trunk")


def test_a_head_alone_is_compared_with_the_target_of_the_request(tmp_path: Path, server: World) -> None:
    server.git("branch", "-q", "release/1.x", "topic~1")
    world = checkout(server, tmp_path / "job", "refs/heads/topic")
    job = github(tmp_path, request_payload(server, base="release/1.x"))
    for selection in (Range(head="HEAD"), Range(head="topic"), Automatic()):
        change = world.change(selection, **job)
        assert paths(change.diff) == ["c.py"]
        assert change.rules.branch == "release/1.x"


def test_a_clone_of_one_branch_fetches_the_target(tmp_path: Path, server: World) -> None:
    world = server.clone(tmp_path / "clone", "--branch", "topic", "--depth", "1")
    job = {"BITBUCKET_COMMIT": world.git("rev-parse", "HEAD"), "BITBUCKET_PR_ID": "3"}
    change = world.change(Automatic(), BITBUCKET_PR_DESTINATION_BRANCH="main", **job)
    assert paths(change.diff) == ["a.py", "c.py"]


def type_it(world: World, error: ChangeError) -> None:
    """Type the line that a message names, as a shell would take it."""
    [line] = re.findall(r"Run: (.+?) \(in a CI job", str(error))
    for command in line.split(" && "):
        world.git(*shlex.split(command)[1:])


@pytest.mark.parametrize("selection", [Range(base="main"), Range(base="origin/main"), Automatic()])
@pytest.mark.parametrize("depth", [["--depth", "1"], ["--single-branch"]], ids=["shallow", "whole"])
def test_the_line_that_is_shown_to_a_clone_of_one_branch_helps(
    tmp_path: Path, server: World, selection: Range | Automatic, depth: list[str]
) -> None:
    world = server.clone(tmp_path / "clone", "--branch", "topic", *depth)
    with pytest.raises(ChangeError) as told:
        world.change(selection)
    type_it(world, told.value)
    assert paths(world.change(selection).diff) == ["a.py", "c.py"]


def test_a_clone_of_one_branch_learns_an_unusual_default(tmp_path: Path, server: World) -> None:
    server.git("branch", "-q", "-m", "main", "trunk")
    server.git("checkout", "-q", "trunk")
    world = server.clone(tmp_path / "clone", "--branch", "topic", "--single-branch")
    with pytest.raises(ChangeError) as told:
        world.change()
    type_it(world, told.value)
    assert paths(world.change().diff) == ["a.py", "c.py"]


def test_a_partial_clone_whose_remote_is_gone_says_what_helps(tmp_path: Path, server: World) -> None:
    server.git("config", "uploadpack.allowFilter", "true")
    world = server.clone(tmp_path / "partial", "--filter=blob:none", "--no-checkout", "--branch", "topic")
    away = server.root.rename(tmp_path / "away")
    with pytest.raises(ChangeError, match=r"This clone is partial.*Clone without --filter"):
        world.change()
    away.rename(server.root)
    assert paths(server.clone(tmp_path / "whole", "--branch", "topic").change().diff) == ["a.py", "c.py"]


def test_a_clone_without_contents_fetches_what_the_change_needs_if_it_may(
    tmp_path: Path, server: World
) -> None:
    server.git("config", "uploadpack.allowFilter", "true")
    world = server.clone(tmp_path / "partial", "--filter=blob:none", "--no-checkout", "--branch", "topic")
    with pytest.raises(ChangeError, match="GIT_NO_LAZY_FETCH=0"):
        world.change()
    change = world.change(GIT_NO_LAZY_FETCH="0")
    assert paths(change.diff) == ["a.py", "c.py"]
    assert change.head
    assert read_file_at(world.place(GIT_NO_LAZY_FETCH="0"), change.head, "b.py") == "two\n"
