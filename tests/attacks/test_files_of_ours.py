"""What we write stays where the user wants it, whatever links the change plants."""

import subprocess
from pathlib import Path

import pytest

from tests.attacks.attempt import added
from tests.attacks.conftest import Attack
from tests.command import chargehand, plain_environment
from tests.unit.change.world import World

DIFF = added("a.py", "x = 1")


@pytest.mark.parametrize(
    "words",
    [
        ["--json", "planted/report.json"],
        ["--sarif", "planted/report.sarif"],
        ["--markdown", "planted/report.md"],
        ["--codequality", "planted/deep/report.json"],
        ["--json", "real/../planted/report.json"],
        ["--cache", "planted"],
        ["--cache", "planted/deep/cache"],
        ["--state", "planted/state.json"],
        ["--state", "planted/deep/state.json"],
        ["--record", "planted/recording.jsonl"],
        ["--batch", "--batch-state", "planted/batch.json"],
    ],
    ids=" ".join,
)
def test_no_folder_that_is_a_link_is_written_through(
    attack: Attack, tmp_path: Path, words: list[str]
) -> None:
    outside = planted(tmp_path)
    tried = attack(DIFF, *words)
    assert tried.code == 2
    assert "planted is a link in the checkout, and a change can bring one" in tried.told
    assert [path for path in outside.rglob("*") if path.is_file()] == []
    assert tried.sent == ()


@pytest.mark.parametrize(
    "words",
    [
        ["parity", "sample", "--kind", "merged", "--into", "planted/sample.jsonl"],
        ["parity", "run", "sample.jsonl", "--max-spend", "1", "--into", "planted/deep"],
        ["parity", "run", "sample.jsonl", "--max-spend", "1", "--into", "planted"],
        ["spend", "report.json", "--html", "planted/spend.html"],
        ["waivers", "--output", "planted/waivers.json"],
        ["init", "github"],
    ],
    ids=" ".join,
)
def test_nor_does_any_other_command(attack: Attack, tmp_path: Path, words: list[str]) -> None:
    world = World.empty(tmp_path)
    for number in range(2):
        world.commit({"a.py": f"def f(a, b):\n    return a + b + {number}\n"})
    attack(DIFF, "--offline")
    env = plain_environment() | {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}
    chargehand("parity", "sample", "--kind", "merged", "--into", "sample.jsonl", cwd=tmp_path, env=env)
    outside = planted(tmp_path)
    (tmp_path / ".github").symlink_to(outside)
    done = chargehand(*words, cwd=tmp_path, env=env)
    assert done.returncode in (2, 3)
    assert "link" in done.stderr
    assert list(outside.rglob("*")) == [outside / "deep"]


def test_it_does_not_matter_how_the_folder_is_reached(attack: Attack, tmp_path: Path) -> None:
    outside = planted(tmp_path)
    alias = tmp_path.parent / f"{tmp_path.name}-alias"
    alias.symlink_to(tmp_path)
    tried = attack(DIFF, "--offline", "--json", alias / "planted" / "report.json")
    assert (tried.code, list(outside.rglob("*.json"))) == (2, [])


def test_a_link_outside_of_the_checkout_is_its_owners(attack: Attack, tmp_path: Path) -> None:
    alias = tmp_path.parent / f"{tmp_path.name}-own"
    alias.symlink_to(tmp_path.parent)
    tried = attack(DIFF, "--offline", "--json", alias / f"{tmp_path.name}-report.json")
    assert tried.code == 0


@pytest.mark.parametrize("target", ["victim", "nowhere", "/dev/null", "/etc"])
def test_a_link_in_the_place_of_a_file_is_replaced_or_refused(
    attack: Attack, tmp_path: Path, target: str
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    names = ("report.sarif", "report.md", "codequality.json", "state.json", "recording.jsonl")
    for name in names:
        (tmp_path / name).symlink_to(target)
    tried = attack(DIFF, "--record", "recording.jsonl", "--state", "state.json")
    assert tried.code in {0, 2}
    assert victim.read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()
    assert tried.code == 2 or not any((tmp_path / name).is_symlink() for name in names[:3])


def planted(folder: Path) -> Path:
    """Return a folder outside of the checkout to which a link in it leads."""
    outside = folder.parent / f"{folder.name}-outside"
    (outside / "deep").mkdir(parents=True)
    (folder / "real").mkdir()
    subprocess.run(["git", "init", "-q", "-b", "pr", folder], check=True)
    (folder / "planted").symlink_to(outside)
    return outside
