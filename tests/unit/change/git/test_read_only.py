"""A checkout on a mount that is read-only for real."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.change.world import World, pull_request

_MOUNT = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0"'


def _can_mount(folder: Path) -> bool:
    command = ["unshare", "-rm", "sh", "-c", f"{_MOUNT} && ! touch x 2>/dev/null", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture
def server(tmp_path: Path) -> World:
    if not _can_mount(tmp_path):
        pytest.skip("nothing can be mounted here: that takes Linux, and user namespaces")
    return pull_request(tmp_path / "server")


def type_it(world: World, line: str, **environ: str) -> tuple[int, str]:
    """Type a line in the checkout while it is mounted read-only; return how it ended, and what it said."""
    command = line.replace("chargehand", f"{shlex.quote(sys.executable)} -m chargehand")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", f"{_MOUNT} && {command}", str(world.root)],
        env={**world.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_whole_clone_is_reviewed_there(tmp_path: Path, server: World) -> None:
    world = server.clone(tmp_path / "clone", "--branch", "topic")
    for environ in ({}, {"CI": "true"}):
        code, said = type_it(world, "chargehand review --offline", **environ)
        assert (code, "only the free checks ran" in said) == (0, True), said


def test_what_is_shown_to_a_clone_of_one_branch_helps_there(tmp_path: Path, server: World) -> None:
    world = server.clone(tmp_path / "clone", "--branch", "topic", "--single-branch")
    code, said = type_it(world, "chargehand review --offline")
    assert code == 2
    line = said.partition("or run: ")[2].strip().replace("BASE", "HEAD~1")
    code, said = type_it(world, f"{line} --offline")
    assert (code, "only the free checks ran" in said) == (0, True), said
    code, said = type_it(world, "chargehand review --offline", CI="true")
    assert (code, "in the step that makes it" in said, "or run" in said) == (2, True, False)


def test_what_is_staged_is_piped_there(tmp_path: Path, server: World) -> None:
    world = server.clone(tmp_path / "clone", "--branch", "topic")
    world.write({"a.py": "staged\n"})
    world.git("add", "a.py")
    code, said = type_it(world, "chargehand review --offline --staged")
    assert code == 2
    line = said.partition("Run: ")[2].strip()
    code, said = type_it(world, f"{line} --offline")
    assert (code, "only the free checks ran" in said) == (0, True), said
