"""What we have GitHub do, against a local GitHub: places, refusals, limits, pages, and what a token may."""

from collections.abc import Iterator

import pytest

from chargehand.core.errors import ForgeRefused, ForgeUnsure, InputError
from chargehand.forges.comment import Conclusion, Ending, Marker, Place, Wanted
from chargehand.forges.forge import Connection, Forge
from chargehand.forges.github import GITHUB
from chargehand.forges.github.check import CHECK_CONCLUSIONS, STATUS_STATES
from tests.github_api import Fault, GitHubApi, PullRequest, Token

DIFF = """diff --git a/a.py b/a.py
--- a/a.py
+++ b/a.py
@@ -1,4 +1,5 @@
 one
-two
+zwei
+drei
 four
 five
@@ -20,2 +21,2 @@
 twenty
-old
+new
"""
HEAD, SECRET = "b" * 40, "t"
OURS, OTHER = "github-actions[bot]", "someone"
LIMIT = (
    '{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}'
)


@pytest.fixture
def api() -> Iterator[GitHubApi]:
    tokens = [
        Token(SECRET),
        Token("comments", may_write=frozenset({"pull-requests"})),
        Token("status", may_write=frozenset({"pull-requests", "statuses"})),
        Token("all", may_write=frozenset({"pull-requests", "contents"})),
        Token("reads", may_write=frozenset()),
        Token("person", login=OTHER),
    ]
    with GitHubApi(PullRequest(diff=DIFF, head=HEAD, tokens=tokens)) as api:
        yield api


def forge(api: GitHubApi, token: str = SECRET, waits: list[float] | None = None, number: int = 7) -> Forge:
    """Return our side of it; `waits` are the seconds that it waited."""
    sleep = ([] if waits is None else waits).append
    opened = GITHUB.opened(api.environ(), Connection(token, sleep, timeout_s=5), number)
    assert opened
    return opened


def wanted(place: Place, number: int = 1) -> Wanted:
    marker = Marker(kind="finding", first=f"{number:032x}")
    return Wanted(marker=marker, place=place, body=f"{marker.written()}\nNumber {number}")


def at(start: int, end: int | None = None, **more: int | bool) -> Wanted:
    place = Place(path="a.py", old_path="a.py", start_line=start, end_line=end or start)
    return wanted(place.evolve(**more), start)


def test_the_request_is_as_github_has_it_now(api: GitHubApi) -> None:
    found = forge(api).request()
    assert (found.number, found.head, found.author, found.is_open) == (7, HEAD, "author", True)
    api.pull.is_open = False
    assert not forge(api).request().is_open
    with pytest.raises(ForgeRefused, match="404 Not Found"):
        forge(api, number=8).request()
    with pytest.raises(ForgeRefused, match=r"401 Bad credentials.*The token is not valid"):
        forge(api, "wrong").request()


def test_comments_stand_on_their_side_and_lines_in_one_review(api: GitHubApi) -> None:
    removed = wanted(Place(path="a.py", old_path="a.py", old_start_line=2, old_end_line=2, is_removed=True))
    about_file = wanted(Place(path="a.py", old_path="a.py"), 9)
    assert forge(api).post_inline((at(2, 3), at(1), removed, about_file), HEAD) == ()
    placed = [(each.start_line, each.line, each.side) for each in api.pull.threads]
    assert placed == [(2, 3, "RIGHT"), (None, 1, "RIGHT"), (None, 2, "LEFT"), (None, None, "RIGHT")]
    assert len(api.pull.reviews) == 1
    assert "start_line" not in api.log[0].body["comments"][1]


def test_a_refused_place_costs_no_other_comment(api: GitHubApi) -> None:
    good = [at(1), at(2), at(3), at(4), at(21), at(22)]
    bad = [at(10), at(4, 21)]
    elsewhere = wanted(Place(path="b.py", old_path="b.py"), 50)
    refused = forge(api).post_inline((*good[:3], bad[0], *good[3:], bad[1], elsewhere), HEAD)
    assert refused == (*bad, elsewhere)
    assert sorted(each.line or 0 for each in api.pull.threads) == [1, 2, 3, 4, 21, 22]


def test_only_what_we_wrote_and_marked_is_ours(api: GitHubApi) -> None:
    summary, finding = Marker(kind="summary"), Marker(kind="finding", first="a" * 32)
    for author in (OTHER, "github-actions", "other[bot]", OURS):
        api.pull.say(author, f"{summary.written()} {author}")
        api.pull.begin(author, {"path": "a.py", "line": 1, "body": f"{finding.written()} {author}"})
    api.pull.say(OURS, "no mark")
    api.pull.begin(OURS, {"path": "a.py", "line": 1, "body": f"> {finding.written()}"})
    posted = forge(api).standing().posted
    assert [each.body.rpartition(" ")[2] for each in posted] == [OURS, OURS]
    assert [each.marker for each in posted] == [summary, finding]
    mine = forge(api, "person").standing().posted
    assert {each.body.rpartition(" ")[2] for each in mine} == {OTHER}


def test_what_people_did_to_a_comment_is_seen(api: GitHubApi) -> None:
    body = Marker(kind="finding", first="a" * 32).written()
    plain, answered, resolved, hidden, long = (
        api.pull.begin(OURS, {"path": "a.py", "line": 1, "body": body}) for _ in range(5)
    )
    answered.comments.append(api.pull.comment(OTHER, "no"))
    plain.comments.append(api.pull.comment(OURS, "more"))
    resolved.is_resolved = hidden.comments[0].is_minimized = True
    long.comments += [api.pull.comment(OURS, "more") for _ in range(30)]
    seen = forge(api).standing().posted
    assert [each.is_answered for each in seen] == [False, True, False, False, True]
    assert [each.is_resolved for each in seen] == [False, False, True, False, False]
    assert [each.is_hidden for each in seen] == [False, False, False, True, False]


def test_every_page_is_read(api: GitHubApi) -> None:
    for number in range(230):
        api.pull.say(OTHER, f"{number}")
    for number in range(101):
        marker = Marker(kind="finding", first=f"{number:032x}")
        api.pull.begin(OURS, {"path": "a.py", "line": 1, "body": marker.written()})
    api.pull.say(OTHER, "/chargehand waive x")
    seen = forge(api).standing()
    assert len(seen.posted) == len({each.id for each in seen.posted}) == 101
    assert [each.text for each in seen.said] == ["/chargehand waive x"]
    assert len(api.log) == 3


def test_commands_are_those_of_people_and_it_is_seen_whether_others_edited_them(api: GitHubApi) -> None:
    text = "/chargehand waive x"
    for author in (OTHER, OURS, "other[bot]"):
        api.pull.say(author, text)
    api.pull.say(OTHER, f"\n{text} again", editor=OTHER)
    api.pull.say(OTHER, text, editor="author")
    api.pull.say(OTHER, f"I say {text}")
    api.pull.say(OTHER, text + "x" * 5_000)
    for no_command in (f"    {text}", f"\t{text}", f"> {text}", f"```\n{text}\n```", "/chargehandwaive x"):
        api.pull.say(OTHER, no_command)
    thread = api.pull.begin(OURS, {"path": "a.py", "line": 1, "body": "No mark, and no command."})
    thread.comments += [api.pull.comment(OTHER, f"{text} in a thread"), api.pull.comment("other[bot]", text)]
    thread.comments += [api.pull.comment(OTHER, text, editor="author")]
    seen = forge(api).standing().said
    assert [each.author for each in seen] == [OTHER] * 6
    assert [len(each.text) for each in seen] == [19, 25, 19, 1_000, 31, 19]
    assert [each.is_edited for each in seen] == [False, False, True, False, False, True]


def test_who_may_write_is_githubs_word(api: GitHubApi) -> None:
    api.pull.roles = {"a": "admin", "b": "maintain", "c": "write", "d": "triage", "e": "read"}
    assert [forge(api).may_write(each) for each in "abcdef"] == [True, True, True, False, False, False]
    assert not forge(api).may_write("../../a b")


def test_a_comment_is_edited_folded_shown_and_deleted(api: GitHubApi) -> None:
    ours, comment = forge(api), at(1)
    ours.post_inline((comment,), HEAD)
    ours.post_summary(f"{Marker(kind='summary').written()} one")
    summary, posted = ours.standing().posted
    ours.edit(summary, "two")
    thread = api.pull.threads[0]
    ours.fold(posted, "gone")
    shown = thread.comments[0]
    assert (shown.body, shown.is_minimized, thread.is_resolved) == ("gone", True, False)
    ours.unfold(posted, "back")
    assert (shown.body, shown.is_minimized) == ("back", False)
    forge(api, "all").fold(posted, "gone")
    assert thread.is_resolved
    assert [each.body for each in api.pull.conversation] == ["two"]
    for each in (summary, posted, posted):
        ours.delete(each)
    assert (api.pull.threads, api.pull.conversation) == ([], [])
    with pytest.raises(ForgeRefused, match="GitHub refused a query"):
        ours.edit(posted, "gone already")


@pytest.mark.parametrize("ending", list(CHECK_CONCLUSIONS))
def test_the_check_tells_the_endings_apart_and_is_set_once_for_a_commit(
    api: GitHubApi, ending: Ending
) -> None:
    said = Conclusion(status=ending, title="In words: " + "x" * 300)
    forge(api).conclude(said.evolve(status="passed"), HEAD)
    forge(api).conclude(said, HEAD)
    [check] = api.pull.check_runs
    assert (check["conclusion"], check["output"]["title"]) == (CHECK_CONCLUSIONS[ending], said.title)
    forge(api, "status").conclude(said, HEAD)
    [status] = api.pull.statuses
    assert (status["state"], len(status["description"])) == (STATUS_STATES[ending], 140)
    assert (ending == "passed") is (check["conclusion"] == "success")
    assert (ending in ("passed", "unasked")) is (status["state"] == "success")  # it has no neutral state


def test_the_check_leads_to_the_run_that_set_it(api: GitHubApi) -> None:
    run = api.environ(GITHUB_SERVER_URL="https://github.com", GITHUB_RUN_ID="42")
    said = Conclusion(status="passed", title="Passed")
    for token in (SECRET, "status"):
        opened = GITHUB.opened(run, Connection(token, lambda _: None), 7)
        assert opened
        opened.conclude(said, HEAD)
    pages = {api.pull.check_runs[0]["details_url"], api.pull.statuses[0]["target_url"]}
    assert pages == {"https://github.com/owner/repository/actions/runs/42"}


def test_without_a_permission_it_is_said_which_one_is_missing(api: GitHubApi) -> None:
    said = Conclusion(status="passed", title="Passed")
    with pytest.raises(ForgeRefused, match="needs `checks: write`, or `statuses: write`"):
        forge(api, "comments").conclude(said, HEAD)
    for action in (
        lambda: forge(api, "reads").post_summary("x"),
        lambda: forge(api, "reads").post_inline([at(1)], HEAD),
    ):
        with pytest.raises(ForgeRefused, match=r"403 Resource not accessible.*`pull-requests: write`"):
            action()
    assert forge(api, "reads").standing().posted == ()


def test_reading_is_asked_again_and_writing_never(api: GitHubApi) -> None:
    waits: list[float] = []
    api.faults.planned[:] = [Fault("GET", "/pulls/7$", 502, times=2), Fault("POST", "query", 0, times=2)]
    ours = forge(api, waits=waits)
    ours.request()
    ours.standing()
    assert waits == [1.0, 2.0, 1.0, 2.0]
    for path, action in (
        ("/issues/7/comments", lambda: ours.post_summary("x")),
        ("/reviews", lambda: ours.post_inline([at(1)], HEAD)),
    ):
        for status in (500, 502, 503, 0):
            api.faults.planned[:] = [Fault("POST", path, status)]
            api.faults.seen.clear()
            with pytest.raises(ForgeUnsure):
                action()
    assert len([each for each in api.log if "/reviews" in each.path or "/issues" in each.path]) == 8
    assert len(waits) == 4


def test_a_rate_limit_is_waited_for_as_long_as_github_says_and_no_longer_than_we_may(api: GitHubApi) -> None:
    waits: list[float] = []
    api.faults.planned[:] = [
        Fault("POST", "/issues", 403, retry_after_s=7, text=LIMIT),
        Fault("POST", "/issues", 429, first=2, text=LIMIT),
    ]
    forge(api, waits=waits).post_summary("hello")
    assert waits == [7.0, 60.0]
    assert len(api.pull.conversation) == 1
    api.faults.planned[:] = [Fault("POST", "/issues", 429, retry_after_s=600, text=LIMIT)]
    api.faults.seen.clear()
    with pytest.raises(ForgeRefused, match="takes no more requests for 600 s"):
        forge(api, waits=waits).post_summary("hello")
    assert len(waits) == 2


def test_comments_that_come_too_fast_are_sent_again_after_a_wait(api: GitHubApi) -> None:
    waits: list[float] = []
    text = '{"message": "Validation Failed", "errors": [{"message": "body was submitted too quickly"}]}'
    api.faults.planned[:] = [Fault("POST", "/reviews", 422, text=text)]
    assert forge(api, waits=waits).post_inline([at(1), at(2)], HEAD) == ()
    assert (len(api.pull.reviews), waits) == (1, [60.0])


def test_a_limit_of_graphql_lasts_as_long_as_its_headers_say(api: GitHubApi) -> None:
    waits: list[float] = []
    text = '{"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}'
    api.faults.planned[:] = [Fault("POST", "query", 200, retry_after_s=9, text=text)]
    assert forge(api, waits=waits).standing().posted == ()
    assert waits == [9.0]


def test_what_keeps_github_from_taking_anything_is_said_after_one_request(api: GitHubApi) -> None:
    """It answers 422 to a whole review, as it does to one bad line: no half of it would be taken."""
    comments = [at(1), at(2), at(3)]
    for name, value, advice in (
        ("is_locked", True, "lock prevents review.*unlock it"),
        ("is_archived", True, "Nothing can be written in an archived repository"),
        ("reviewing", OURS, "has begun a review there: submit it, or discard it"),
    ):
        before, as_it_was = len(api.log), getattr(api.pull, name)
        setattr(api.pull, name, value)
        with pytest.raises(ForgeRefused, match=advice):
            forge(api).post_inline(comments, HEAD)
        assert len(api.log) == before + 1
        setattr(api.pull, name, as_it_was)


def test_a_comment_that_github_does_not_show_hides_no_other(api: GitHubApi) -> None:
    api.pull.say(OTHER, "spam", is_withheld=True)
    api.pull.say(OURS, Marker(kind="summary").written())
    assert [each.marker.kind for each in forge(api).standing().posted] == ["summary"]


def test_an_answer_that_github_does_not_document_is_not_believed(api: GitHubApi) -> None:
    api.faults.planned[:] = [Fault("POST", "query", 200, text='{"data": {"viewer": null}}', times=9)]
    with pytest.raises(ForgeUnsure, match="answered something else than it documents"):
        forge(api).standing()


@pytest.mark.parametrize("text", ["<html>Log in</html>", "", "[]", "null", "{}", '{"data": null}'])
def test_what_answers_with_success_but_is_not_github_has_posted_nothing(api: GitHubApi, text: str) -> None:
    ours, said = forge(api), Conclusion(status="passed", title="Passed")
    ours.post_inline([at(1)], HEAD)
    [posted] = ours.standing().posted
    changing = (
        ("mutation", lambda: ours.edit(posted, "x")),
        ("mutation", lambda: ours.delete(posted)),
    )
    posting = (
        ("/issues", lambda: ours.post_summary("x")),
        ("/reviews", lambda: ours.post_inline([at(1)], HEAD)),
        ("/check-runs", lambda: ours.conclude(said, HEAD)),
    )
    for path, action in (*changing, *(() if "data" in text else posting)):
        api.faults.planned[:] = [Fault("POST", path, 200, text=text)]
        api.faults.seen.clear()
        with pytest.raises(ForgeUnsure):
            action()


def test_no_redirect_takes_the_token_along(api: GitHubApi) -> None:
    with GitHubApi(PullRequest(diff=DIFF, head=HEAD, tokens=[Token(SECRET)])) as elsewhere:
        for status in (301, 302, 303, 307, 308):
            for to in (f"{elsewhere.url}/repos/owner/repository/pulls/7", f"{api.url}/repos/loop"):
                api.faults.planned[:] = [
                    Fault("GET", "", status, times=99, location=to),
                    Fault("POST", "", status, times=99, location=to),
                ]
                api.faults.seen.clear()
                for action in (forge(api).request, lambda: forge(api).post_summary("x")):
                    with pytest.raises((ForgeUnsure, ForgeRefused)):
                        action()
    assert elsewhere.log == []


def test_github_enterprise_has_its_api_elsewhere(api: GitHubApi) -> None:
    environ = api.environ(GITHUB_API_URL=f"{api.url}/api/v3")
    opened = GITHUB.opened(environ, Connection(SECRET, lambda _: None), 7)
    assert opened
    assert opened.request().number == 7
    assert opened.standing().posted == ()


def test_a_job_of_another_kind_or_without_a_number_has_no_pull_request(api: GitHubApi) -> None:
    connection = Connection("t", lambda _: None)
    assert GITHUB.opened({}, connection, 7) is None
    assert GITHUB.opened(api.environ(GITEA_ACTIONS="true"), connection, 7) is None
    assert GITHUB.opened(api.environ(), connection, None) is None
    with pytest.raises(InputError, match="GITHUB_REPOSITORY is no name"):
        GITHUB.opened({"GITHUB_REPOSITORY": "a/b/../c"}, connection, 7)
