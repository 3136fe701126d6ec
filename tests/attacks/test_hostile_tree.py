"""What lies in the tree, or beside it in `.git`, makes git run nothing, fetch nothing and hide nothing."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.attacks.attempt import attempt
from tests.attacks.conftest import Attack

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"  # made up
RAN = "ran"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a checkout whose branch `pr` adds a token, with one commit on `main` below it."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.py").write_text("x = 1\n")
    commit(tmp_path)
    git(tmp_path, "checkout", "-q", "-b", "pr")
    (tmp_path / "a.py").write_text(f'x = 1\nKEY = "{TOKEN}"\n')
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    """Run git in `folder` as its owner."""
    own = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=plain | own, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "c")


def program(path: Path, marks: Path) -> Path:
    """Write a stand-in for a program, which only leaves a mark that it ran."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\ntouch "{marks / RAN}"\nexit 1\n')
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("entries", [".", "", "bin", "{tree}/bin", "{alias}/bin", "{tree}/sub/../bin"])
def test_no_git_of_the_checkout_is_run(attack: Attack, tree: Path, tmp_path: Path, entries: str) -> None:
    alias = tmp_path.parent / f"{tmp_path.name}-alias"
    alias.symlink_to(tree)
    (tree / "sub").mkdir()
    for place in (tree / "git", tree / "bin" / "git"):
        program(place, tree)
    path = f"{entries.format(tree=tree, alias=alias)}{os.pathsep}{os.environ['PATH']}"
    tried = attack("", "--base", "main", "--offline", environ={"PATH": path})
    assert not (tree / RAN).exists()
    assert tried.code == 1


def test_without_another_git_than_that_of_the_checkout_nothing_is_reviewed(
    attack: Attack, tree: Path
) -> None:
    program(tree / "bin" / "git", tree)
    tried = attack("", "--base", "main", "--offline", environ={"PATH": f"{tree / 'bin'}{os.pathsep}."})
    assert (tried.code, (tree / RAN).exists()) == (2, False)
    assert "a git in the checkout does not count" in " ".join(tried.told.split())


def test_an_inner_bare_repository_is_refused_in_words(tree: Path) -> None:
    inner = tree / "docs"
    git(tree, "init", "-q", "--bare", str(inner))
    run = program(tree / "evil", tree)
    git(inner, "config", "core.fsmonitor", str(run))
    git(inner, "config", "core.bare", "false")
    git(inner, "config", "core.worktree", ".")
    done = attempt(inner, "", "--staged", "--offline")
    assert (done.code, (tree / RAN).exists()) == (2, False)
    assert "this folder is a bare repository" in done.told


SETTINGS = {
    "fsmonitor": ("core.fsmonitor",),
    "external diff": ("diff.external", "diff.evil.command"),
    "textconv": ("diff.evil.textconv",),
    "pager": ("core.pager", "pager.diff", "pager.log"),
    "ssh": ("core.sshCommand",),
    "filters": ("filter.evil.clean", "filter.evil.smudge", "filter.evil.process"),
}


@pytest.mark.parametrize("names", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("options", [("--base", "main"), ("--staged",)], ids=" ".join)
def test_no_program_that_git_is_set_to_run_is_run(
    attack: Attack, tree: Path, names: tuple[str, ...], options: tuple[str, ...]
) -> None:
    outside = program(tree.parent / f"{tree.name}-evil", tree)
    for name in names:
        git(tree, "config", name, str(outside))
    (tree / ".git" / "info" / "attributes").write_text("*.py diff=evil filter=evil\n")
    for hook in ("post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc"):
        program(tree / ".git" / "hooks" / hook, tree)
    attack("", *options, "--offline")
    assert not (tree / RAN).exists()


def test_nothing_beside_the_tree_hides_the_change(attack: Attack, tree: Path) -> None:
    for attributes in ("*.py -diff\n", "*.py binary\n", "*.py linguist-generated\n", "*.py export-ignore\n"):
        (tree / ".git" / "info" / "attributes").write_text(attributes)
        assert attack("", "--base", "main", "--offline").code == 1
    base, head = git(tree, "rev-parse", "main"), git(tree, "rev-parse", "pr")
    (tree / ".git" / "info" / "grafts").write_text(f"{base} {head}\n{head}\n")
    assert attack("", "--base", "main", "--offline").code == 1
    (tree / ".git" / "info" / "grafts").unlink()
    git(tree, "replace", head, git(tree, "commit-tree", "-p", base, "-m", "r", f"{base}^{{tree}}"))
    assert attack("", "--base", "main", "--offline").code == 1
