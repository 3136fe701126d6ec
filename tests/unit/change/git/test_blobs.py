from pathlib import Path

from chargehand.change import INDEX, read_file_at, read_files
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
