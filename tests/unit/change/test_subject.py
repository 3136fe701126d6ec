import json
from pathlib import Path

import pytest

from chargehand.change import NoRepository, subject_of
from chargehand.core.errors import ChangeError
from tests.unit.change.world import World

NOWHERE = NoRepository(cwd=Path(), reason="none", environ={})


def github(folder: Path, payload: object, **more: str) -> dict[str, str]:
    path = folder / "event.json"
    path.write_text(json.dumps(payload))
    return {"GITHUB_EVENT_PATH": str(path), "GITHUB_ACTIONS": "true", **more}


def test_a_pull_request_keeps_its_number_whatever_is_pushed_to_it(tmp_path: Path) -> None:
    environ = github(
        tmp_path, {"pull_request": {"number": 12, "base": {"sha": "b" * 40}, "head": {"sha": "a" * 40}}}
    )
    assert subject_of(NOWHERE, environ) == "pull request 12"


def test_a_job_without_a_pull_request_is_about_its_branch(tmp_path: Path) -> None:
    assert subject_of(NOWHERE, github(tmp_path, {}, GITHUB_REF_NAME="fix/it")) == "branch fix/it"
    assert subject_of(NOWHERE, {"GITLAB_CI": "true", "CI_COMMIT_BRANCH": "main"}) == "branch main"


def test_a_merge_request_keeps_its_number() -> None:
    environ = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "7"}
    assert subject_of(NOWHERE, environ) == "merge request 7"


def test_what_is_no_number_of_a_merge_request_is_none() -> None:
    assert subject_of(NOWHERE, {"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "7\n8"}) is None


@pytest.mark.parametrize("text", ["{", '{"pull_request": {"number": "x"}}'])
def test_an_event_that_cannot_be_read_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "event.json").write_text(text)
    with pytest.raises(ChangeError, match="event of this job cannot be read"):
        subject_of(NOWHERE, {"GITHUB_EVENT_PATH": str(tmp_path / "event.json")})


def test_without_a_job_the_branch_that_is_checked_out_counts(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    head = world.commit({"a.txt": "1\n"})
    world.git("checkout", "-q", "-b", "topic")
    assert subject_of(world.place(), world.environ) == "branch topic"
    world.git("checkout", "-q", "--detach", head)
    assert subject_of(world.place(), world.environ) is None


def test_nobody_says_where_there_is_neither_a_job_nor_a_repository() -> None:
    assert subject_of(NOWHERE, {}) is None
