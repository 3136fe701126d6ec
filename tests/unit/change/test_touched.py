"""Which paths a change touches, by the headers of its diff."""

from pathlib import Path

import pytest

from chargehand.change.touched import touched_paths
from tests.unit.change.world import World

ODD = (
    "café.toml",
    'we"ird/.gitattributes',
    "two words.py",
    "a b/b/.gitattributes",
    "tab\there",
    "a/a.py",
    "back\\slash",
)


def test_git_s_own_headers_name_every_file_whatever_its_name(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    world.commit({"kept.py": "x\n"})
    world.commit(dict.fromkeys(ODD, "x\n"))
    assert set(touched_paths(world.git_bytes("diff", "HEAD~1", "HEAD"))) == set(ODD)


@pytest.mark.parametrize("name", ODD)
def test_a_file_that_moves_touches_both_of_its_places(tmp_path: Path, name: str) -> None:
    world = World.empty(tmp_path)
    world.commit({name: "one\ntwo\nthree\n"})
    world.commit({name: None, "a/gone b/x.toml": "one\ntwo\nthree\n"})
    assert touched_paths(world.git_bytes("diff", "-M", "HEAD~1", "HEAD")) == (name, "a/gone b/x.toml")


@pytest.mark.parametrize(
    "diff",
    [
        b"--- a/x.toml\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
        b"--- /dev/null\n+++ b/x.toml\t2024-01-02 03:04:05\n@@ -0,0 +1 @@\n+x\n",
        b"--- x.toml\r\n+++ x.toml\r\n@@ -1 +1 @@\r\n-x\r\n+y\r\n",
        b"From: x\n\ndiff --git a/x.toml b/x.toml\n--- a/x.toml\n+++ b/x.toml\n@@ -1 +1 @@\n-x\n+y\n",
        b"diff --git src://x.toml dst://x.toml\n--- src://x.toml\n+++ dst://x.toml\n@@ -1 +1 @@\n-x\n+y\n",
    ],
)
def test_the_headers_of_other_tools_name_theirs(diff: bytes) -> None:
    assert touched_paths(diff) == ("x.toml",)


def test_a_line_of_a_hunk_is_no_header(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    world.commit({"x": "-- a/.gitattributes\nrename from y\ndiff --git a/z b/z\n"})
    world.commit({"x": "other\n"})
    assert touched_paths(world.git_bytes("diff", "HEAD~1", "HEAD")) == ("x",)
