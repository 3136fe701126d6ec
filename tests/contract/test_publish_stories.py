"""What people see in a pull request over several pushes, with real reports and a local GitHub."""

import json
from pathlib import Path

import pytest

from chargehand.core.errors import ForgeRefused, ForgeUnsure
from tests.command import environment
from tests.contract.publishing import BASE, LENS, World, added, claim
from tests.github_api import Fault, GitHubApi, Token
from tests.messages_api import MessagesApi, Script

LATER = [f"later_{number} = {number}" for number in range(10)]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> World:
    return World(tmp_path, monkeypatch, capsys)


@pytest.fixture
def pushed(world: World) -> World:
    """Return a pull request with two findings, reviewed and not posted yet."""
    world.push([*BASE[:20], *added(1, 2), *BASE[20:]])
    world.review(claim(1), claim(2))
    return world


def test_a_first_push_gets_a_summary_comments_at_the_lines_and_a_check(pushed: World) -> None:
    with GitHubApi(pushed.pull) as api:
        done = pushed.publish(api)
    assert done.code == 0
    assert done.said == "chargehand: GitHub: 3 comments added. Blocked (live): 2 findings at or above high\n"
    assert [(each.path, each.line, each.side) for each in pushed.pull.threads] == [
        ("app.py", 21, "RIGHT"),
        ("app.py", 22, "RIGHT"),
    ]
    [summary] = pushed.summaries()
    assert "⛔ chargehand · Blocked (live): 2 findings at or above high" in summary
    [check] = pushed.pull.check_runs
    assert (check["name"], check["conclusion"], check["head_sha"]) == ("Review", "failure", pushed.pull.head)
    assert len(pushed.pull.reviews) == 1


def test_a_second_push_with_one_fixed_one_moved_and_one_new(pushed: World) -> None:
    with GitHubApi(pushed.pull) as api:
        pushed.post(api)
        first = [thread.id for thread in pushed.pull.threads]
        pushed.push([*LATER, *BASE[:20], "good_1 = data.get(1)", *added(2, 3), *BASE[20:]])
        pushed.review(claim(2), claim(3))
        [said] = pushed.post(api)
    assert said.startswith("GitHub: 1 comment added; 1 comment folded; 1 comment edited. Blocked")
    assert pushed.titles() == ["(1)", "2", "3"]
    assert [thread.id for thread in pushed.pull.threads][:2] == first
    gone = pushed.pull.threads[0].comments[0].body
    assert "**Gone: the file was read again" in gone
    assert "It blocks" not in gone
    [summary] = pushed.summaries()
    assert "1 earlier comment folded" in summary
    assert len(pushed.pull.check_runs) == 2  # one for each commit


def test_an_incomplete_second_push_calls_nothing_gone(pushed: World) -> None:
    with GitHubApi(pushed.pull) as api:
        pushed.post(api)
        pushed.push([*BASE[:20], "good = 1", *BASE[20:]])
        pushed.review(rules=[{"role": "worker", "stop_reason": "refusal"}])
        pushed.post(api)
    assert pushed.titles() == ["1", "2"]
    [summary] = pushed.summaries()
    assert "2 earlier comments left alone" in summary
    assert pushed.pull.check_runs[-1]["conclusion"] == "action_required"


def test_a_force_push_leaves_comments_of_lines_that_are_still_there(pushed: World) -> None:
    with GitHubApi(pushed.pull) as api:
        pushed.post(api)
        pushed.push([*BASE[:5], *added(2), *BASE[5:]], is_forced=True)
        pushed.review(claim(2))
        pushed.post(api)
    assert pushed.titles()[0] == "(1)"
    assert pushed.titles().count("2") == 1


def test_a_deleted_comment_is_not_posted_again_and_the_summary_tells_of_it(pushed: World) -> None:
    with GitHubApi(pushed.pull) as api:
        pushed.post(api)
        del pushed.pull.threads[0]
        pushed.post(api)
        pushed.post(api)
    assert pushed.titles() == ["2"]
    [summary] = pushed.summaries()
    assert "1 comment deleted by somebody" in summary
    assert "Item 1 may be missing" in summary


def test_what_people_answered_or_resolved_is_left_alone_and_never_posted_again(pushed: World) -> None:
    with GitHubApi(pushed.pull) as api:
        pushed.post(api)
        answered, resolved = pushed.pull.threads
        answered.comments.append(pushed.pull.comment("author", "I think that this is right."))
        resolved.is_resolved = True
        before = [thread.comments[0].body for thread in pushed.pull.threads]
        pushed.post(api)
        pushed.push([*BASE[:20], "good = 1", *BASE[20:]])
        pushed.review()
        pushed.post(api)
    assert [thread.comments[0].body for thread in pushed.pull.threads] == before
    assert pushed.titles() == ["1", "2"]


@pytest.mark.parametrize("is_done", [True, False], ids=["done", "not-done"])
def test_an_outage_midway_doubles_nothing_and_loses_nothing(pushed: World, *, is_done: bool) -> None:
    waits: list[float] = []
    faults = [
        Fault("POST", "/reviews", 502, is_done=is_done),
        Fault("POST", "/issues/7/comments", 0, is_done=is_done),
        Fault("POST", "/check-runs", 500, is_done=is_done),
        Fault("POST", "edit: update", 504, is_done=is_done),
    ]
    with GitHubApi(pushed.pull, faults=faults) as api:
        pushed.post(api, waits)
        assert waits == [1.0, 2.0]  # the check is set beside the comments
        pushed.push([*BASE[:20], *added(2, 3), *BASE[20:]])
        pushed.review(claim(2), claim(3))
        pushed.post(api, waits)
    assert sorted(pushed.titles()) == ["(1)", "2", "3"]
    assert len(pushed.summaries()) == 1
    assert [run["head_sha"] for run in pushed.pull.check_runs][-1] == pushed.pull.head
    assert waits == [1.0, 2.0, 1.0]


def test_an_outage_that_does_not_end_is_told_in_words_and_the_next_run_completes_it(pushed: World) -> None:
    with GitHubApi(pushed.pull, faults=[Fault("POST", "/reviews", 503, times=4)]) as api:
        with pytest.raises(ForgeUnsure, match=r"GitHub failed \(503\).*Run `chargehand publish` again"):
            pushed.post(api)
        assert pushed.titles() == []
        pushed.post(api)
    assert pushed.titles() == ["1", "2"]


def test_what_a_rate_limit_kept_from_its_lines_gets_there_with_the_next_run(pushed: World) -> None:
    limit = Fault("POST", "/reviews", 429, retry_after_s=600, text="{}")
    with GitHubApi(pushed.pull, faults=[limit]) as api:
        with pytest.raises(ForgeRefused, match="Not all was posted: GitHub takes no more requests for 600 s"):
            pushed.post(api)
        assert pushed.titles() == []
        [summary] = pushed.summaries()
        assert "2 findings without a comment beside the code" in summary
        pushed.post(api)
    assert pushed.titles() == ["1", "2"]
    assert "2 findings beside the code" in pushed.summaries()[0]


@pytest.mark.parametrize("path", ["/reviews", "/issues/7/comments", "repository/check-runs"])
def test_two_runs_at_once_leave_no_duplicate_and_one_verdict(pushed: World, path: str) -> None:
    pushed.pull.check_runs.append({"id": 9, "name": "Review", "head_sha": pushed.pull.head})  # some job's

    def overtake() -> None:
        older = pushed.report.read_bytes()
        pushed.review(claim(1), claim(2), options=("--fail-on", "never"))
        pushed.post(api)
        pushed.report.write_bytes(older)

    with GitHubApi(pushed.pull) as api:
        api.before = ("POST", path, overtake)
        pushed.post(api)
    assert pushed.titles() == ["1", "2"]
    assert len(pushed.summaries()) == 1
    assert len({each["conclusion"] for each in pushed.pull.check_runs[1:]}) == 1


def test_a_report_of_another_commit_is_not_posted(pushed: World) -> None:
    with GitHubApi(pushed.pull) as api:
        reviewed, pushed.pull.head = pushed.pull.head, "f" * 40
        [said] = pushed.post(api)
        pushed.pull.head, pushed.pull.is_open = reviewed, False
        [closed] = pushed.post(api)
        pushed.pull.is_open, pushed.pull.target = True, "release"
        [elsewhere] = pushed.post(api)
    assert said == (
        f"Nothing was posted to GitHub: the report is about {reviewed[:12]}, "
        "and the head of request 7 is ffffffffffff now."
    )
    assert closed == "Nothing was posted to GitHub: request 7 is no longer open."
    assert elsewhere == (
        "Nothing was posted to GitHub: the report is about a change for the branch main, "
        "and request 7 is for release now: review it anew."
    )
    assert (pushed.pull.threads, pushed.summaries(), pushed.pull.check_runs) == ([], [], [])


def test_a_push_while_we_post_ends_it(pushed: World) -> None:
    with GitHubApi(pushed.pull) as api:
        api.before = ("POST", "/reviews", lambda: setattr(pushed.pull, "head", "f" * 40))
        [said] = pushed.post(api)
    assert said.startswith("Not all was posted to GitHub: the report is about")
    assert (pushed.titles(), len(api.sent("/reviews"))) == ([], 1)


def test_a_run_that_is_overtaken_does_not_overwrite_the_summary_of_the_later_push(pushed: World) -> None:
    def overtake() -> None:
        pushed.push([*BASE[:20], *added(1, 2, 3), *BASE[20:]])
        pushed.review(claim(1), claim(2), claim(3))
        pushed.post(api)
        pushed.report.write_bytes(older)

    with GitHubApi(pushed.pull) as api:
        pushed.post(api)
        pushed.review(claim(1, severity="medium"), claim(2))
        older = pushed.report.read_bytes()
        api.before = ("POST", "updatePullRequestReviewComment", overtake)
        [said] = pushed.post(api)
    assert said.startswith("Not all was posted to GitHub: the report is about")
    [summary] = pushed.summaries()
    assert "Blocked (live): 3 findings at or above high" in summary


def test_a_renamed_file_keeps_its_comments(pushed: World) -> None:
    with GitHubApi(pushed.pull) as api:
        pushed.post(api)
        pushed.git("mv", "app.py", "core.py")
        pushed.git("commit", "-qm", "rename")
        pushed.pushed(pushed.git("rev-parse", "HEAD"), pushed.git("diff", "-M", "main...HEAD"))
        pushed.review(claim(1, file="core.py"), claim(2, file="core.py"))
        pushed.post(api)
    assert pushed.titles() == ["1", "2"]
    assert "2 findings beside the code" in pushed.summaries()[0]


def test_in_a_locked_conversation_the_check_is_set_and_what_is_missing_is_said(pushed: World) -> None:
    pushed.pull.is_locked = True
    with GitHubApi(pushed.pull) as api:
        done = pushed.publish(api)
        asked = len(api.sent("/reviews")) + len(api.sent("/comments"))
        pushed.pull.is_locked = False
        pushed.post(api)
    assert (done.code, asked) == (3, 2)
    assert done.said.startswith("chargehand: GitHub: no comment was changed. Blocked (live)")
    assert "lock prevents review). The conversation is locked" in done.said
    assert (pushed.titles(), len(pushed.pull.check_runs)) == (["1", "2"], 1)


def test_a_line_that_github_refuses_falls_back_alone(world: World) -> None:
    """GitHub shows less of the file than the review read: no line around what changed."""
    world.push([*BASE[:20], *added(1), *BASE[20:]])
    world.review(claim(1), claim(2, quote="line_19 = 19"))
    world.pull.diff = world.git("diff", "-U0", "main...HEAD")
    with GitHubApi(world.pull) as api:
        world.post(api)
    assert [(each.line, each.path) for each in world.pull.threads] == [(21, "app.py"), (None, "app.py")]
    assert "`app.py:20`" in world.pull.threads[1].comments[0].body
    assert "2 findings beside the code" in world.summaries()[0]
    world.pull.threads.clear()
    world.pull.conversation.clear()
    world.pull.diff = ""
    with GitHubApi(world.pull) as api:
        world.post(api)
    assert world.pull.threads == []
    assert all(f"Item {number} may" in world.summaries()[0] for number in (1, 2))


def test_a_person_waives_a_finding_and_the_same_report_passes(pushed: World) -> None:
    finding = json.loads(pushed.report.read_text("utf-8"))["findings"]
    pushed.pull.roles = {"reviewer": "write", "author": "admin"}
    with GitHubApi(pushed.pull) as api:
        pushed.post(api)
        pushed.pull.say("author", f"/chargehand waive {finding[0]['fingerprint']} trust me")
        pushed.pull.say("reviewer", f"/chargehand waive {'0' * 32} a slip")
        pushed.pull.say(
            "reviewer", f"/chargehand waive {finding[1]['fingerprint']} the list is <b>never</b> empty"
        )
        pushed.post(api)
        [summary] = pushed.summaries()
        assert "1 blocking finding left; 1 finding waived" in summary
        assert "waived by reviewer: the list is &lt;b&gt;never&lt;/b&gt; empty" in summary
        assert "The waiver of author does not count: they opened this request" in summary
        assert f"The waiver of reviewer names {'0' * 32}, the fingerprint of nothing here" in summary
        assert pushed.titles() == ["1", "(2)"]
        reply = pushed.pull.comment("reviewer", f"/chargehand waive {finding[0]['fingerprint']} so be it")
        pushed.pull.threads[0].comments.append(reply)
        pushed.post(api)
        assert pushed.pull.check_runs[-1]["conclusion"] == "success"
        assert pushed.titles() == ["(1)", "(2)"]
        pushed.pull.conversation[:] = [each for each in pushed.pull.conversation if each.is_bot]
        pushed.pull.threads[0].comments.remove(reply)
        pushed.post(api)
    assert pushed.titles() == ["1", "2"]
    assert [run["conclusion"] for run in pushed.pull.check_runs] == ["failure"]


def test_one_job_may_review_and_post_and_hears_waivers_first(world: World) -> None:
    world.push([*BASE[:20], *added(1, 2), *BASE[20:]])
    world.pull.roles = {"reviewer": "write"}
    rules = [{"role": "worker", "lens": LENS, "reply": {"claims": [claim(1), claim(2)]}}]
    command = ("review", "--comment", "--json", str(world.report))
    with GitHubApi(world.pull) as api, MessagesApi(script=Script.of(rules)) as models:
        env = environment(models) | api.environ(**world.job())
        first = world.run(*command, env=env)
        reports = [json.loads(world.report.read_text("utf-8"))]
        for each in reports[0]["findings"]:
            world.pull.say("reviewer", f"/chargehand waive {each['fingerprint']} not `here`")
        second = world.run(*command, env=env)
        reports.append(json.loads(world.report.read_text("utf-8")))
        heard = world.run("waivers", "--output", str(world.folder / "heard.json"), env=env)
        no_commit = world.run("review", "--comment", "x.diff", env=env)
        world.pull.tokens = []
        refused = [world.run(*command, *more, env=env) for more in ((), ("--fail-on", "never"))]
    assert [first.code, second.code, heard.code, no_commit.code] == [1, 0, 0, 2]
    assert [each.code for each in refused] == [1, 3]
    assert all("401 Bad credentials" in each.said for each in refused)
    assert [each["verdict"]["status"] for each in reports] == ["blocked", "passed"]
    [found, other] = reports[1]["findings"]
    assert (found["suppression"], found["suppressed_in"]) == ("waived by reviewer: not `here`", "request")
    assert other["suppressed_in"] == "request"
    assert world.titles() == ["(1)", "(2)"]
    assert world.pull.check_runs[-1]["conclusion"] == "success"


def test_a_job_without_a_token_takes_waivers_from_a_file_outside_of_the_checkout(
    pushed: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one, two = json.loads(pushed.report.read_text("utf-8"))["findings"]
    pushed.pull.roles = {"reviewer": "write"}
    pushed.pull.say("reviewer", f"/chargehand waive {one['fingerprint_v2']} why")
    pushed.pull.say("author", f"/chargehand waive {two['fingerprint']} why")
    file = tmp_path_factory.mktemp("outside") / "waivers.json"
    with GitHubApi(pushed.pull) as api:
        pushed.run("waivers", "--output", str(file), env=api.environ(**pushed.job()))
    report = pushed.review(claim(1), claim(2), options=("--waivers", str(file)))
    assert [each["suppressed_in"] for each in report["findings"]] == ["request", None]
    assert report["verdict"]["blocking"] == [two["fingerprint"]]
    assert "The waiver of author does not count: they opened this request." in report["notices"]
    (pushed.folder / "waivers.json").write_bytes(file.read_bytes())
    inside = pushed.run("review", "--waivers", "waivers.json", env=pushed.job())
    file.write_text("{}x")
    damaged = pushed.run("review", "--waivers", str(file), env=pushed.job())
    assert (inside.code, damaged.code) == (2, 2)
    assert "do not count in a CI job, because the change could have brought them" in inside.said
    assert "cannot be read (it is not what `chargehand waivers` writes)" in damaged.said


def test_more_findings_than_a_run_may_add_stay_in_the_summary_for_good(world: World) -> None:
    world.push([*BASE[:20], *added(*range(15)), *BASE[20:]])
    world.review(*map(claim, range(15)))
    with GitHubApi(world.pull) as api:
        world.post(api)
        first = world.titles()
        world.post(api)
    assert (len(first), world.titles()) == (10, first)
    [summary] = world.summaries()
    assert "5 findings without a comment beside the code" in summary
    assert all(f"Item {number} may" in summary for number in range(15) if str(number) not in first)


def test_two_reviews_of_one_request_keep_out_of_each_others_way(world: World) -> None:
    """Two jobs of a monorepo, each with a configuration of its own, and a defect that both of them see."""
    world.git("switch", "-q", "main")
    rules = (world.folder / ".chargehand.toml").read_text().split("\n")
    world.commit({"web.toml": ["fail_on = 'never'", *rules, "name = 'web'"]})
    world.git("switch", "-q", "-C", "topic")
    web, code = ("--config", "web.toml"), [*BASE[:20], *added(1, 2, 3), *BASE[20:]]
    world.push(code)
    with GitHubApi(world.pull) as api:
        for _ in range(2):
            world.review(claim(1), claim(2))
            world.post(api)
            world.review(claim(2), claim(3), options=web)
            world.post(api)
        titles, summaries = world.titles(), world.summaries()
        checks = {run["name"]: run["conclusion"] for run in world.pull.check_runs}
        world.push([*BASE[:20], "good = 1", *added(3), *BASE[20:]])
        world.review(claim(3), options=web)
        world.post(api)
        of_web = world.titles()
        world.review()
        world.post(api)
    assert titles == ["1", "2", "3"]
    assert [each.split("\n")[1] for each in summaries] == [
        "## ⛔ chargehand · Blocked (live): 2 findings at or above high",
        "## ✅ chargehand (web) · Passed (live): findings never fail this build",
    ]
    assert ["2 findings beside the code" in each for each in summaries] == [True, True]
    assert checks == {"Review": "failure", "Review (web)": "success"}
    assert (of_web, world.titles()) == (["1", "2", "3"], ["(1)", "(2)", "3"])


def test_free_checks_alone_never_make_the_check_pass(world: World) -> None:
    world.push([*BASE, "harmless = 1"])
    world.run("review", "--offline", "--json", str(world.report), "-q", env=world.job())
    with GitHubApi(world.pull) as api:
        world.post(api)
    [check] = world.pull.check_runs
    assert (check["conclusion"], check["output"]["title"]) == (
        "action_required",
        "Incomplete (offline): no model looked, only the free checks",
    )


def test_without_what_it_needs_publish_says_so_and_posts_nothing(pushed: World) -> None:
    with GitHubApi(pushed.pull) as api:
        no_token = pushed.publish(api, GITHUB_TOKEN="")
        no_request = pushed.publish(api, GITHUB_EVENT_PATH="", GITHUB_EVENT_NAME="push")
        pushed.pull.tokens = [Token("ghs_secret", may_write=frozenset({"checks"}))]
        refused = pushed.publish(api)
        pushed.pull.tokens = [Token("ghs_secret", may_write=frozenset({"pull-requests"}))]
        no_check = pushed.publish(api)
        by_number = pushed.publish(api, "--request", "7", GITHUB_EVENT_PATH="")
        assert len(pushed.titles()) == 2
        pushed.report.write_text(pushed.report.read_text()[:-9])
        damaged = pushed.publish(api)
        pushed.run("review", "no.diff", "--json", str(pushed.report), env=pushed.job())
        error = pushed.publish(api)
    for done, why in (
        (no_token, "there is no token for GitHub. Put one into GITHUB_TOKEN or GH_TOKEN"),
        (no_request, "this job is about no pull or merge request"),
        (damaged, "is no JSON report of this version (it is not JSON)"),
        (error, "the report is that of an error"),
    ):
        assert (done.code, why in done.said) == (2, True), done
    assert by_number.code == no_check.code == 0
    assert "The check Review was not set on GitHub: the token needs `checks: write`" in no_check.said
    assert refused.code == 3
    assert "Not all was posted: GitHub refused" in refused.said
    assert "ghs_secret" not in "".join(each.said for each in (refused, no_check, by_number))
