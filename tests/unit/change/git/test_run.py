import time
from pathlib import Path

import pytest

from chargehand.change.git.run import run_git
from chargehand.core.errors import ChangeError
from tests.unit.change.world import BASE_ENVIRON


def fake_git(folder: Path, script: str) -> dict[str, str]:
    """Return an environment in which git is a shell script."""
    programs = (
        folder.parent / f"{folder.name}-programs"
    )  # beside the folder it runs in: there it would not count
    programs.mkdir()
    (programs / "git").write_text(f"#!/bin/sh\n{script}\n")
    (programs / "git").chmod(0o755)
    return {"PATH": f"{programs}:{BASE_ENVIRON['PATH']}"}


def test_more_output_than_the_limit_is_refused_and_not_kept(tmp_path: Path) -> None:
    environ = fake_git(tmp_path, "exec yes")
    with pytest.raises(ChangeError, match="more than 1,000 bytes"):
        run_git(("diff",), cwd=tmp_path, environ=environ, limit=1000)


def test_a_git_that_never_ends_is_ended(tmp_path: Path) -> None:
    environ = fake_git(tmp_path, "echo begun; exec sleep 60")
    began = time.monotonic()
    ran = run_git(("fetch",), cwd=tmp_path, environ=environ, timeout_s=0.3)
    assert time.monotonic() - began < 30
    assert (ran.code != 0, ran.out) == (True, b"begun\n")


def test_much_output_on_both_streams_while_much_is_read_blocks_nobody(tmp_path: Path) -> None:
    script = "head -c 300000 /dev/zero | tr '\\0' x >&2; head -c 300000 /dev/zero; cat"
    ran = run_git(("x",), cwd=tmp_path, environ=fake_git(tmp_path, script), stdin=b"y" * 300_000)
    assert ran.code == 0
    assert ran.out == bytes(300_000) + b"y" * 300_000
    assert ran.error == "x" * 300_000


def test_what_git_says_is_made_harmless_and_put_on_one_line(tmp_path: Path) -> None:
    ran = run_git(("x",), cwd=tmp_path, environ=fake_git(tmp_path, r"printf 'a\033[2J\n  b' >&2; exit 3"))
    assert (ran.code, ran.error) == (3, "a\\u{1b}[2J b")


def test_a_silent_end_is_told_by_its_code(tmp_path: Path) -> None:
    assert run_git(("x",), cwd=tmp_path, environ=fake_git(tmp_path, "exit 9")).error == "it ended with 9"


def test_nobody_is_asked_for_a_password_and_messages_are_in_english(tmp_path: Path) -> None:
    environ = fake_git(tmp_path, "env") | {"LC_ALL": "de_DE.UTF-8", "GIT_TERMINAL_PROMPT": "1"}
    lines = run_git(("x",), cwd=tmp_path, environ=environ).lines
    assert {"LC_ALL=C", "GIT_TERMINAL_PROMPT=0"} <= set(lines)
