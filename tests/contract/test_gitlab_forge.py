"""What we have GitLab do, against a local GitLab: places, refusals, limits, outages and what a token may."""

import sys
import time
from collections.abc import Callable, Iterator

import pytest

from chargehand.core.errors import ForgeRefused, ForgeUnsure, InputError
from chargehand.forges.comment import Conclusion, Marker, Place, Wanted
from chargehand.forges.forge import Connection
from chargehand.forges.gitlab import GITLAB, GitLab
from tests.gitlab_api import DEVELOPER, GUEST, REPORTER, Fault, GitLabApi, Project, Token, User, Version

DIFF = """diff --git a/old.py b/a.py
--- a/old.py
+++ b/a.py
@@ -1,5 +1,6 @@
 one
-two
+zwei
+drei
 four
-five
+cinq
 six
diff --git a/new.py b/new.py
new file mode 100644
--- /dev/null
+++ b/new.py
@@ -0,0 +1,2 @@
+x = 1
+y = 2
"""
AUTHOR, BOT, LOW = User(2, "author", DEVELOPER), User(1, "bot", DEVELOPER), User(3, "low", REPORTER)
HEAD = "b" * 40
BOT_TOKEN = "secret-bot"


@pytest.fixture
def api() -> Iterator[GitLabApi]:
    tokens = [Token("secret-bot", BOT), Token("secret-low", LOW), Token("secret-job", AUTHOR, "job")]
    members = [AUTHOR, BOT, LOW, User(9, "authority", GUEST)]
    version = Version("a" * 40, HEAD, DIFF)
    project = Project(AUTHOR, tokens, [version], members=members, pipelines={99: HEAD})
    with GitLabApi(project) as api:
        yield api


def forge(
    api: GitLabApi,
    token: str = BOT_TOKEN,
    waits: list[float] | None = None,
    timeout_s: float = 5.0,
    **more: str,
) -> GitLab:
    """Return our side of it; `waits` are the seconds that it waited, `more` variables of the job."""
    connection = Connection(token, ([] if waits is None else waits).append, timeout_s=timeout_s)
    environ = {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": api.url,
        "CI_PROJECT_ID": str(api.project.id),
        "CI_MERGE_REQUEST_IID": "7",
        "CI_PIPELINE_ID": "99",
        "CI_COMMIT_SHA": HEAD,
    }
    opened = GITLAB.opened(environ | more, connection, None)
    assert isinstance(opened, GitLab)
    return opened


def wanted(place: Place, body: str = "x") -> Wanted:
    marker = Marker(kind="finding", first="1" * 32)
    return Wanted(marker=marker, place=place, body=f"{marker.written()}\n{body}")


def at(
    start: int, end: int, old: tuple[int | None, int | None] = (None, None), *, is_removed: bool = False
) -> Wanted:
    place = Place(
        path="a.py",
        old_path="old.py",
        start_line=start,
        end_line=end,
        old_start_line=old[0],
        old_end_line=old[1],
        is_removed=is_removed,
    )
    return wanted(place)


PLACES = {
    "added": (at(2, 2), True),
    "kept": (at(4, 4, (3, 3)), True),
    "removed": (at(2, 2, (2, 2), is_removed=True), True),
    "added lines": (at(2, 3), True),
    "kept to added": (at(4, 5, (3, None)), True),
    "new file": (wanted(Place(path="new.py", old_path="new.py", start_line=1, end_line=2)), True),
    "whole file": (wanted(Place(path="a.py", old_path="old.py")), True),
    "outside": (at(90, 90), False),
    "another file": (wanted(Place(path="b.py", old_path="b.py", start_line=1, end_line=1)), False),
}


def test_each_place_stands_or_is_given_back_and_ranges_are_named_by_line_codes(api: GitLabApi) -> None:
    comments = [each for each, _ in PLACES.values()]
    refused = forge(api).post_inline(comments, HEAD)
    assert [each for each, is_taken in PLACES.values() if not is_taken] == list(refused)
    assert len(api.project.discussions) == sum(is_taken for _, is_taken in PLACES.values())
    ranges = [note.position["line_range"] for note in api.project.notes]
    assert sum(each is not None for each in ranges) == 3


def test_a_range_that_is_refused_becomes_its_last_line(api: GitLabApi) -> None:
    api.faults.planned[:] = [Fault("GET", r"/versions/\d+$", 500, times=9)]
    assert forge(api).post_inline([at(2, 3)], HEAD) == ()
    [note] = api.project.notes
    assert (note.position["new_line"], note.position["line_range"]) == (3, None)


def test_what_stands_there_is_told_from_what_others_wrote(api: GitLabApi) -> None:
    ours, project = forge(api), api.project
    ours.post_summary(Marker(kind="summary").written())
    for number in range(130):
        project.open(AUTHOR, f"talk {number}", is_individual=True)
    ours.post_inline([at(2, 2), at(3, 3), at(4, 4, (3, 3))], HEAD)
    answered, by_person, by_us = project.discussions[-3:]
    project.reply(answered, AUTHOR, "/chargehand accept 11111111 because")
    by_person.notes[0].resolved_by = AUTHOR
    by_us.notes[0].resolved_by = BOT
    by_us.notes[0].body = Marker(kind="finding", first="1" * 32, is_folded=True).written()
    project.open(AUTHOR, Marker(kind="summary").written())  # anybody can write a marker
    project.push(Version("a" * 40, "c" * 40, DIFF))
    standing = ours.standing()
    flags = [
        (each.marker.kind, each.is_answered, each.is_resolved, each.is_hidden) for each in standing.posted
    ]
    assert flags == [
        ("summary", False, False, False),
        ("finding", True, False, False),
        ("finding", False, True, False),
        ("finding", False, False, True),
    ]
    assert [(each.author, each.text[:11]) for each in standing.said] == [("author", "/chargehand")]
    assert ours.request().head == "c" * 40


def test_a_page_from_which_something_was_taken_out_is_not_the_last(api: GitLabApi) -> None:
    """GitLab cuts the pages first, and then leaves out mentions in projects that the token may not see."""
    for number in range(100):
        api.project.open(AUTHOR, f"mentioned in {number}", is_individual=True).is_hidden = number % 2 == 0
    ours = forge(api)
    ours.post_summary(Marker(kind="summary").written())
    assert [each.marker.kind for each in ours.standing().posted] == ["summary"]


def test_who_may_write_is_gitlabs_word_by_the_whole_name(api: GitLabApi) -> None:
    logins = ("author", "bot", "low", "authority", "auth", "nobody")
    assert [login for login in logins if forge(api).may_write(login)] == ["author", "bot"]


def test_our_notes_are_edited_folded_opened_and_deleted_as_the_role_allows(api: GitLabApi) -> None:
    for token, may_resolve in (("secret-bot", True), ("secret-low", False)):
        ours = forge(api, token)
        ours.post_inline([at(2, 2)], HEAD)
        note, posted = api.project.notes[-1], ours.standing().posted[0]
        ours.fold(posted, f"{posted.marker.written()} folded")
        assert (note.body.endswith("folded"), note.resolved_by is not None) == (True, may_resolve)
        ours.unfold(posted, f"{posted.marker.written()} open")
        assert (note.body.endswith("open"), note.resolved_by) == (True, None)
        ours.delete(posted)
        ours.delete(posted)
        assert api.project.notes == []


def test_a_status_tells_how_the_review_ended_if_the_role_is_enough(api: GitLabApi) -> None:
    said = Conclusion(status="over_budget", title="Over budget: " + "x" * 400)
    forge(api).conclude(said, HEAD)
    [status] = api.project.statuses
    assert (status["name"], status["status"], len(status["description"])) == ("chargehand", "failed", 255)
    assert (status["pipeline_id"], api.project.pipelines) == (99, {99: HEAD})
    with pytest.raises(ForgeRefused, match=r"403: 403 Forbidden.*the role that this wants"):
        forge(api, "secret-low").conclude(said, HEAD)


def test_a_status_of_another_commit_than_the_pipelines_names_no_pipeline(api: GitLabApi) -> None:
    api.project.pipelines[99] = "c" * 40
    forge(api, CI_COMMIT_SHA="c" * 40).conclude(Conclusion(status="passed", title="Passed"), HEAD)
    [status] = api.project.statuses
    assert (status["sha"], status["pipeline_id"]) == (HEAD, 92)


def test_a_limit_is_waited_for_once_it_says_how_long_and_no_longer_than_we_may(api: GitLabApi) -> None:
    waits: list[float] = []
    api.faults.planned[:] = [Fault("POST", "/notes$", 429, retry_after_s=7)]
    forge(api, waits=waits).post_summary("hello")
    assert (waits, len(api.project.notes)) == ([7.0], 1)
    api.faults.planned[:] = [Fault("POST", "/notes$", 429, retry_after_s=3600)]
    with pytest.raises(ForgeRefused, match="429"):
        forge(api, waits=waits).post_summary("hello")
    assert waits == [7.0]


Attempt = Callable[[GitLab], object]
ACTS: dict[str, Attempt] = {
    "a look": lambda ours: ours.request(),
    "a note": lambda ours: ours.post_summary("hello"),
    "threads": lambda ours: ours.post_inline([at(2, 2)], HEAD),
}


@pytest.mark.parametrize("write", ["a note", "threads"])
@pytest.mark.parametrize("status", [500, 502, 0])
def test_a_write_is_never_sent_twice_for_it_may_have_been_done(
    api: GitLabApi, write: str, status: int
) -> None:
    api.faults.planned[:] = [Fault("POST", "/(notes|discussions)$", status, is_done=True, times=9)]
    waits: list[float] = []
    with pytest.raises(ForgeUnsure, match="Run again later"):
        ACTS[write](forge(api, waits=waits))
    assert len(api.writes) == len(api.project.notes) == 1
    assert waits == []


@pytest.mark.parametrize("text", ["<html>Log in</html>", "", "[]", "null", "{}"])
def test_what_answers_with_success_but_is_not_gitlab_has_posted_nothing(api: GitLabApi, text: str) -> None:
    for write in ("a note", "threads"):
        api.faults.planned[:] = [Fault("POST", "/(notes|discussions)$", 200, text=text, times=9)]
        with pytest.raises(ForgeUnsure, match="Run again later"):
            ACTS[write](forge(api))


def test_a_read_is_tried_again_a_few_times(api: GitLabApi) -> None:
    waits: list[float] = []
    api.faults.planned[:] = [Fault("GET", "/discussions$", 503, times=2)]
    assert forge(api, waits=waits).standing().posted == ()
    assert waits == [1.0, 1.0]
    api.faults.planned[:] = [Fault("GET", "/discussions$", 0, times=9)]
    with pytest.raises(ForgeUnsure, match="there was no answer"):
        forge(api).standing()


def test_after_a_failure_nothing_more_is_begun(api: GitLabApi) -> None:
    api.faults.planned[:] = [Fault("POST", "/discussions$", 502, times=99)]
    with pytest.raises(ForgeUnsure):
        forge(api).post_inline([at(2, 2)] * 50, HEAD)
    assert len(api.writes) < 50


def test_an_error_says_what_to_do_and_never_the_token(api: GitLabApi) -> None:
    cases: dict[str, tuple[Attempt, str]] = {
        "secret-job": (lambda ours: ours.standing(), "a job's own token may only read"),
        "secret-unknown": (lambda ours: ours.request(), "project access token with the scope api"),
        "secret-bot": (
            lambda ours: ours.post_inline([at(2, 2)], "d" * 40),
            "no version of it with the commit",
        ),
    }
    api.faults.planned[:] = [Fault("GET", "/versions$", 400, first=2, text="you sent secret-low")]
    cases["secret-low"] = cases["secret-bot"][0], r"you sent \[token\]"
    for token, (attempt, advice) in cases.items():
        with pytest.raises(ForgeRefused, match=advice) as error:
            attempt(forge(api, token))
        assert token not in str(error.value)


def test_no_job_no_merge_request_and_what_is_missing() -> None:
    connection = Connection("token", time.sleep)
    assert GITLAB.opened({}, connection, 7) is None
    assert GITLAB.opened({"GITLAB_CI": "true"}, connection, None) is None
    with pytest.raises(InputError, match="CI_API_V4_URL"):
        GITLAB.opened({"GITLAB_CI": "true", "CI_PROJECT_ID": "1"}, connection, 7)


def test_no_redirect_takes_the_token_along(api: GitLabApi) -> None:
    with GitLabApi(api.project) as other:
        for method, act in (("GET", ACTS["a look"]), ("POST", ACTS["a note"])):
            to = f"{other.url}/user"
            api.faults.planned[:] = [Fault(method, "", 307, times=9, location=to)]
            with pytest.raises(ForgeRefused, match="leads somewhere else"):
                act(forge(api))
        assert other.log == []


def test_a_server_that_says_nothing_is_given_up(api: GitLabApi) -> None:
    api.delay_s = 0.5
    with pytest.raises(ForgeUnsure, match="no answer"):
        ACTS["a note"](forge(api, timeout_s=0.05))
    with pytest.raises(ForgeUnsure, match="no answer"):
        forge(api, timeout_s=0.05).request()


def test_without_the_extra_it_is_said_how_to_have_it(api: GitLabApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gitlab", None)
    with pytest.raises(InputError, match=r"pip install 'chargehand\[gitlab\]'"):
        forge(api).request()
