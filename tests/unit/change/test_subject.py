import json
from pathlib import Path

import pytest

from chargehand.change import FromFile, NoRepository, Range, Staged, find_change, subject_of
from chargehand.change.address import path_of
from chargehand.core.errors import ChangeError
from tests.unit.change.world import World, branched

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


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://github.com/owner/name.git", "owner/name"),
        ("https://github.com/owner/name", "owner/name"),
        ("https://me:gh0_secret@host.example:8443/group/sub/name.git/", "group/sub/name"),
        ("https://host.example/owner/name.git?private_token=secret#secret", "owner/name"),
        ("ssh://git@host.example:22/owner/name.git", "owner/name"),
        ("git@github.com:owner/name.git", "owner/name"),
        ("git@host.example:/owner/name.git", "owner/name"),
        ("host:name", "name"),
        ("file:///home/jane/work/name.git", "name"),
        ("/home/jane/work/name.git", "name"),
        ("/home/jane/work/name/.git", "name"),
        ("../name", "name"),
        (r"C:\Users\jane\name", "name"),
        ("https://host.example/", None),
        ("https://[half/name", None),
        ("https://host.example/a b/<script>", None),
        ("https://host.example/x/user:secret@host/y", None),
        ("", None),
    ],
)
def test_a_name_holds_nothing_of_the_address_but_its_path(address: str, name: str | None) -> None:
    assert path_of(address) == name


def test_a_change_names_the_repository_of_its_origin(tmp_path: Path) -> None:
    world = branched(tmp_path)
    assert world.change(Range(base="main")).repository is None
    world.git("remote", "add", "origin", "https://me:secret@host.example/owner/name.git")
    assert world.change(Range(base="main")).repository == "owner/name"
    assert world.change(Staged()).repository == "owner/name"


def test_a_repository_without_a_commit_has_a_name_too(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    world.git("remote", "add", "origin", "git@host.example:owner/name")
    assert world.change().repository == "owner/name"


JOBS = [("GITHUB_ACTIONS", "GITHUB_REPOSITORY"), ("GITLAB_CI", "CI_PROJECT_PATH")]


@pytest.mark.parametrize(("sign", "variable"), JOBS)
def test_what_the_ci_job_says_comes_before_the_name_of_a_mirror(
    tmp_path: Path, sign: str, variable: str
) -> None:
    world = branched(tmp_path)
    world.git("remote", "add", "origin", "git@host.example:mirror/owner/name.git")
    job = {sign: "true", variable: "owner/name"}
    assert world.change(Range(base="topic~1"), **job).repository == "owner/name"


@pytest.mark.parametrize(("sign", "variable"), JOBS)
def test_a_job_that_names_no_change_says_nothing_of_another_repository(
    tmp_path: Path, sign: str, variable: str
) -> None:
    world = branched(tmp_path)
    world.git("remote", "add", "origin", "git@host.example:other/name.git")
    job = {sign: "true", variable: "owner/name"}
    assert world.change(Range(base="topic~1"), **job).repository == "other/name"


def test_a_diff_from_a_file_belongs_to_the_repository_of_the_job(tmp_path: Path) -> None:
    (tmp_path / "x.diff").write_bytes(b"")
    for said, name in (("owner/name", "owner/name"), ("no name\n", None)):
        job = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": said}
        checkout = NoRepository(cwd=tmp_path, reason="none", environ=job)
        assert find_change(FromFile(path=Path("x.diff")), checkout).repository == name
