"""The GitLab of the tests behaves as its API is documented, seen by the client that we use."""

from collections.abc import Callable, Iterator

import gitlab
import pytest
from gitlab.v4.objects import ProjectMergeRequest

from tests.gitlab_api import DEVELOPER, REPORTER, Fault, GitLabApi, Project, Token, User, Version

DIFF = """diff --git a/a.py b/a.py
--- a/a.py
+++ b/a.py
@@ -1,3 +1,4 @@
 one
-two
+zwei
+drei
 four
diff --git a/new.py b/new.py
new file mode 100644
--- /dev/null
+++ b/new.py
@@ -0,0 +1,2 @@
+x = 1
+y = 2
"""
AUTHOR, BOT, REPORTING = User(2, "author", DEVELOPER), User(1, "bot", DEVELOPER), User(3, "low", REPORTER)
REFS = {"base_sha": "a" * 40, "start_sha": "a" * 40, "head_sha": "b" * 40, "position_type": "text"}


@pytest.fixture(scope="module")
def api() -> Iterator[GitLabApi]:
    tokens = [Token("bot", BOT), Token("low", REPORTING), Token("read", BOT, "read_api")]
    tokens.append(Token("job", AUTHOR, "job"))
    version = Version("a" * 40, "b" * 40, DIFF)
    with GitLabApi(Project(AUTHOR, tokens, [version], members=[AUTHOR, BOT])) as api:
        yield api


def request_by(api: GitLabApi, **token: str) -> ProjectMergeRequest:
    url = api.url.removesuffix("/api/v4")
    client = gitlab.Gitlab(url, timeout=10, **token)  # type: ignore[arg-type] # names of tokens
    return client.projects.get("someone/consumer", lazy=True).mergerequests.get(7)


def place(path: str, old_path: str = "", **more: object) -> dict[str, object]:
    return REFS | {"new_path": path, "old_path": old_path or path} | more


@pytest.mark.parametrize(
    ("position", "is_taken"),
    [
        (place("a.py", new_line=2), True),
        (place("a.py", new_line=1), False),  # an unchanged line wants both
        (place("a.py", old_line=3, new_line=4), True),
        (place("a.py", old_line=2), True),
        (place("a.py", new_line=9), False),
        (place("new.py", new_line=1), True),
        (place("new.py", "/dev/null", new_line=1), False),
        (place("b.py", new_line=1), False),
        (place("a.py", new_line=2) | {"head_sha": "c" * 40}, False),
        (place("a.py") | {"position_type": "file"}, True),
        (place("a.py", new_line=3, line_range={"start": {"line_code": "x"}, "end": {}}), False),
    ],
)
def test_a_position_must_be_in_the_diff(api: GitLabApi, position: dict[str, object], is_taken: bool) -> None:
    request = request_by(api, private_token="bot")
    if is_taken:
        assert request.discussions.create({"body": "x", "position": position}).attributes["notes"]
        return
    with pytest.raises(gitlab.GitlabCreateError) as error:
        request.discussions.create({"body": "x", "position": position})
    assert error.value.response_code == 400


def test_lists_come_in_pages_of_twenty(api: GitLabApi) -> None:
    request = request_by(api, private_token="bot")
    for number in range(25):
        request.notes.create({"body": f"note {number}"})
    assert len(request.notes.list(get_all=False)) == 20
    assert len(request.notes.list(get_all=True)) >= 25


def test_who_may_do_what(api: GitLabApi) -> None:
    discussion = request_by(api, private_token="low").discussions.create({"body": "mine"})
    tried: dict[str, Callable[[], object]] = {
        "a reporter resolves": lambda: _resolve(request_by(api, private_token="low"), discussion.id),
        "a reader writes": lambda: request_by(api, private_token="read").notes.create({"body": "x"}),
        "a job writes": lambda: request_by(api, job_token="job").notes.create({"body": "x"}),
        "nobody reads": lambda: request_by(api, private_token="none"),
    }
    codes = {}
    for name, attempt in tried.items():
        with pytest.raises(gitlab.GitlabError) as error:
            attempt()
        codes[name] = error.value.response_code
    assert list(codes.values()) == [403, 403, 401, 401]
    _resolve(request_by(api, private_token="bot"), discussion.id)
    assert request_by(api, job_token="job").discussions.get(discussion.id).attributes["notes"][0]["resolved"]


def test_what_failed_may_have_been_done(api: GitLabApi) -> None:
    api.faults.planned[:] = [
        Fault("POST", "/notes$", 502, is_done=True),
        Fault("GET", "/versions", 429, retry_after_s=0),
    ]
    request, before = request_by(api, private_token="bot"), len(api.project.notes)
    with pytest.raises(gitlab.GitlabCreateError):
        request.notes.create({"body": "lost and kept"})
    assert len(api.project.notes) == before + 1
    [version] = request.diffs.list()  # the client waits as it is told, and asks again
    assert version.attributes["head_commit_sha"] == "b" * 40


def _resolve(request: ProjectMergeRequest, discussion: str) -> None:
    request.discussions.update(discussion, {"resolved": True})
