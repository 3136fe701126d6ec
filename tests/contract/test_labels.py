"""Labels that let findings through, at both forges: who set them counts, and what they saw when they did."""

from collections.abc import Iterator

import pytest

from chargehand.app.waiving import hear
from chargehand.core.waiver import Waived, Waiver
from chargehand.forges.forge import Connection
from chargehand.forges.table import FORGES
from tests.github_api import GitHubApi, PullRequest
from tests.gitlab_api import DEVELOPER, GitLabApi, Project, Token, User, Version
from tests.local_forge import Fault
from tests.local_forge.labels import Label

FINGERPRINT = "a" * 32
NAME = f"chargehand-waive: {FINGERPRINT}"
AUTHOR, REVIEWER, BOT = (
    User(2, "author", DEVELOPER),
    User(3, "reviewer", DEVELOPER),
    User(1, "bot", DEVELOPER),
)
Api = GitHubApi | GitLabApi


@pytest.fixture(params=["GitHub", "GitLab"])
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    """Return a forge with a request of `author`, to which `reviewer` may write as well."""
    if request.param == "GitHub":
        with GitHubApi(
            PullRequest(diff="", head="b" * 40, roles={"author": "write", "reviewer": "write"})
        ) as api:
            yield api
    else:
        version, people = Version("a" * 40, "b" * 40, ""), [AUTHOR, REVIEWER, BOT]
        with GitLabApi(Project(AUTHOR, [Token("t", BOT)], [version], members=people)) as api:
            yield api


def heard(api: Api, *labels: Label) -> Waived:
    """Return what a review hears of a request with these labels."""
    held = api.pull if isinstance(api, GitHubApi) else api.project
    held.labels[:] = labels
    job = {} if isinstance(api, GitHubApi) else {"GITLAB_CI": "true", "CI_PROJECT_ID": "42"}
    opened = [kind.opened(api.environ(**job), _connection(api), 7) for kind in FORGES]
    [forge] = filter(None, opened)
    return hear(forge)


def _connection(api: Api) -> Connection:
    token = (api.pull if isinstance(api, GitHubApi) else api.project).tokens[0].secret
    return Connection(token, lambda _: None)


def test_a_label_of_somebody_else_with_a_reason_lets_its_finding_through(api: Api) -> None:
    found = heard(api, Label("bug", "Something is wrong", "reviewer"), Label(NAME, "Never empty", "reviewer"))
    assert found == Waived(waivers=(Waiver(fingerprint=FINGERPRINT, by="reviewer", reason="Never empty"),))


@pytest.mark.parametrize(
    ("label", "why"),
    [
        (Label(NAME, "", "reviewer"), "gives no reason, so it does not count: chargehand-waive: FINGERPRINT"),
        (Label(NAME, "Never empty", "author"), "they opened this request"),
        (Label(NAME, "Never empty", "stranger"), "they may not write here"),
        (Label(NAME, "Never empty", ""), "the forge names no person who set it"),
        (
            Label(NAME, "Never empty", "reviewer", changed_s=3),
            "was edited, maybe not by them: it does not count. Take",
        ),
        (Label(NAME, "Never empty", "reviewer", changed_s=2), "was edited"),
        (Label("chargehand-waive: all", "Never empty", "reviewer"), "no command that is known"),
    ],
)
def test_a_label_that_does_not_count_says_why(api: Api, label: Label, why: str) -> None:
    found = heard(api, label)
    assert found.waivers == ()
    [said] = found.refused
    assert why in said


def test_labels_are_asked_for_only_if_one_speaks_to_us(api: Api) -> None:
    assert heard(api, Label("bug", "", "reviewer")) == Waived()
    assert [each for each in api.log if "label" in str(each.body) or "label" in each.path] == []


def test_labels_that_cannot_be_looked_at_are_told_of_and_hold_nothing_up(api: Api) -> None:
    api.faults.planned.append(Fault("POST", "(?s)graphql(?!.*comments)", 403, times=9, text="no"))
    found = heard(api, Label(NAME, "Never empty", "reviewer"))
    assert found.waivers == ()
    assert "Labels waive nothing here, since nobody could look who set them" in found.refused[0]
