"""What people see in a merge request over several pushes, with real reports and a local GitLab."""

from pathlib import Path

import pytest

from chargehand.core.errors import ForgeUnsure
from tests.contract.publishing import BASE, added, claim
from tests.contract.publishing_gitlab import AUTHOR, BOT, MergeRequest
from tests.gitlab_api import DEVELOPER, REPORTER, Fault, GitLabApi, User

LATER = [f"later_{number} = {number}" for number in range(10)]


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> MergeRequest:
    return MergeRequest(tmp_path, monkeypatch, capsys)


@pytest.fixture
def pushed(world: MergeRequest) -> MergeRequest:
    """Return a merge request with two findings, reviewed and not posted yet."""
    world.push([*BASE[:20], *added(1, 2), *BASE[20:]])
    world.review(claim(1), claim(2))
    return world


def test_a_first_push_gets_a_note_threads_at_the_lines_and_a_status(pushed: MergeRequest) -> None:
    with GitLabApi(pushed.project) as api:
        done = pushed.publish(api)
        again = pushed.publish(api)
    assert (done.code, again.code) == (0, 0)
    assert done.said == "chargehand: GitLab: 3 comments added. Blocked (live): 2 findings at or above high\n"
    assert "all comments stand as they should" in again.said
    places = [thread.notes[0].position for thread in pushed.threads()]
    assert [(each["new_path"], each["new_line"], each["old_line"]) for each in places] == [
        ("app.py", 21, None),
        ("app.py", 22, None),
    ]
    [summary] = pushed.summaries()
    assert "⛔ chargehand · Blocked (live): 2 findings at or above high" in summary
    [status] = pushed.project.statuses
    assert (status["name"], status["status"], status["sha"]) == (
        "chargehand",
        "failed",
        pushed.project.versions[-1].head,
    )


def test_a_second_push_with_one_fixed_one_moved_and_one_new(pushed: MergeRequest) -> None:
    with GitLabApi(pushed.project) as api:
        pushed.post(api)
        first = [thread.id for thread in pushed.threads()]
        pushed.push([*LATER, *BASE[:20], "good_1 = data.get(1)", *added(2, 3), *BASE[20:]])
        pushed.review(claim(2), claim(3))
        [said] = pushed.post(api)
    assert said.startswith("GitLab: 1 comment added; 1 comment folded; 1 comment edited. Blocked")
    assert pushed.titles() == ["(1)", "2", "3"]
    assert [thread.id for thread in pushed.threads()][:2] == first
    assert "**Gone: the file was read again" in pushed.threads()[0].notes[0].body
    [summary] = pushed.summaries()
    assert "1 earlier comment folded" in summary


def test_an_incomplete_second_push_calls_nothing_gone(pushed: MergeRequest) -> None:
    with GitLabApi(pushed.project) as api:
        pushed.post(api)
        pushed.push([*BASE[:20], "good = 1", *BASE[20:]])
        pushed.review(rules=[{"role": "worker", "stop_reason": "refusal"}])
        pushed.post(api)
    assert pushed.titles() == ["1", "2"]
    assert pushed.project.statuses[-1]["description"].startswith("Incomplete (live): ")


def test_what_was_gone_and_comes_back_is_opened_again(pushed: MergeRequest) -> None:
    with GitLabApi(pushed.project) as api:
        pushed.post(api)
        for lines, claims in ((["good = 1"], []), (added(1, 2), [claim(1), claim(2)])):
            pushed.push([*BASE[:20], *lines, *BASE[20:]])
            pushed.review(*claims)
            pushed.post(api)
            assert pushed.titles() == (["1", "2"] if claims else ["(1)", "(2)"])


def test_a_force_push_leaves_threads_of_lines_that_are_still_there(pushed: MergeRequest) -> None:
    with GitLabApi(pushed.project) as api:
        pushed.post(api)
        pushed.push([*BASE[:5], *added(2), *BASE[5:]], is_forced=True)
        pushed.review(claim(2))
        pushed.post(api)
    assert pushed.titles()[0] == "(1)"
    assert pushed.titles().count("2") == 1


def test_a_deleted_note_is_not_posted_again_and_the_summary_tells_of_it(pushed: MergeRequest) -> None:
    with GitLabApi(pushed.project) as api:
        pushed.post(api)
        pushed.project.delete(pushed.threads()[0].notes[0])
        pushed.post(api)
        pushed.post(api)
    assert pushed.titles() == ["2"]
    [summary] = pushed.summaries()
    assert "1 comment deleted by somebody" in summary
    assert "Item 1 may be missing" in summary


def test_what_people_answered_or_resolved_is_left_alone_and_never_posted_again(pushed: MergeRequest) -> None:
    with GitLabApi(pushed.project) as api:
        pushed.post(api)
        answered, resolved = pushed.threads()
        pushed.project.reply(answered, AUTHOR, "I think that this is right.")
        resolved.notes[0].resolved_by = AUTHOR
        before = [thread.notes[0].body for thread in pushed.threads()]
        pushed.post(api)
        pushed.push([*BASE[:20], "good = 1", *BASE[20:]])
        pushed.review()
        pushed.post(api)
    assert [thread.notes[0].body for thread in pushed.threads()] == before
    assert pushed.titles() == ["1", "(2)"]


@pytest.mark.parametrize("is_done", [True, False], ids=["done", "not-done"])
def test_an_outage_midway_doubles_nothing_and_loses_nothing(pushed: MergeRequest, *, is_done: bool) -> None:
    faults = [
        Fault("POST", "/discussions$", 502, is_done=is_done),
        Fault("POST", "/notes$", 0, is_done=is_done),
        Fault("POST", "/statuses/", 500, is_done=is_done),
        Fault("PUT", "/notes/", 504, is_done=is_done),
        Fault("GET", "/discussions$", 503, first=2),
    ]
    with GitLabApi(pushed.project, faults=faults) as api:
        pushed.post(api)
        pushed.push([*BASE[:20], *added(2, 3), *BASE[20:]])
        pushed.review(claim(2), claim(3))
        pushed.post(api)
    assert sorted(pushed.titles()) == ["(1)", "2", "3"]
    assert len(pushed.summaries()) == 1
    assert pushed.project.statuses[-1]["sha"] == pushed.project.versions[-1].head


def test_an_outage_that_does_not_end_is_told_in_words_and_the_next_run_completes_it(
    pushed: MergeRequest,
) -> None:
    with GitLabApi(pushed.project, faults=[Fault("POST", "/discussions$", 503, times=8)]) as api:
        with pytest.raises(ForgeUnsure, match=r"GitLab failed \(503\)"):
            pushed.post(api)
        api.faults.planned.clear()
        pushed.post(api)
    assert pushed.titles() == ["1", "2"]


@pytest.mark.parametrize("path", ["/discussions", "/notes"])
def test_two_runs_at_once_leave_no_duplicate(pushed: MergeRequest, path: str) -> None:
    with GitLabApi(pushed.project) as api:
        api.before = ("POST", path, lambda: pushed.post(api))
        pushed.post(api)
    assert sorted(pushed.titles()) == ["1", "2"]
    assert len(pushed.summaries()) == 1


def test_a_place_that_gitlab_refuses_costs_only_its_own_thread(pushed: MergeRequest) -> None:
    version = pushed.project.versions[-1]
    shown = version.diff.replace("+bad_2", " bad_2")
    pushed.project.versions[-1] = type(version)(version.base, version.head, shown)
    with GitLabApi(pushed.project) as api:
        pushed.post(api)
    kinds = [thread.notes[0].position["position_type"] for thread in pushed.threads()]
    assert sorted(kinds) == ["file", "text"]


def test_somebody_who_may_write_and_is_not_the_author_lets_a_finding_through(pushed: MergeRequest) -> None:
    maintainer, guest = User(8, "dev", DEVELOPER), User(9, "guest", 10)
    pushed.project.members += [maintainer, guest]
    [first, second] = pushed.review(claim(1), claim(2))["findings"]
    with GitLabApi(pushed.project) as api:
        pushed.post(api)
        bot = User(10, "project_42_bot_3", DEVELOPER, is_bot=True)
        pushed.project.members.append(bot)
        for who, finding in ((maintainer, first), (AUTHOR, second), (guest, second), (bot, second)):
            text = f"/chargehand waive {finding['fingerprint']} the list is never empty"
            pushed.project.open(who, text, is_individual=True)
        edited = pushed.project.open(maintainer, f"/chargehand waive {second['fingerprint']} never empty")
        edited.notes[0].is_edited = True  # by whom GitLab does not say: it could be the author
        [said] = pushed.post(api)
    assert "1 blocking finding left" in said
    assert pushed.titles() == ["(1)", "2"]
    [summary] = pushed.summaries()
    assert "waived by dev: the list is never empty" in summary
    for refused in (
        "author does not count: they opened this request",
        "guest does not count: they may not write here",
        "does not count: they may not write here, or are a bot",
        "A comment of dev was edited",
    ):
        assert refused in summary.replace("\\", ""), summary


def test_a_reporter_comments_and_is_told_what_that_role_lacks(pushed: MergeRequest) -> None:
    low = User(BOT.id, BOT.username, REPORTER)
    pushed.project.tokens[:] = [type(pushed.project.tokens[0])("secret-bot", low)]
    with GitLabApi(pushed.project) as api:
        done = pushed.publish(api)
    assert done.code == 0
    assert "the role that this wants" in done.said
    assert len(pushed.threads()) == 2
    assert pushed.project.statuses == []


def test_a_report_of_another_commit_is_not_posted(pushed: MergeRequest) -> None:
    with GitLabApi(pushed.project) as api:
        pushed.push([*BASE, "new = 1"])
        [said] = pushed.post(api)
        pushed.review()
        pushed.project.target = "release"
        [elsewhere] = pushed.post(api)
    assert said.startswith("Nothing was posted to GitLab: the report is about ")
    assert elsewhere.startswith(
        "Nothing was posted to GitLab: the report is about a change for the branch main"
    )
    assert (pushed.threads(), pushed.summaries(), pushed.project.statuses) == ([], [], [])


def test_no_text_of_others_is_a_quick_action(world: MergeRequest) -> None:
    world.push([*BASE[:20], *added(1), "/merge", *BASE[20:]])
    said = "Look:\n/merge\n```\n/close\n```\n> /approve"
    world.review(
        claim(1, title="/merge Item 1 may be missing", message=said, suggestion="/merge\n```\n/merge")
    )
    with GitLabApi(world.project) as api:
        world.post(api)
    lines = [line for note in world.project.notes if note.author == BOT for line in note.body.split("\n")]
    assert [line for line in lines if "/merge" in line or "/approve" in line]
    assert [line for line in lines if line.startswith(("/", "> /"))] == []


def test_in_a_merged_results_pipeline_the_status_is_that_of_the_pipelines_own_commit(
    pushed: MergeRequest,
) -> None:
    pushed.project.merges.append("e" * 40)
    pipeline = pushed.project.run("e" * 40)
    head = pushed.project.versions[-1].head
    with GitLabApi(pushed.project) as api:
        pushed.publish(api, CI_COMMIT_SHA="e" * 40, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=head)
    [status] = pushed.project.statuses
    assert (status["sha"], status["pipeline_id"]) == ("e" * 40, pipeline)


def test_what_comes_late_gets_no_thread_and_is_told_of_in_the_summary(pushed: MergeRequest) -> None:
    state = ("--state", str(pushed.folder / ".git/state.json"))
    pushed.review(claim(1), claim(2), options=state)
    with GitLabApi(pushed.project) as api:
        pushed.post(api)
        pushed.push([*BASE[:20], *added(1, 2), *BASE[20:], *LATER])
        late = claim(2, severity="medium", title="Item 9 was always wrong", rule="correctness/off-by-one")
        report = pushed.review(claim(1), claim(2), late, options=state)
        pushed.post(api)
    assert [each["state"] for each in report["findings"]] == ["new", "new", "late"]
    assert pushed.titles() == ["1", "2"]
    [summary] = pushed.summaries()
    assert "1 finding late, on lines that the last review read already" in summary


def test_a_suggestion_stands_at_the_last_of_its_lines_and_counts_back_from_it(world: MergeRequest) -> None:
    world.push([*BASE[:20], *added(1, 2), *BASE[20:]])
    both = "bad_1 = data[1]\nbad_2 = data[2]"
    world.review(claim(1, replaces=both, suggestion="good = data[:2]"))
    with GitLabApi(world.project) as api:
        world.post(api)
    [note] = [thread.notes[0] for thread in world.threads()]
    assert "```suggestion:-1+0\ngood = data[:2]\n```" in note.body
    ends = note.position["line_range"]
    assert (ends["start"]["new_line"], note.position["new_line"]) == (21, 22)
