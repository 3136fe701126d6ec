"""What the doctor learns of a token from a forge, without anything being done there."""

import pytest

from chargehand.core.errors import ForgeRefused
from chargehand.forges.forge import Connection, Lack
from chargehand.forges.github import GITHUB
from chargehand.forges.gitlab import GITLAB
from tests.github_api import GitHubApi, PullRequest
from tests.github_api import Token as GitHubToken
from tests.gitlab_api import DEVELOPER, GUEST, REPORTER, GitLabApi, Project, Token, User, Version

HEAD = "b" * 40
CHECK = "The token may set neither the check nor a status: it needs `checks: write`, or `statuses: write`."
THREADS = "The token may neither resolve threads nor set a status: its user needs the role Developer."
CLASSIC = (
    "The token is a classic one and may more than posting takes: workflow, gist. Give a fine-grained one."
)


@pytest.mark.parametrize(
    ("may_write", "scopes", "lacks"),
    [
        ({"pull-requests", "checks"}, "", []),
        ({"pull-requests", "statuses"}, "repo", []),
        ({"pull-requests"}, "", [Lack(CHECK, is_needed=False)]),
        ({"checks"}, "", [Lack("The token may not comment: it needs `pull-requests: write`.")]),
        ({"pull-requests", "checks"}, "repo, workflow, gist", [Lack(CLASSIC, is_needed=False)]),
    ],
)
def test_github_is_asked_by_what_it_cannot_carry_out(
    may_write: set[str], scopes: str, lacks: list[Lack]
) -> None:
    token = GitHubToken("t", may_write=frozenset(may_write), scopes=scopes)  # type: ignore[arg-type]  # names of a literal
    pull = PullRequest(diff="", head=HEAD, tokens=[token])
    with GitHubApi(pull) as api:
        forge = GITHUB.opened(api.environ(), Connection("t", lambda _: None), 7)
        assert forge
        assert list(forge.lacking(forge.request())) == lacks
    assert (pull.conversation, pull.check_runs, pull.statuses) == ([], [], [])


@pytest.mark.parametrize(
    ("role", "token", "lacks"),
    [
        (DEVELOPER, {}, []),
        (DEVELOPER, {"expires_at": "2027-01-01"}, [Lack("The token ends on 2027-01-01.", is_needed=False)]),
        (
            DEVELOPER,
            {"scope": "read_api"},
            [Lack("The token may not comment: it has read_api, and needs api.")],
        ),
        (
            REPORTER,
            {},
            [Lack(THREADS, is_needed=False)],
        ),
        (GUEST, {}, [Lack("The token may not comment: its user needs the role Reporter in this project.")]),
        (0, {}, [Lack("The token may not comment: its user needs the role Reporter in this project.")]),
    ],
)
def test_gitlab_tells_scopes_and_role(role: int, token: dict[str, str], lacks: list[Lack]) -> None:
    user = User(1, "bot", role)
    project = Project(
        user, [Token("t", user, **token)], [Version("a" * 40, HEAD, "")], members=[user][: role or 0]
    )
    with GitLabApi(project) as api:
        environ = api.environ(GITLAB_CI="true", CI_PROJECT_ID="42")
        forge = GITLAB.opened(environ, Connection("t", lambda _: None), 7)
        assert forge
        assert list(forge.lacking(forge.request())) == lacks
        assert api.writes == []


def test_a_jobs_own_token_at_gitlab_says_nothing_of_itself() -> None:
    user = User(1, "bot", DEVELOPER)
    project = Project(user, [Token("t", user, "job")], [Version("a" * 40, HEAD, "")], members=[user])
    with GitLabApi(project) as api:
        environ = api.environ(GITLAB_CI="true", CI_PROJECT_ID="42")
        forge = GITLAB.opened(environ, Connection("t", lambda _: None), 7)
        assert forge
        with pytest.raises(ForgeRefused, match="401"):
            forge.request()
