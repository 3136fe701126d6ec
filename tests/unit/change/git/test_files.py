from pathlib import Path

import pytest

from chargehand.change import INDEX, read_file_at, read_files, read_heads, read_paths
from chargehand.change.git.files import HEAD_BYTES, MAX_FILE_BYTES
from chargehand.core.errors import ChangeError
from tests.unit.change.world import World


def test_a_file_is_read_as_it_was_at_a_commit(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    first = world.commit({"a b.py": "old\n"})
    world.commit({"a b.py": "new\n"})
    assert read_file_at(world.place(), first, "a b.py") == "old\n"
    assert read_file_at(world.place(), "HEAD", "a b.py") == "new\n"


def test_what_is_staged_can_be_read_and_the_work_tree_is_not(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    world.commit({"a.py": "old\n"})
    world.write({"a.py": "staged\n"})
    world.git("add", "a.py")
    world.write({"a.py": "later\n"})
    assert read_file_at(world.place(), INDEX, "a.py") == "staged\n"


def test_names_and_bytes_of_any_kind_come_back(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    names = ("naïve.py", "tab\t.py", 'quo"te.py', "HEAD:x", "a missing", "-x", "empty")
    files = {name: f"{name}\n" for name in names[:-1]} | {"empty": ""}
    world.commit({**files, "latin": b"caf\xe9\r\n", "twin": "-x\n"})
    found = read_files(world.place(), "HEAD", (*names, "latin", "twin"))
    assert found == {**files, "latin": "caf\udce9\r\n", "twin": "-x\n"}


def test_a_path_of_undecodable_bytes_is_found(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    (tmp_path / "caf\udce9").write_text("x")
    world.commit({})
    assert read_file_at(world.place(), "HEAD", "caf\udce9") == "x"


def test_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    world.commit({"folder/a.py": "x\n"})
    wanted = (
        "folder",
        "gone.py",
        "./folder/a.py",
        "folder/../folder/a.py",
        "/etc/passwd",
        "../a",
        "",
        "a\nb",
        "folder/",
    )
    assert read_files(world.place(), "HEAD", (*wanted, "folder/a.py")) == {"folder/a.py": "x\n"}


def test_a_commit_that_is_not_there_holds_no_file(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    world.commit({"a.py": "x\n"})
    assert read_files(world.place(), "e" * 40, ("a.py",)) == {}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    (tmp_path / "link").symlink_to("/etc/passwd")
    world.commit({})
    assert read_file_at(world.place(), "HEAD", "link") == "/etc/passwd"


def test_a_file_over_the_limit_is_left_out_and_the_others_are_not(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    world.commit({"big": "x" * 1000, "small": "y"})
    assert read_files(world.place(), "HEAD", ("big", "small"), limit=999) == {"small": "y"}


def test_many_files_are_read_at_once(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    files = {f"d/{n}.txt": f"{n}\n" * n for n in range(500)}
    world.commit(files)
    assert read_files(world.place(), "HEAD", files) == files


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


def test_of_a_file_of_any_size_its_beginning_can_be_had(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    world.commit({"large.mp4": b"ftyp" + b"\0" * (MAX_FILE_BYTES + 1), "small": "x\n"})
    assert read_files(world.place(), "HEAD", ("large.mp4",)) == {}
    heads = read_heads(world.place(), "HEAD", ("large.mp4", "small", "gone"))
    assert heads == {"large.mp4": b"ftyp" + b"\0" * (HEAD_BYTES - 4), "small": b"x\n"}
