"""What lies in the tree, or beside it in `.git`, makes git run nothing, fetch nothing and hide nothing."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.attacks.attempt import attempt
from tests.attacks.conftest import Attack
from tests.command import chargehand, plain_environment

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


JOB = {
    "CI": "1",
    "BITBUCKET_BUILD_NUMBER": "1",
    "BITBUCKET_PR_ID": "1",
    "BITBUCKET_PR_DESTINATION_BRANCH": "main",
}
# Where a job may have put what is read from a home folder: the variable, its value, and a file of the change.
HOMES = {
    "home": ("HOME", "{tree}", ".gitconfig"),
    "home, with a folder": ("HOME", "{tree}", ".config/git/config"),
    "home below": ("HOME", "{tree}/home", "home/.gitconfig"),
    "a relative home": ("HOME", ".", ".gitconfig"),
    "settings": ("XDG_CONFIG_HOME", "{tree}/ci", "ci/git/config"),
    "git's file": ("GIT_CONFIG_GLOBAL", "{tree}/ci/git", "ci/git"),
    "a profile": ("HOME", "{tree}", ".config/anthropic/active_config"),
    "a profile's folder": ("ANTHROPIC_CONFIG_DIR", "{tree}/login", "login/configs/default.json"),
    "a cloud's file": ("AWS_CONFIG_FILE", "{tree}/aws", "aws"),
}


@pytest.mark.parametrize(("variable", "value", "file"), HOMES.values(), ids=HOMES)
def test_no_settings_of_the_change_count_because_a_variable_leads_to_them(
    attack: Attack, tree: Path, variable: str, value: str, file: str
) -> None:
    """Else git would run what they name once it has to fetch, or their server would answer for models."""
    evil = program(tree.parent / f"{tree.name}-evil", tree)
    trace = tree.parent / f"{tree.name}-trace"
    named = ("sshCommand", "gitProxy", "askPass", "fsmonitor", "pager")
    settings = "".join(f"\t{name} = {evil}\n" for name in named)
    path = tree / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"[core]\n{settings}[trace2]\n\teventTarget = {trace}\n")
    commit(tree)
    git(tree, "remote", "add", "origin", "ssh://git@127.0.0.1:9/x")
    home = value.format(tree=tree)
    for options in ((), ("--base", "main"), ("--offline",)):
        tried = attack("", *options, environ={**JOB, variable: home})
        assert (tried.code, tried.sent, (tree / RAN).exists(), trace.exists()) == (2, (), False, False)
        assert f"{variable} leads into the checkout" in " ".join(tried.told.split())
    for command in ("doctor", "estimate", "init"):
        chargehand(command, cwd=tree, env={**plain_environment(), **JOB, variable: home})
        assert ((tree / RAN).exists(), trace.exists()) == (False, False)


def test_a_link_of_the_change_leads_to_no_settings_either(attack: Attack, tree: Path) -> None:
    (tree / "stuff").mkdir()
    (tree / "stuff" / ".gitconfig").write_text("[core]\n\tfsmonitor = false\n")
    (tree / "home").symlink_to("stuff")
    commit(tree)
    tried = attack("", "--offline", environ={**JOB, "HOME": str(tree / "home")})
    assert (tried.code, "HOME leads into the checkout" in " ".join(tried.told.split())) == (2, True)


def test_a_home_in_the_checkout_that_only_the_job_fills_is_the_job_s(attack: Attack, tree: Path) -> None:
    (tree / ".git" / "info" / "exclude").write_text(".gitconfig\n")
    (tree / ".gitconfig").write_text("[core]\n\tabbrev = 9\n")
    assert attack("", "--base", "main", "--offline", environ={"CI": "1", "HOME": str(tree)}).code == 1


INNER = {
    "settings that others include": ("git", "config", "include.path", "../settings"),
    "settings on a condition": ("git", "config", "includeIf.gitdir:**.path", "../settings"),
    "settings of a work tree": ("git", "config", "--worktree", "core.fsmonitor", "{evil}"),
}


@pytest.mark.parametrize("command", INNER.values(), ids=INNER)
def test_settings_by_another_way_run_nothing_either(
    attack: Attack, tree: Path, command: tuple[str, ...]
) -> None:
    evil = program(tree.parent / f"{tree.name}-evil", tree)
    lines = [f"[core]\n\tfsmonitor = {evil}\n\tpager = {evil}\n[diff]\n\texternal = {evil}\n"]
    lines += [f'[diff "e"]\n\ttextconv = {evil}\n\tcommand = {evil}\n[alias]\n\tdiff = !{evil}\n']
    lines += [f'[filter "e"]\n\tclean = {evil}\n\tsmudge = {evil}\n\tprocess = {evil}\n\trequired = true\n']
    (tree / "settings").write_text("".join(lines))
    (tree / ".gitattributes").write_text("* diff=e filter=e merge=e\n")
    git(tree, "config", "extensions.worktreeConfig", "true")
    git(tree, *(word.format(evil=evil) for word in command[1:]))
    for options in (("--base", "main"), ("--staged",)):
        attack("", *options, "--offline")
        assert not (tree / RAN).exists()


def test_a_submodule_and_a_tree_of_its_own_run_nothing(attack: Attack, tree: Path) -> None:
    """Their settings name programs, and the change says what to do when it is updated."""
    evil = program(tree.parent / f"{tree.name}-evil", tree)
    inner = tree / "mod"
    git(tree, "init", "-q", "-b", "main", str(inner))
    (inner / "a").write_text("1\n")
    commit(inner)
    for name in ("core.fsmonitor", "diff.external", "core.pager"):
        git(inner, "config", name, str(evil))
    program(inner / ".git" / "hooks" / "post-checkout", tree)
    own = f'[submodule "mod"]\n\tpath = mod\n\turl = ext::{evil}\n\tupdate = !{evil}\n\tignore = all\n'
    (tree / ".gitmodules").write_text(own)
    git(tree, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},mod")
    git(tree, "add", ".gitmodules")
    git(tree, "commit", "-q", "-m", "sub")
    for options in (("--base", "main"), ("--staged",)):
        attack("", *options, "--offline")
        assert not (tree / RAN).exists()
    shown = attack("", "--base", "main", "--offline").report["change"]["files"]
    assert "mod" in {each["path"] for each in shown}
    other = tree / "other"
    other.mkdir()
    (other / ".git").write_text("gitdir: ../mod/.git\n")
    attempt(other, "", "--staged", "--offline")
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
