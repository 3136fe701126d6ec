from pathlib import Path

import pytest

from chargehand.change import Automatic, Range, Staged
from tests.unit.change.world import World, branched, paths

HOSTILE = {
    "diff.noprefix": "true",
    "diff.mnemonicPrefix": "true",
    "diff.external": "/bin/false",
    "diff.context": "0",
    "diff.interHunkContext": "9",
    "diff.algorithm": "minimal",
    "diff.renames": "false",
    "diff.renameLimit": "1",
    "diff.submodule": "log",
    "diff.relative": "true",
    "diff.ignoreSubmodules": "all",
    "diff.suppressBlankEmpty": "true",
    "diff.indentHeuristic": "false",
    "diff.colorMoved": "zebra",
    "diff.wordRegex": ".",
    "diff.default.binary": "true",
    "diff.default.textconv": "rev",
    "diff.default.command": "/bin/false",
    "color.ui": "always",
    "color.diff": "always",
    "core.quotePath": "true",
    "core.autocrlf": "true",
    "core.abbrev": "4",
    "core.bigFileThreshold": "1",
    "core.pager": "/bin/false",
    "core.fsmonitor": "/bin/false",
    "pager.diff": "true",
}


def rich(root: Path) -> World:
    """A branch with a rename, an awkward name, a mode, a binary, a link, a submodule, twins and gaps."""
    inner = World.empty(root.parent / "inner")
    inner.commit({"x": "1\n"})
    world = World.empty(root)
    text = "".join(f"line {n}\n\n" for n in range(30))
    world.commit({"old.py": text, "data.bin": b"\0\1", "run.sh": "x\n", "sub/in.py": text})
    world.commit({"twins.py": "# x\na\n\n# x\nb\n"})
    world.git("submodule", "--quiet", "add", f"file://{inner.root}", "module")
    world.commit({}, "module")
    world.git("checkout", "-q", "-b", "topic")
    inner.commit({"x": "2\n"})
    world.git("-C", "module", "pull", "-q")
    (root / "old.py").rename(root / "new.py")
    (root / "run.sh").chmod(0o755)
    (root / "link").symlink_to("/etc/passwd")
    world.commit(
        {"new.py": text.replace("line 3\n", "line three\n"), "data.bin": b"\0\2", "naïve \t.py": "\n"}
    )
    world.commit({"sub/in.py": text.replace("line 9\n", "nine\n").replace("line 16\n", "sixteen\n")})
    world.commit({"twins.py": "# x\na\n\n# x\nc\n\n# x\nb\n"})
    return world


def test_no_setting_of_the_user_alters_a_byte(tmp_path: Path) -> None:
    world = rich(tmp_path / "repository")
    plain = world.change(Range(base="main")).diff
    assert b"rename from old.py" in plain
    assert b"Subproject commit" in plain
    for key, value in HOSTILE.items():
        world.git("config", key, value)
    order = tmp_path / "order"
    order.write_text("sub/*\n")
    world.git("config", "diff.orderFile", str(order))
    attributes = tmp_path / "attributes"
    attributes.write_text("* binary\n")
    world.git("config", "core.attributesFile", str(attributes))
    environ = {"GIT_DIFF_OPTS": "-u0", "GIT_EXTERNAL_DIFF": "/bin/false", "GIT_PAGER": "/bin/false"}
    assert world.change(Range(base="main"), **environ).diff == plain


def test_a_hook_or_monitor_of_the_repository_is_not_run(tmp_path: Path) -> None:
    world = branched(tmp_path / "repository")
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "diff.external",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
    ):
        world.git("config", key, str(trap))
    world.change()
    world.change(Staged())
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("end", ["", "^{tree}", ":a.py"])
def test_an_object_that_git_is_told_to_replace_is_read_as_it_was_pushed(tmp_path: Path, end: str) -> None:
    world = branched(tmp_path / "repository")
    plain = world.change(Range(base="main")).diff
    told, instead = (world.git("rev-parse", f"{name}{end}") for name in ("topic", "main~1"))
    assert told != instead
    world.git("replace", told, instead)
    assert world.change(Range(base="main")).diff == plain


def test_ancestors_that_a_file_of_git_makes_up_are_none(tmp_path: Path) -> None:
    world = branched(tmp_path / "repository")
    plain = world.change(Range(base="main")).diff
    grafts = world.root / ".git/info/grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(f"{world.git('rev-parse', 'main')} {world.git('rev-parse', 'topic')}\n")
    assert world.change(Range(base="main")).diff == plain
    elsewhere = tmp_path / "grafts"
    grafts.rename(elsewhere)
    world.environ["GIT_GRAFT_FILE"] = str(elsewhere)
    assert world.change(Range(base="main")).diff == plain


@pytest.mark.parametrize("line", ["*.py -diff", "*.py binary", "* -text -diff", "*.py diff=odd"])
def test_attributes_in_the_change_hide_no_code(tmp_path: Path, line: str) -> None:
    world = branched(tmp_path)
    world.git("config", "diff.odd.binary", "true")
    world.git("config", "attr.tree", "topic")
    world.commit({".gitattributes": line, "sub/.gitattributes": line, "sub/evil.py": "os.system(x)\n"})
    diff = world.change().diff
    assert b"Binary files" not in diff
    assert b"+os.system(x)" in diff
    assert b"+more" in diff


def test_attributes_hide_no_code_where_the_work_tree_is_named_by_hand(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.commit({".gitattributes": "*.py -diff\n"})
    by_variable = {"GIT_DIR": str(tmp_path / ".git"), "GIT_WORK_TREE": str(tmp_path)}
    assert b"Binary files" not in world.change(Automatic(), **by_variable).diff
    world.git("config", "core.worktree", str(tmp_path))
    assert b"Binary files" not in world.change().diff


@pytest.mark.parametrize("is_staged_too", [True, False])
def test_attributes_hide_nothing_that_is_staged(tmp_path: Path, is_staged_too: bool) -> None:
    world = branched(tmp_path)
    world.write({".gitattributes": "*.py -diff\n", "evil.py": "os.system(x)\n"})
    world.git("add", *([".gitattributes"] if is_staged_too else []), "evil.py")
    diff = world.change(Staged()).diff
    assert b"Binary files" not in diff
    assert b"+os.system(x)" in diff


def test_a_real_binary_is_not_printed_as_text(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.commit({".gitattributes": "* diff\n", "data.bin": b"\0secret\1"})
    diff = world.change().diff
    assert b"Binary files /dev/null and b/data.bin differ" in diff
    assert b"secret" not in diff


def test_a_module_that_asks_to_be_ignored_is_shown(tmp_path: Path) -> None:
    world = rich(tmp_path / "repository")
    world.git("config", "-f", ".gitmodules", "submodule.module.ignore", "all")
    world.commit({}, "ignore")
    assert "module" in paths(world.change(Range(base="main")).diff)


def test_names_are_utf_8_and_not_octal(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.commit({"naïve.py": "x\n"})
    assert "naïve.py" in paths(world.change().diff)


def test_content_that_git_would_convert_stays_as_it_is(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.commit({"crlf.py": b"a\r\nb\xff\r\n"})
    world.git("config", "core.autocrlf", "true")
    assert b"+a\r\n+b\xff\r\n" in world.change().diff


def test_a_repository_with_long_ids_is_read(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.git("init", "-q", "-b", "main", "--object-format=sha256")
    world.commit({"a.py": "one\n"})
    world.git("checkout", "-q", "-b", "topic")
    world.commit({"a.py": "two\n"})
    assert len(world.change().base or "") == 64
    assert paths(world.change().diff) == ["a.py"]
