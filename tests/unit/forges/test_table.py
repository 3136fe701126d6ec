"""Every forge has its row, and says what it lacks."""

from pathlib import Path

import pytest

from chargehand.cli.main import SECRETS
from chargehand.core.errors import InputError
from chargehand.forges import table
from chargehand.forges.table import FORGES, TOKEN_VARIABLES, open_request


def test_every_folder_of_a_forge_has_a_row() -> None:
    folder = Path(table.__file__).parent
    folders = {path.parent.name for path in folder.glob("*/__init__.py")}
    assert folders == {kind.name.lower() for kind in FORGES}


def test_a_job_of_no_request_or_without_a_token_is_told_what_to_do() -> None:
    gitlab = {"GITLAB_CI": "true", "CI_API_V4_URL": "https://x", "CI_PROJECT_ID": "1"}
    with pytest.raises(InputError, match="is about no pull or merge request"):
        open_request({"GITHUB_TOKEN": "t"}, lambda _: None, 7)
    for job in ({"GITHUB_REPOSITORY": "a/b"}, gitlab):
        with pytest.raises(InputError, match=r"there is no token for Git.*Put one into"):
            open_request(job, lambda _: None, 7)


@pytest.mark.parametrize(
    "address", ["not a url", "ftp://x", "http://", "http://a:b:c", "http://[::1", "https://a b"]
)
def test_what_is_no_address_is_said_before_anything_is_sent(address: str) -> None:
    github = {"GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": "t", "GITHUB_API_URL": address}
    gitlab = {"GITLAB_CI": "true", "CI_PROJECT_ID": "1", "GITLAB_TOKEN": "t", "CI_API_V4_URL": address}
    for job, variable in ((github, "GITHUB_API_URL"), (gitlab, "CI_API_V4_URL")):
        with pytest.raises(InputError, match=f"{variable} is no address of an API"):
            open_request(job, lambda _: None, 7)


def test_a_token_may_end_its_line_and_holds_nothing_else_that_a_header_cannot() -> None:
    job = {"GITHUB_REPOSITORY": "a/b"}
    open_request(job | {"GITHUB_TOKEN": "t\n"}, lambda _: None, 7)
    for token in ("a\nb", "a b", "ä"):
        with pytest.raises(InputError, match="GITHUB_TOKEN holds what is no token"):
            open_request(job | {"GITHUB_TOKEN": token}, lambda _: None, 7)


def test_the_first_token_that_is_set_counts() -> None:
    forge = open_request({"GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": "", "GH_TOKEN": "t"}, lambda _: None, 7)
    assert forge.name == "GitHub"


def test_no_token_of_a_forge_stands_in_a_traceback() -> None:
    assert set(TOKEN_VARIABLES) <= set(SECRETS)
