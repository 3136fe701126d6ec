"""`--baseline`: only what is new fails, and a change never brings the report that waves it through."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.command import chargehand, plain_environment
from tests.unit.change.world import World

CONFLICT = "def {0}():\n<<<<<<< ours\n    return 1\n=======\n    return {0}\n>>>>>>> theirs\n"
FORMS = ("json", "sarif")


def world_of(folder: Path) -> World:
    """Return a repository with a branch `pr` that brings one conflict."""
    world = World.empty(folder / "repository")
    world.commit({"README": "x\n"})
    world.git("checkout", "-q", "-b", "pr")
    world.commit({"a.py": CONFLICT.format("one")})
    return world


def review(world: World, *options: str | Path, **environ: str) -> CompletedProcess[str]:
    env = {**plain_environment(), **world.environ, **environ}
    return chargehand("review", "--base", "main", "--offline", *options, cwd=world.root, env=env)


def earlier(world: World, folder: Path, form: str = "json") -> Path:
    """Return a report of what the branch brings, outside of the checkout."""
    report = folder / f"earlier.{form}"
    assert review(world, f"--{form}", report).returncode == 1
    return report


def reports(world: World, folder: Path, *options: str | Path, **environ: str) -> tuple[int, dict[str, str]]:
    """Return the exit code and each report."""
    files = {name: folder / f"now.{name}" for name in ("json", "sarif", "markdown", "codequality")}
    written = [part for name, file in files.items() for part in (f"--{name}", file)]
    done = review(world, *written, *options, **environ)
    assert "Traceback" not in done.stderr
    texts = {name: file.read_text("utf-8") for name, file in files.items()}
    return done.returncode, {**texts, "terminal": done.stdout}


def loaded(text: str) -> Any:  # Any: JSON
    return json.loads(text)


@pytest.mark.parametrize("form", FORMS)
def test_what_the_baseline_has_fails_nothing_and_is_listed_apart(form: str, tmp_path: Path) -> None:
    world = world_of(tmp_path)
    baseline = earlier(world, tmp_path, form)
    world.commit({"b.py": "x = 1\n"})
    code, said = reports(world, tmp_path, "--baseline", baseline, CI="true")
    assert code == 0
    (finding,) = loaded(said["json"])["findings"]
    assert (finding["state"], finding["is_changed"]) == ("existing", False)
    assert loaded(said["json"])["baseline"]["existing"] == 1
    (result,) = loaded(said["sarif"])["runs"][0]["results"]
    assert result["baselineState"] == "unchanged"
    assert "1 finding already in the baseline: only new ones can fail the build" in said["markdown"]
    assert "In the baseline already\n  a.py:2: HIGH" in said["terminal"]
    assert "In the baseline already:" in said["codequality"]
    footer = "has 1 finding: 1 found again. New: 0, and only these can fail the build."
    head = loaded(baseline.read_text())["change"]["head"][:12] if form == "json" else ""
    for name in ("markdown", "sarif", "terminal"):
        text = " ".join(said[name].split())
        assert footer in text
        assert head in text


@pytest.mark.parametrize("form", FORMS)
def test_what_is_new_fails_beside_what_moved_with_its_file(form: str, tmp_path: Path) -> None:
    lines = "".join(f"line_{number} = {number}\n" for number in range(400))
    world = World.empty(tmp_path / "repository")
    world.commit({"a.py": lines})
    world.git("checkout", "-q", "-b", "pr")
    world.commit({"a.py": lines + CONFLICT.format("one")})
    baseline = earlier(world, tmp_path, form)
    moved = "import os\n" * 100 + lines + CONFLICT.format("one")
    world.commit({"a.py": None, "moved.py": moved, "b.py": CONFLICT.format("two")})
    code, said = reports(world, tmp_path, "--baseline", baseline)
    assert code == 1
    report = loaded(said["json"])
    states = {each["path"]: (each["state"], each["is_changed"]) for each in report["findings"]}
    assert states == {"b.py": ("new", False), "moved.py": ("existing", True)}
    assert report["verdict"]["reasons"][0] == "1 new finding at or above high"
    results = loaded(said["sarif"])["runs"][0]["results"]
    assert [each["baselineState"] for each in results] == ["new", "updated"]
    before = loaded(baseline.read_text())
    found = (
        before["findings"][0] if form == "json" else before["runs"][0]["results"][0]["partialFingerprints"]
    )
    known = found["fingerprint_v2"] if form == "json" else found["chargehand/finding/v2"]
    assert report["findings"][1]["fingerprint_v2"] == known


def test_it_is_gone_only_if_its_line_is(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    world.commit({"b.py": CONFLICT.format("two")})
    baseline = earlier(world, tmp_path)
    world.commit({"a.py": "def one():\n    return 1\n"})
    code, said = reports(world, tmp_path, "--base", "HEAD~1", "--baseline", baseline)
    assert code == 0
    report = loaded(said["json"])
    assert [each["path"] for each in report["baseline"]["gone"]] == ["a.py"]
    assert report["findings"] == loaded(said["sarif"])["runs"][0]["results"] == []
    assert "0 found again, 1 gone." in " ".join(said["terminal"].split())


def brought(world: World, baseline: Path) -> str:
    world.commit({"report.json": baseline.read_text()})
    return "report.json"


def lying_there(world: World, baseline: Path) -> str:
    world.write({"report.json": baseline.read_text()})
    return str(world.root / "report.json")


def linked(world: World, baseline: Path) -> str:
    (world.root / "report.json").symlink_to(baseline)
    return "report.json"


def in_git(world: World, baseline: Path) -> str:
    (world.root / ".git/report.json").write_text(baseline.read_text())
    return ".git/report.json"


@pytest.mark.parametrize("place", [brought, lying_there, linked, in_git])
def test_a_ci_job_takes_none_from_its_checkout(place: Callable[[World, Path], str], tmp_path: Path) -> None:
    world = world_of(tmp_path)
    path = place(world, earlier(world, tmp_path))
    done = review(world, "--baseline", path, CI="true")
    assert done.returncode == 2
    assert "does not count in a CI job: it lies in the checkout and is not there at" in done.stderr
    assert "so the change could have brought it" in done.stderr
    by_variable = review(world, CI="true", CHARGEHAND_BASELINE=path)
    assert by_variable.returncode == 2


def test_on_a_machine_of_ones_own_a_file_of_the_work_tree_counts(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    path = lying_there(world, earlier(world, tmp_path))
    assert review(world, "--baseline", path).returncode == 0


def test_in_ci_the_one_at_the_tip_of_the_target_counts_whatever_the_change_makes_of_it(
    tmp_path: Path,
) -> None:
    world = world_of(tmp_path)
    baseline = earlier(world, tmp_path)
    world.git("checkout", "-q", "main")
    world.commit({"report.json": baseline.read_text(), ".chargehand.toml": 'baseline = "report.json"\n'})
    world.git("checkout", "-q", "pr")
    world.commit({"report.json": "{}", "b.py": "x = 1\n"})
    code, said = reports(world, tmp_path, CI="true")
    assert code == 0
    tip = world.git("rev-parse", "main")[:7]
    assert loaded(said["json"])["baseline"]["name"] == f"report.json at {tip}"


def test_a_ci_job_takes_none_from_the_cache_that_others_fill(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    cache = tmp_path / "cache"
    cache.mkdir()
    baseline = cache / "earlier.json"
    baseline.write_text(earlier(world, tmp_path).read_text())
    done = review(world, "--cache", cache, "--baseline", baseline, CI="true")
    assert done.returncode == 2
    assert "it lies in the --cache folder, which other jobs write too" in done.stderr


def test_a_ci_job_without_a_repository_takes_none_from_its_folder(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    baseline = earlier(world, tmp_path)
    diff = world.git("diff", "main", "pr") + "\n"
    folder = tmp_path / "job"
    folder.mkdir()
    (folder / "earlier.json").write_text(baseline.read_text())
    env = {**plain_environment(), **world.environ, "CI": "true"}
    options = ("review", "-", "--offline", "--baseline")
    refused = chargehand(*options, "earlier.json", cwd=folder, env=env, stdin=diff)
    assert refused.returncode == 2
    assert "no repository says who wrote it" in refused.stderr
    assert chargehand(*options, baseline, cwd=folder, env=env, stdin=diff).returncode == 0


def sarif_of_another(folder: Path) -> None:
    run = {"tool": {"driver": {"name": "another"}}, "results": []}
    (folder / "b").write_text(json.dumps({"version": "2.1.0", "runs": [run]}))


def error_report(folder: Path) -> None:
    env = plain_environment()
    chargehand("review", "no-such.diff", "--json", folder / "b", cwd=folder, env=env)


def too_large(folder: Path) -> None:
    with (folder / "b").open("wb") as file:
        os.truncate(file.fileno(), 65 * 1024 * 1024)


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda _folder: None, "cannot be read (No such file"),
    "folder": (lambda folder: (folder / "b").mkdir(), "cannot be read"),
    "link": (lambda folder: (folder / "b").symlink_to("/dev/zero"), "cannot be read"),
    "pipe": (lambda folder: os.mkfifo(folder / "b"), "cannot be read"),
    "too large": (too_large, "cannot be read (it is not a regular file, or too large)"),
    "no JSON": (lambda folder: (folder / "b").write_text("x"), "it is not JSON"),
    "deep": (lambda folder: (folder / "b").write_text("[" * 100_000), "it is not JSON"),
    "another's": (sarif_of_another, "it is no report of chargehand, JSON or SARIF: runs.0.tool.driver.name"),
    "a list": (lambda folder: (folder / "b").write_text("[]"), "it is no report of chargehand"),
    "an error": (error_report, "it reports an error, after which nothing was reviewed"),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_what_cannot_be_used_ends_the_run_before_anything_is_spent(kind: str, tmp_path: Path) -> None:
    make, reason = UNUSABLE[kind]
    make(tmp_path)
    change = Path(__file__).parents[1] / "cases/one_bug_blocks/change.diff"
    done = chargehand("review", change, "--baseline", "b", cwd=tmp_path, env=plain_environment())
    assert done.returncode == 2
    assert reason in done.stderr
    assert "Nothing was reviewed" in done.stderr
