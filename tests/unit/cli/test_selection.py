"""What the argument and the options of `review` mean, through the real command line."""

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from chargehand.change import FromFile, FromStdin, Range, find_change, find_repository
from chargehand.cli.options import selection
from tests.command import chargehand
from tests.unit.change.world import World, branched, github, request_payload

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def review(world: World, *options: str, cwd: str = ".", **environ: str) -> tuple[int, str, list[str]]:
    """Return the exit code, what was said, and the files that were looked at."""
    report = world.root.parent / "r.json"
    report.unlink(missing_ok=True)
    command = ("review", "--offline", f"--json={report}", *options)
    done = chargehand(*command, cwd=world.root / cwd, env={**world.environ, **environ})
    files = json.loads(report.read_text())["change"]["files"] if report.exists() else []
    return done.returncode, done.stderr + done.stdout, [file["path"] for file in files]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return branched(tmp_path / "repository")


@pytest.mark.parametrize("argument", ["main..topic", "main...topic", "main..", "main...", "main..HEAD"])
def test_a_range_as_an_argument_is_reviewed(world: World, argument: str) -> None:
    assert review(world, argument)[2] == ["a.py", "c.py"]


def test_a_file_whose_name_looks_like_a_range_is_a_file(world: World) -> None:
    (world.root / "a..b").write_bytes(world.git_bytes("diff", "HEAD~1", "HEAD"))
    assert review(world, "a..b")[2] == ["c.py"]


@pytest.mark.parametrize("argument", ["HEAD~1", "main", "../gone.diff"])
def test_a_commit_as_an_argument_names_the_flag(world: World, argument: str) -> None:
    code, said, _ = review(world, argument)
    assert code == 2
    assert "--base" in said


def test_a_range_that_is_too_long_for_a_name_is_a_range() -> None:
    text = f"{'a' * 5000}..main"
    given = selection(diff=(text,), staged=False, base=None, head=None, since=None, hook=False, strip=None)
    assert isinstance(given, Range)


def test_two_arguments_are_refused_with_the_flags(world: World) -> None:
    code, said, _ = review(world, "main", "topic")
    assert code == 2
    assert "--base and --head" in said


@pytest.mark.parametrize("option", ["--record", "--cache", "--state", "--replay", "--config"])
def test_a_stream_in_place_of_a_file_is_refused(world: World, option: str) -> None:
    code, said, _ = review(world, option, "-")
    assert code == 2
    assert "'-' is not a file here" in said
    assert not (world.root / "-").exists()


def test_an_empty_standard_input_says_that_nothing_came(world: World) -> None:
    code, said, _ = review(world, "-")
    assert code == 0
    assert "0 bytes" in said


@pytest.mark.parametrize(
    ("came", "said"),
    [
        (b"", "was empty (0 bytes)"),
        (b"\n \t\n", "held only blanks (4 bytes)"),
        (b"\0\0", "held only blanks (2"),
    ],
)
@pytest.mark.parametrize("source", ["file", "stdin"])
def test_what_brings_no_diff_is_said_and_is_no_whole_review(
    world: World, source: str, came: bytes, said: str
) -> None:
    (world.root / "it.diff").write_bytes(came)
    given = FromFile(path=Path("it.diff")) if source == "file" else FromStdin()
    change = find_change(given, find_repository(world.root, world.environ), stdin=BytesIO(came))
    assert (change.source, change.is_whole) == (source, False)
    assert said in change.notices[0]


def test_uncommitted_work_names_the_way(world: World) -> None:
    world.git("checkout", "-q", "main")
    world.write({"a.py": "new\n"})
    assert "git diff HEAD | chargehand review -" in review(world)[1]


@pytest.mark.parametrize("since", ["HEAD~1", "2024-01-03", "2.days", "1 week ago"])
def test_what_came_in_since_a_commit_or_a_date(world: World, since: str) -> None:
    world.environ |= {"GIT_COMMITTER_DATE": "2099-01-01T00:00:00Z"}
    world.commit({"late.py": "x = 1\n"})
    assert review(world, f"--since={since}")[2] == ["late.py"]


@pytest.mark.parametrize("since", ["nonsense", "soon", "HEAD~99"])
def test_a_beginning_that_is_neither_is_refused(world: World, since: str) -> None:
    code, said, _ = review(world, f"--since={since}")
    assert code == 2
    assert "neither a commit of this checkout nor a date" in said


def test_a_date_before_the_first_commit_is_refused(world: World) -> None:
    code, said, _ = review(world, "--since=1999-01-01")
    assert code == 2
    assert "the whole history is younger" in said


def test_a_removed_folder_is_one_message(world: World, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    commands = ("review --offline", "estimate", "doctor")
    script = 'cd "$1" && rmdir "$1"; ' + "; ".join(
        f'"$2" -m chargehand {each} || echo $?' for each in commands
    )
    done = subprocess.run(
        ["sh", "-c", script, "-", str(gone), sys.executable],
        env=world.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["2"] * len(commands)
    assert done.stderr.count("Nothing was reviewed: the current folder cannot be entered") == len(commands)


@pytest.mark.parametrize("folder", ["sub", "."])
def test_a_hook_of_a_linked_worktree_finds_its_top(world: World, tmp_path: Path, folder: str) -> None:
    world.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"), "main")
    linked = World(tmp_path / "linked")
    linked.commit({"sub/linked.py": "x\n"})
    git_dir = linked.git("rev-parse", "--absolute-git-dir")
    assert review(linked, cwd=folder, GIT_DIR=git_dir)[2] == ["sub/linked.py"]
    (linked.root / ".chargehand.toml").write_text("nonsense = 1\n")
    code, said, _ = review(linked, cwd=folder, GIT_DIR=git_dir)
    assert (code, "nonsense is unknown" in said) == (2, True)


def test_the_hook_looks_at_the_range_it_was_given(world: World) -> None:
    refs = {"PRE_COMMIT": "1", "PRE_COMMIT_FROM_REF": "main", "PRE_COMMIT_TO_REF": "topic"}
    assert review(world, "--hook", "a.py", **refs)[2] == ["a.py", "c.py"]


def test_the_hook_looks_at_what_is_staged(world: World) -> None:
    world.write({"b.py": "staged\n", "a.py": "not staged\n"})
    world.git("add", "b.py")
    for files in (("b.py",), ()):
        assert review(world, "--hook", *files, PRE_COMMIT="1")[2] == ["b.py"]


def test_the_hook_looks_at_whole_files_that_are_not_staged(world: World) -> None:
    world.commit({"old.py": f'KEY = "{TOKEN}"\n'})
    code, _, files = review(world, "--hook", "a.py", "old.py", PRE_COMMIT="1")
    assert (code, files) == (1, ["a.py", "old.py"])


def report_of(world: World, *options: str, **environ: str) -> dict[str, Any]:
    """Return the JSON report of a run."""
    review(world, *options, **environ)
    found: dict[str, Any] = json.loads((world.root.parent / "r.json").read_text())  # Any: JSON
    return found


@pytest.mark.parametrize("options", [["--base", "nope"], ["gone.diff"], ["--fleet", "x"]])
def test_an_error_is_a_report_too(world: World, options: list[str]) -> None:
    markdown = world.root.parent / "r.md"
    report = report_of(world, *options, f"--markdown={markdown}")
    assert (report["verdict"]["status"], report["verdict"]["exit_code"]) == ("error", 2)
    assert report["verdict"]["complete"] is False
    assert report["verdict"]["reasons"][0].startswith("Nothing was reviewed")
    assert "Error: nothing was reviewed" in markdown.read_text()


def test_an_error_is_an_annotation_with_its_whole_reason(world: World) -> None:
    said = review(world, "--base", "nope", "--annotations")[1]
    assert (
        "::error title=Error%3A nothing was reviewed::Nothing was reviewed, and nothing was spent: nope"
        in said
    )


def test_the_report_says_whose_rules_counted(world: World) -> None:
    assert report_of(world)["rules"]["from"] == "work-tree"
    rules = report_of(world, CI="true")["rules"]
    tip = world.git("rev-parse", "main")
    assert (rules["from"], rules["commit"], rules["branch"]) == ("commit", tip, "main")


def test_a_job_without_secrets_gets_the_free_checks_in_place_of_models(world: World, tmp_path: Path) -> None:
    ends = request_payload(world)["pull_request"]
    assert isinstance(ends, dict)
    for end, name in (("base", "owner/name"), ("head", "stranger/name")):
        ends[end]["repo"] = {"full_name": name}
    job = github(tmp_path, {"pull_request": ends})
    report = tmp_path / "fork.json"
    done = chargehand("review", f"--json={report}", cwd=world.root, env={**world.environ, **job})
    assert "a fork's pull request gets no secrets: only the free checks ran" in done.stderr
    assert json.loads(report.read_text())["mode"] == "offline"


@pytest.mark.parametrize(("strip", "path"), [("0", "v1/s/x.py"), ("1", "s/x.py"), ("2", "x.py")])
@pytest.mark.parametrize("argument", ["it.diff", "-"])
def test_a_diff_s_paths_lose_as_many_parts_as_is_said(
    world: World, argument: str, strip: str, path: str
) -> None:
    diff = "--- v1/s/x.py\n+++ v1/s/x.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"
    (world.root / "it.diff").write_text(diff)
    report = world.root.parent / "r.json"
    options = ("review", "--offline", "-p", strip, argument, f"--json={report}")
    chargehand(*options, cwd=world.root, env=world.environ, stdin=diff)
    assert [file["path"] for file in json.loads(report.read_text())["change"]["files"]] == [path]


@pytest.mark.parametrize("options", [("--staged",), ("main..topic",), ("--base", "main"), ()])
def test_parts_are_only_taken_off_the_paths_of_a_diff_that_is_given(
    world: World, options: tuple[str, ...]
) -> None:
    code, said, _ = review(world, "-p", "1", *options)
    assert code == 2
    assert "-p is about the paths of a DIFF" in said
