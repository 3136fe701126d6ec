"""What git and diff write, in the forms in which people hand it on, is read under git's paths and counts."""

import subprocess
from pathlib import Path

import pytest

from chargehand.change.diff.parse.files import parse_diff
from tests.unit.change.world import World

NAMES = ("plain.py", "tab\tname", 'q"uote', "nl\nname", "é", "sp ace.py", "a b/c.py")


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Give a repository whose last commit changes files of odd names, after a merge with a conflict."""
    world = World.empty(tmp_path_factory.mktemp("merged") / "r")
    world.commit(dict.fromkeys(NAMES, "1\n2\n3\n"))
    world.git("checkout", "-q", "-b", "side")
    world.commit({"plain.py": "1\nside\n3\n"})
    world.git("checkout", "-q", "-")
    world.commit({"plain.py": "1\nmain\n3\n"})
    subprocess.run(
        ["git", "merge", "side"], cwd=world.root, env=world.environ, capture_output=True, check=False
    )
    (world.root / "plain.py").write_text("1\nboth\n3\n")
    world.git("commit", "-qam", "merge")
    world.commit(dict.fromkeys(NAMES, "1\n2\n4\n"))
    return world


def raw(world: World, *arguments: str) -> bytes:
    """Return what git prints; `diff --no-index` exits with 1 if there is a difference."""
    command = ["git", *arguments]
    return subprocess.run(command, cwd=world.root, env=world.environ, capture_output=True, check=False).stdout


def read(text: bytes) -> set[tuple[str, int, int]]:
    diff = parse_diff(text)
    assert not [file for file in diff.files if file.skip]
    return {(file.path, file.added, file.removed) for file in diff.files}


@pytest.mark.parametrize(
    ("arguments", "commit"),
    [
        (("show",), "HEAD"),
        (("show", "--no-prefix"), "HEAD"),
        (("show", "--src-prefix=i/", "--dst-prefix=w/"), "HEAD"),
        (("show", "-m", "--first-parent"), "HEAD~1"),
        (("show", "--remerge-diff"), "HEAD~1"),
        (("format-patch", "-1", "--stdout"), "HEAD"),
        (("format-patch", "-1", "--stdout", "--attach=next-part"), "HEAD"),
        (("format-patch", "-1", "--stdout", "--attach=--"), "HEAD"),
        (("format-patch", "-1", "--stdout", "--inline=b0und"), "HEAD"),
        (("log", "-1", "-p", "--stat"), "HEAD"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else each,
)
def test_a_commit_is_read_as_git_counts_it(merged: World, arguments: tuple[str, ...], commit: str) -> None:
    how = ("--remerge-diff",) if "--remerge-diff" in arguments else ("-m", "--first-parent")
    counted = raw(merged, "show", "--format=", "--numstat", "-z", *how, commit).decode().split("\0")
    rows = {
        (path, int(added), int(removed))
        for added, removed, path in (row.strip("\n").split("\t", 2) for row in counted if row.strip())
    }
    assert read(raw(merged, *arguments, commit)) == rows


def test_files_and_folders_outside_of_a_repository_are_read_by_what_they_became(tmp_path: Path) -> None:
    world = World(tmp_path, World.empty(tmp_path / "unused").environ)
    for name, text in {
        "old/a.py": "1\n",
        "new/a.py": "2\n",
        "new/b c.py": "3\n",
        "p.orig/x": "1\n",
        "p/x": "2\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert read(raw(world, "diff", "--no-index", "old/a.py", "new/a.py")) == {("new/a.py", 1, 1)}
    assert read(raw(world, "diff", "--no-index", "old", "new")) == {("new/a.py", 1, 1), ("new/b c.py", 1, 0)}
    assert read(raw(world, "diff", "--no-index", "/dev/null", "new/a.py")) == {("new/a.py", 1, 0)}
    for folders in (("p.orig", "p"), ("p.orig/", "p/")):
        done = subprocess.run(["diff", "-ruN", *folders], cwd=tmp_path, capture_output=True, check=False)
        assert read(done.stdout) == {("x", 1, 1)}
