"""A forge whose answers drip, or that asks for wait after wait, holds no job up for longer than we let it."""

from collections.abc import Iterator

import pytest

from chargehand.core.errors import ForgeRefused, ForgeUnsure
from chargehand.forges.forge import Connection, Forge, ForgeKind
from chargehand.forges.github import GITHUB
from chargehand.forges.gitlab import GITLAB
from tests.github_api import GitHubApi, PullRequest
from tests.gitlab_api import DEVELOPER, GitLabApi, Project, Token, User, Version
from tests.local_forge import Fault, LocalForge

BOT = User(1, "bot", DEVELOPER)
SHORT_S = 0.3


@pytest.fixture(params=["GitHub", "GitLab"])
def opened(request: pytest.FixtureRequest) -> Iterator[tuple[LocalForge, ForgeKind]]:
    """Return a forge that listens, and how it is opened."""
    if request.param == "GitHub":
        with GitHubApi(PullRequest(diff="", head="b" * 40)) as api:
            yield api, GITHUB
    else:
        project = Project(BOT, [Token("secret", BOT)], [Version("a" * 40, "b" * 40, "")], members=[BOT])
        with GitLabApi(project) as api:
            yield api, GITLAB


def forge(opened: tuple[LocalForge, ForgeKind], **limits: float) -> Forge:
    """Return our side of it, with a sleep that takes no time."""
    api, kind = opened
    job = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "7", "CI_PROJECT_ID": "42"} if kind is GITLAB else {}
    environ = api.environ(**job)
    token = environ.get("GITHUB_TOKEN", "secret")
    found = kind.opened(environ, Connection(token, lambda _: None, **limits), 7)
    assert found
    return found


def test_an_answer_that_drips_is_given_up_and_read_again(opened: tuple[LocalForge, ForgeKind]) -> None:
    api, _ = opened
    api.faults.planned.append(Fault("GET", "requests/7|pulls/7", 200, is_dripping=True))
    assert forge(opened, longest_answer_s=SHORT_S).request().number == 7
    assert len(api.log) >= 2


def test_what_was_written_into_a_dripping_answer_is_not_written_again(
    opened: tuple[LocalForge, ForgeKind],
) -> None:
    api, _ = opened
    api.faults.planned.append(Fault("POST", "(notes|comments)$", 200, is_done=True, is_dripping=True))
    with pytest.raises(ForgeUnsure, match=r"TimeoutError|took too long"):
        forge(opened, longest_answer_s=SHORT_S).post_summary("hello")
    assert [each.method for each in api.log] == ["POST"]


def test_all_that_is_asked_has_an_end_and_then_nothing_more_is_sent(
    opened: tuple[LocalForge, ForgeKind],
) -> None:
    api, _ = opened
    api.faults.planned.append(Fault("GET", ".", 200, times=99, is_dripping=True))
    slow = forge(opened, longest_run_s=SHORT_S)
    for _ in range(2):
        with pytest.raises(ForgeRefused, match=r"took more than .* minutes.*nothing is posted twice"):
            slow.request()
    assert len(api.log) <= 1


def test_a_rate_limit_is_not_waited_for_beyond_that_end(opened: tuple[LocalForge, ForgeKind]) -> None:
    api, _ = opened
    api.faults.planned.append(Fault("GET", ".", 429, times=99, retry_after_s=60))
    with pytest.raises(ForgeRefused, match="took more than"):
        forge(opened, longest_run_s=30).request()
    assert len(api.log) == 1
