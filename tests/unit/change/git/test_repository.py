import os
from pathlib import Path

import pytest

from chargehand.change import Automatic, NoRepository, Repository, find_repository
from tests.unit.change.world import BASE_ENVIRON, World, branched

STRANGER = 1234


@pytest.fixture
def owned_by_another(tmp_path: Path) -> World:
    """A repository of another user; git can be told to doubt the owner where we may not change it."""
    world = branched(tmp_path / "work")
    if os.geteuid() == 0:
        for path in (world.root, *world.root.rglob("*")):
            os.chown(path, STRANGER, STRANGER)
    else:
        world.environ["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1"
    return world


def test_another_user_s_repository_is_not_opened_and_the_remedy_names_it(owned_by_another: World) -> None:
    checkout = find_repository(owned_by_another.root, owned_by_another.environ)
    assert isinstance(checkout, NoRepository)
    assert checkout.reason.endswith(f"git config --global --add safe.directory {owned_by_another.root}")


@pytest.mark.parametrize(
    ("sign", "name"),
    [
        ("GITHUB_ACTIONS", "GITHUB_WORKSPACE"),
        ("GITLAB_CI", "CI_PROJECT_DIR"),
        ("TF_BUILD", "BUILD_SOURCESDIRECTORY"),
        ("JENKINS_URL", "WORKSPACE"),
    ],
)
def test_the_workspace_that_a_ci_job_names_is_trusted_whoever_owns_it(
    owned_by_another: World, sign: str, name: str
) -> None:
    job = {sign: "true", name: str(owned_by_another.root)}
    environ = {**owned_by_another.environ, **job}
    assert isinstance(find_repository(owned_by_another.root, environ), Repository)
    assert owned_by_another.change(Automatic(), **job).diff


def test_a_folder_beside_the_workspace_is_not_trusted(owned_by_another: World, tmp_path: Path) -> None:
    environ = {
        **owned_by_another.environ,
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(tmp_path / "wor"),
    }
    assert isinstance(find_repository(owned_by_another.root, environ), NoRepository)


def test_without_ci_a_workspace_is_not_trusted(owned_by_another: World) -> None:
    environ = {**owned_by_another.environ, "GITHUB_WORKSPACE": str(owned_by_another.root)}
    assert isinstance(find_repository(owned_by_another.root, environ), NoRepository)


def test_a_bare_repository_is_refused_in_words(tmp_path: Path) -> None:
    World(tmp_path).git("init", "-q", "--bare")
    checkout = find_repository(tmp_path, BASE_ENVIRON)
    assert isinstance(checkout, NoRepository)
    assert "this folder is a bare repository" in checkout.reason


def test_secrets_of_the_environment_are_not_part_of_how_it_is_shown(tmp_path: Path) -> None:
    assert "hunter2" not in repr(branched(tmp_path).place(TOKEN="hunter2"))
