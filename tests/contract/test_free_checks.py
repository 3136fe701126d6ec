"""What the free checks find in a real repository, through the command line and git."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]  # Any: JSON
TOKEN = "gh" + "p_" + "q7Vb2Xk9Lm4Np8Rt6Wz3Yc5Hd1Jf0Gs2Qa7U"
CODE = "def total(order):\n    return sum(order)\n"
MORE = "".join(f"\n\ndef more_{n}(order):\n    return order[{n}]\n" for n in range(3))
WORKFLOW = "on: push\njobs: {}\n" + "# a long comment, so that git sees a rename\n" * 20


class Clone:
    """A repository whose first commit holds some files; `found` reviews what is staged after it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "GIT_CONFIG_NOSYSTEM": "1"}
        self.git("init", "-q", "-b", "main", ".")

    def put(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-q", "-m", "x")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.folder, env=self.env, check=True)

    def found(self, code: int = 0) -> list[tuple[str, str, str, str]]:
        """Return rule, severity, anchor and path of each finding."""
        self.git("add", "-A")
        command = [sys.executable, "-m", "chargehand", "review", "--staged", "--offline", "--json", "-"]
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, timeout=60, check=False
        )
        assert done.returncode == code, done.stderr
        report: Json = json.loads(done.stdout)
        fields = ("rule", "severity", "anchor", "path")
        findings = [tuple(str(each[field]) for field in fields) for each in report["findings"]]
        return sorted((rule, severity, anchor, path) for rule, severity, anchor, path in findings)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    folder = tmp_path / "clone"
    folder.mkdir()
    clone = Clone(folder)
    clone.put("shop.py", CODE)
    clone.put("tests/test_shop.py", "def test_total(): assert total([]) == 0\n")
    clone.put("till.py", CODE)
    clone.put("tests/test_till.py", "def test_total(): assert total([1]) == 1\n" * 3)
    clone.put("docs/ci.yml", WORKFLOW)
    clone.put("run.txt", "echo\n")
    clone.put("yarn.lock", "# yarn lockfile v1\n")
    clone.commit()
    return clone


def test_facts_that_no_line_shows_are_found_and_block_nothing(clone: Clone) -> None:
    (clone.folder / "tests" / "test_till.py").unlink()
    (clone.folder / "run.txt").chmod(0o755)
    (clone.folder / ".github" / "workflows").mkdir(parents=True)
    (clone.folder / "docs" / "ci.yml").rename(clone.folder / ".github" / "workflows" / "ci.yml")
    clone.put(".gitmodules", '[submodule "lib"]\n\tpath = lib\n\turl = https://git.example/lib\n')
    assert clone.found() == [
        ("security/executable-bit", "low", "file", "run.txt"),
        ("security/runs-by-itself", "low", "file", ".github/workflows/ci.yml"),
        ("security/submodule-url", "low", "line", ".gitmodules"),
        ("tests/removed", "low", "file", "tests/test_till.py"),
    ]


def test_code_whose_test_stays_is_found_by_what_git_says_of_the_base(clone: Clone) -> None:
    clone.put("shop.py", CODE + MORE)
    assert clone.found() == [("tests/missing", "low", "line", "shop.py")]
    clone.put("tests/test_other.py", "x = 1\n")
    assert clone.found() == []


def test_the_first_commit_of_a_repository_has_no_tests_to_miss(tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    clone.put("shop.py", CODE + MORE)
    assert clone.found() == []
