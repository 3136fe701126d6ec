import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chargehand.change import (
    Automatic,
    FromFile,
    FromStdin,
    NoRepository,
    Range,
    Staged,
    find_change,
    find_repository,
)
from chargehand.core.change import Rules
from chargehand.core.errors import ChangeError
from tests.unit.change.world import BASE_ENVIRON, World, branched, paths

DIFF = b"diff --git a/x b/x\n\xff\r\n"


def nowhere(folder: Path) -> NoRepository:
    return NoRepository(cwd=folder, reason="none")


def test_a_file_is_read_byte_for_byte_and_needs_no_repository(tmp_path: Path) -> None:
    (tmp_path / "x.diff").write_bytes(DIFF)
    change = find_change(FromFile(path=Path("x.diff")), nowhere(tmp_path))
    assert (change.source, change.diff, change.base) == ("file", DIFF, None)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ChangeError, match=r"gone\.diff' cannot be read \(No such file"):
        find_change(FromFile(path=Path("gone.diff")), nowhere(tmp_path))


def test_standard_input_is_read_byte_for_byte(tmp_path: Path) -> None:
    change = find_change(FromStdin(), nowhere(tmp_path), stdin=io.BytesIO(DIFF))
    assert (change.source, change.diff) == ("stdin", DIFF)


def test_a_branch_is_compared_with_where_it_left_the_default_branch(tmp_path: Path) -> None:
    world = branched(tmp_path)
    change = world.change()
    assert change.source == "branch"
    assert change.base == world.git("merge-base", "main", "topic")
    assert change.head == world.git("rev-parse", "topic")
    assert paths(change.diff) == ["a.py", "c.py"]


def test_it_is_the_same_from_a_subfolder(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.commit({"sub/d.py": "x\n"})
    below = find_repository(tmp_path / "sub", world.environ)
    assert find_change(Range(base="main"), below).diff == world.change().diff


def test_a_detached_head_is_compared_too(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.git("checkout", "-q", "--detach", "topic~1")
    assert paths(world.change().diff) == ["a.py"]


def test_the_default_branch_itself_has_nothing_to_compare_and_says_so(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.git("checkout", "-q", "main")
    change = world.change()
    assert change.diff == b""
    assert change.notices[0].startswith("The current branch holds no commit that the default branch lacks.")


def test_the_remote_tells_the_default_branch_whatever_its_name(tmp_path: Path) -> None:
    server = World.empty(tmp_path / "server", branch="trunk")
    server.commit({"a.py": "one\n"})
    world = server.clone(tmp_path / "clone")
    world.commit({"a.py": "two\n"})
    assert paths(world.change().diff) == ["a.py"]


def test_a_repository_without_a_default_branch_asks_for_a_base(tmp_path: Path) -> None:
    world = World.empty(tmp_path, branch="odd")
    world.commit({"a.py": "one\n"})
    with pytest.raises(ChangeError, match=r"no default branch .* with --base"):
        world.change()


def test_a_repository_without_a_commit_has_nothing_to_review(tmp_path: Path) -> None:
    change = World.empty(tmp_path).change()
    assert (change.diff, change.notices) == (b"", ("The repository has no commit yet.",))


def test_a_range_has_three_dots_and_takes_any_name_of_a_commit(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.git("tag", "-a", "-m", "annotated", "v1", "main")
    expected = world.git("merge-base", "main", "topic"), world.git("rev-parse", "topic")
    for base in ("main", "v1", "refs/heads/main", world.git("rev-parse", "--short", "main")):
        change = world.change(Range(base=base, head="topic"))
        assert (change.source, change.base, change.head) == ("range", *expected)


def test_a_head_alone_is_compared_with_the_default_branch(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.git("checkout", "-q", "main")
    assert paths(world.change(Range(head="topic~1")).diff) == ["a.py"]


@pytest.mark.parametrize(
    "revision", ["--output=pwned", "-h", "", "^main", "a..b", ":/start", "a\nb", "\x1b[31m"]
)
def test_what_could_be_an_option_or_a_range_is_no_revision(tmp_path: Path, revision: str) -> None:
    world = branched(tmp_path)
    with pytest.raises(ChangeError, match="does not name one commit"):
        world.change(Range(base=revision))
    with pytest.raises(ChangeError, match="does not name one commit"):
        world.change(Range(base="main", head=revision))
    assert not (tmp_path / "pwned").exists()


def test_an_unknown_revision_is_named(tmp_path: Path) -> None:
    with pytest.raises(ChangeError, match="nope is not a commit of this checkout"):
        branched(tmp_path).change(Range(base="nope", head="topic"))


def test_unrelated_histories_cannot_be_compared(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.git("checkout", "-q", "--orphan", "island")
    world.commit({"z.py": "z\n"})
    with pytest.raises(ChangeError, match="main and island have no common ancestor"):
        world.change(Range(base="main", head="island"))


def test_several_merge_bases_give_the_one_that_git_takes(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.git("branch", "-q", "crossed", "main")
    world.git("merge", "-q", "-m", "m1", "main")
    world.git("checkout", "-q", "crossed")
    world.git("merge", "-q", "-m", "m2", "topic~1")
    assert len(world.git("merge-base", "--all", "topic", "crossed").split()) == 2
    change = world.change(Range(base="topic", head="crossed"))
    assert change.base == world.git("merge-base", "topic", "crossed")


def test_commits_that_change_no_file_say_so(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.git("commit", "-q", "--allow-empty", "-m", "nothing")
    change = world.change(Range(base="HEAD~1"))
    assert change.diff == b""
    assert change.notices[0].endswith("change no file.")


def test_what_is_staged_is_reviewed_and_nothing_else(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.write({"a.py": "staged\n", "b.py": "not staged\n"})
    world.git("add", "a.py")
    change = world.change(Staged())
    assert (change.source, change.base, change.head) == ("staged", world.git("rev-parse", "HEAD"), None)
    assert paths(change.diff) == ["a.py"]


def test_nothing_staged_is_said(tmp_path: Path) -> None:
    assert branched(tmp_path).change(Staged()).notices == ("Nothing is staged.",)


def test_a_file_that_is_only_announced_is_not_staged(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.write({"a.py": "staged\n", "later.py": "x\n"})
    world.git("add", "-N", "later.py")
    world.git("add", "a.py")
    assert paths(world.change(Staged()).diff) == ["a.py"]


def test_the_first_commit_can_be_staged(tmp_path: Path) -> None:
    world = World.empty(tmp_path)
    world.write({"a.py": "one\n"})
    world.git("add", "a.py")
    change = world.change(Staged())
    assert (change.base, paths(change.diff)) == (None, ["a.py"])


@pytest.mark.parametrize("commit", [["-a"], ["b.py"]])
def test_a_commit_hook_sees_what_that_commit_takes(tmp_path: Path, commit: list[str]) -> None:
    world = branched(tmp_path)
    world.write({"b.py": "taken\n"})
    hook = tmp_path / ".git/hooks/pre-commit"
    hook.parent.mkdir()
    program = (
        "import os, pathlib\n"
        "from chargehand.change import Staged, find_change, find_repository\n"
        "checkout = find_repository(pathlib.Path.cwd(), os.environ)\n"
        "pathlib.Path('found').write_bytes(find_change(Staged(), checkout).diff)\n"
    )
    where = os.pathsep.join(sys.path)
    hook.write_text(f"#!/bin/sh\nPYTHONPATH='{where}' exec '{sys.executable}' -c \"{program}\"\n")
    hook.chmod(0o755)
    world.git("commit", "-q", "-m", "hooked", *commit)
    assert paths((tmp_path / "found").read_bytes()) == ["b.py"]


def test_a_relative_index_is_the_one_at_the_top(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.write({"b.py": "taken\n"})
    world.environ["GIT_INDEX_FILE"] = ".git/other"
    world.git("read-tree", "HEAD")
    world.git("add", "b.py")
    assert paths(world.change(Staged()).diff) == ["b.py"]
    del world.environ["GIT_INDEX_FILE"]
    assert world.change(Staged()).diff == b""


def test_an_unresolved_merge_cannot_be_reviewed_as_staged(tmp_path: Path) -> None:
    world = branched(tmp_path)
    world.commit({"b.py": "conflict\n"})
    subprocess.run(
        ["git", "merge", "-q", "main"], cwd=tmp_path, env=world.environ, capture_output=True, check=False
    )
    with pytest.raises(ChangeError, match="Resolve and stage"):
        world.change(Staged())


def test_a_linked_worktree_has_its_own_branch_and_index(tmp_path: Path) -> None:
    world = branched(tmp_path / "main")
    world.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"), "main")
    linked = World(tmp_path / "linked")
    linked.commit({"linked.py": "x\n"})
    linked.write({"staged.py": "y\n"})
    linked.git("add", "staged.py")
    in_hook = {"GIT_DIR": linked.git("rev-parse", "--absolute-git-dir")}
    for environ in ({}, in_hook):
        assert paths(linked.change(Automatic(), **environ).diff) == ["linked.py"]
        assert paths(linked.change(Staged(), **environ).diff) == ["staged.py"]


def test_a_submodule_can_be_reviewed_from_inside(tmp_path: Path) -> None:
    inner = branched(tmp_path / "inner")
    outer = World.empty(tmp_path / "outer")
    outer.git("submodule", "--quiet", "add", "-b", "topic", f"file://{inner.root}", "sub")
    assert paths(World(outer.root / "sub").change(Range(base="origin/main")).diff) == ["a.py", "c.py"]


def test_outside_a_repository_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ChangeError, match="in no git repository"):
        World(tmp_path).change()


def test_without_git_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ChangeError, match="git is not installed"):
        find_repository(tmp_path, {"PATH": str(tmp_path)})


def test_the_key_for_the_models_is_not_handed_to_git(tmp_path: Path) -> None:
    world = branched(tmp_path / "repository")
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\nenv >> {tmp_path}/seen\nexec {_which_git()} "$@"\n')
    fake.chmod(0o755)
    world.change(PATH=f"{fake.parent}:{BASE_ENVIRON['PATH']}", ANTHROPIC_API_KEY="sk-secret", OTHER="kept")
    seen = (tmp_path / "seen").read_text()
    assert "sk-secret" not in seen
    assert "OTHER=kept" in seen


def _which_git() -> str:
    found = shutil.which("git", path=BASE_ENVIRON["PATH"])
    assert found
    return found


def test_in_a_terminal_the_work_tree_s_rules_count(tmp_path: Path) -> None:
    assert branched(tmp_path).change(Range(base="main")).rules == Rules(origin="work-tree")


def test_a_change_says_its_branch_and_where_its_code_can_be_read(tmp_path: Path) -> None:
    world = World.empty(tmp_path / "world")
    world.commit({"a": "1\n"})
    world.git("checkout", "-q", "-b", "topic")
    head = world.commit({"a": "2\n"})
    own = world.change()
    assert (own.branch, own.pages) == ("topic", None)
    world.git("checkout", "-q", "--detach")
    assert world.change().branch == ""
    gitlab = {
        "GITLAB_CI": "true",
        "CI_COMMIT_SHA": head,
        "CI_MERGE_REQUEST_IID": "1",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "topic",
        "CI_MERGE_REQUEST_PROJECT_PATH": "g/p",
        "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example:8443/g/p",
    }
    found = world.change(None, **gitlab)
    assert found.pages is not None
    assert (found.branch, found.pages.address) == ("topic", "https://gitlab.example:8443/g/p")
    assert found.pages.of(head, "a", 1, 2) == f"https://gitlab.example:8443/g/p/-/blob/{head}/a#L1-2"
    odd = world.change(None, **gitlab | {"CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example/g/p)[x](y"})
    assert odd.pages is None


def test_a_pull_request_says_them_too(tmp_path: Path) -> None:
    world = World.empty(tmp_path / "world")
    base = world.commit({"a": "1\n"})
    world.git("checkout", "-q", "-b", "topic")
    head = world.commit({"a": "2\n"})
    event = tmp_path / "event.json"
    ends = {"base": {"sha": base, "ref": "main"}, "head": {"sha": head, "ref": "topic"}}
    event.write_text(json.dumps({"pull_request": {"number": 1, **ends}}))
    github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "o/r",
    }
    found, gitea = world.change(None, **github), world.change(None, **github, GITEA_ACTIONS="true")
    assert found.branch == gitea.branch == "topic"
    assert found.pages is not None
    assert gitea.pages is not None
    assert found.pages.of(head, "a", 1, 1) == f"https://github.example/o/r/blob/{head}/a#L1"
    assert gitea.pages.of(head, "a", 1, 1) == f"https://github.example/o/r/src/commit/{head}/a#L1"
