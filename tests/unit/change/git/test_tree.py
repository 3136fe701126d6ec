from pathlib import Path

import pytest

from chargehand.change import read_paths
from chargehand.core.errors import ChangeError
from tests.unit.change.world import World


def test_the_files_at_a_commit_are_listed_from_the_root_whatever_their_names(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    names = ("naïve.py", "tab\t.py", 'quo"te.py', "new\nline", "-x", "a/b c/d.py", "caf\udce9")
    for name in names[:-1]:
        world.write({name: "x"})
    (tmp_path / names[-1]).write_text("x")
    first = world.commit({})
    world.commit({"later.py": "x"})
    assert read_paths(world.place(), first) == frozenset(names)
    assert read_paths(world.place(), "HEAD") == {*names, "later.py"}


def test_a_commit_that_is_not_there_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    world.commit({"a.py": "x"})
    with pytest.raises(ChangeError, match=r"did not list the files at 0123456789ab .* fetch them"):
        read_paths(world.place(), "0123456789abcdef" * 2 + "01234567")
