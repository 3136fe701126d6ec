from pathlib import Path

import pytest

from chargehand.change import FromFile, NoRepository, Range, Staged, find_change
from chargehand.change.origin import path_of
from tests.unit.change.world import World, branched


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


@pytest.mark.parametrize(
    ("sign", "variable"), [("GITHUB_ACTIONS", "GITHUB_REPOSITORY"), ("GITLAB_CI", "CI_PROJECT_PATH")]
)
def test_what_the_ci_job_says_comes_first(tmp_path: Path, sign: str, variable: str) -> None:
    world = branched(tmp_path)
    world.git("remote", "add", "origin", "git@host.example:fork/name.git")
    job = {sign: "true", variable: "owner/name"}
    assert world.change(Range(base="main"), **job).repository == "owner/name"


def test_a_diff_from_a_file_belongs_to_the_repository_of_the_job(tmp_path: Path) -> None:
    (tmp_path / "x.diff").write_bytes(b"")
    for said, name in (("owner/name", "owner/name"), ("no name\n", None)):
        job = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": said}
        checkout = NoRepository(cwd=tmp_path, reason="none", environ=job)
        assert find_change(FromFile(path=Path("x.diff")), checkout).repository == name
