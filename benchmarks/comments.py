"""How long it takes to post 50 findings to a pull request, and a second push with 45 of them the same.

    python benchmarks/comments.py [--runs 5] [--delay 0.1]

The command `chargehand publish` is timed as a whole process, against tests/github_api, which waits before
each answer as a server far away does. The reports are of reviews, whose models tests/messages_api plays. Of
the second push's five others the lines changed and were read again, and five new ones came.
"""

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from chargehand.lenses import BUILT_IN_LENSES
from tests.command import environment, plain_environment
from tests.github_api import GitHubApi, PullRequest
from tests.messages_api import MessagesApi, Script

FINDINGS, NEW = 50, 5
GOALS_S = {"first push": 3.0, "second push": 1.5, "nothing new": 1.5}
COMMAND = (sys.executable, "-m", "chargehand")
RULES = "[comments]\nmost = 50\n[checks]\ndisabled = ['untested-code']\n"


class Timed(NamedTuple):
    """What posting took, and how many requests it made."""

    seconds: float
    requests: int


def main() -> None:
    """Print a row for each push."""
    asked = _arguments()
    print(f"{FINDINGS} findings, {asked.delay:g} s for each answer of GitHub, {asked.runs} runs\n")
    print(f"{'':14}{'min':>8}{'median':>8}{'max':>8}{'goal':>8}{'requests':>10}")
    with tempfile.TemporaryDirectory() as name:
        runs = [_pushes(Path(name) / str(number), asked.delay) for number in range(asked.runs)]
    for push, goal in GOALS_S.items():
        seconds = [run[push].seconds for run in runs]
        figures = (min(seconds), statistics.median(seconds), max(seconds), goal)
        shown = "".join(f"{each:7.2f}s" for each in figures)
        print(f"{push:14}{shown}{runs[0][push].requests:>10}")


def _pushes(folder: Path, delay_s: float) -> dict[str, Timed]:
    """Return what each push of one pull request took, from its first comment on."""
    repository = _Repository(folder)
    pull = PullRequest(diff="", head="")
    first = range(FINDINGS)
    second = range(NEW, FINDINGS + NEW)
    with GitHubApi(pull, delay_s=delay_s) as api:
        repository.push(pull, first)
        timed = {"first push": repository.publish(api)}
        _check(len(pull.threads), FINDINGS)
        repository.push(pull, second)
        timed["second push"] = repository.publish(api)
        _check(len(pull.threads), FINDINGS + NEW)
        _check(sum(each.comments[0].is_minimized for each in pull.threads), NEW)
        timed["nothing new"] = repository.publish(api)
        _check(len(pull.threads), FINDINGS + NEW)
    return timed


def _check(is_: object, should_be: object) -> None:
    if is_ != should_be:
        raise SystemExit(f"{is_!r} should be {should_be!r}: what was timed is not what was meant")


class _Repository:
    """A repository with a branch for the pull request, and the report of its last review outside of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.report = folder / "clone", folder / "report.json"
        self.folder.mkdir(parents=True)
        self._git("init", "-q", "-b", "main")
        self._commit({".chargehand.toml": RULES})
        self._git("switch", "-q", "-c", "topic")

    def push(self, pull: PullRequest, numbers: Sequence[int]) -> None:
        """Push a line for each number, and review that: every lens speaks of files of its own."""
        files: dict[str, str] = {}
        for each in numbers:
            files[_file(each)] = files.get(_file(each), "import os\n") + _code(each)
        self._commit(files)
        pull.head, pull.diff = self._git("rev-parse", "HEAD"), self._git("diff", "main...HEAD")
        rules = [
            {
                "role": "worker",
                "lens": lens,
                "reply": {"claims": [_claim(lens, each) for each in numbers if _lens(each) == lens]},
            }
            for lens in BUILT_IN_LENSES
        ]
        with MessagesApi(script=Script.of(rules)) as models:
            review = ("review", "--base", "main", "--head", "HEAD", "--json", str(self.report), "-q")
            subprocess.run(
                (*COMMAND, *review),
                cwd=self.folder,
                env=environment(models),
                capture_output=True,
                check=False,
            )
        report = json.loads(self.report.read_text("utf-8"))
        _check(len(report["findings"]), len(numbers))
        _check(report["gaps"], [])

    def publish(self, api: GitHubApi) -> Timed:
        """Post the report."""
        before = len(api.log)
        env = plain_environment() | api.environ()
        started = time.monotonic()
        done = subprocess.run(
            (*COMMAND, "publish", str(self.report), "--request", str(api.pull.number)),
            cwd=self.folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - started
        _check(done.returncode, 0)
        return Timed(seconds, len(api.log) - before)

    def _commit(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            (self.folder / name).write_text(text)
        self._git("add", *files)
        self._git("commit", "-qm", "change")

    def _git(self, *arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        env = plain_environment() | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        command = ("git", *who, *arguments)
        return subprocess.run(
            command, cwd=self.folder, env=env, check=True, capture_output=True, text=True
        ).stdout.strip()


def _lens(number: int) -> str:
    return BUILT_IN_LENSES[number % len(BUILT_IN_LENSES)]


def _file(number: int) -> str:
    return f"{_lens(number)}_{number % 3}.py"


def _quote(number: int) -> str:
    return f"value_{number} = data[{number}]"


def _code(number: int) -> str:
    """Return a function of its own for each line, so that no two findings are near each other."""
    lines = "".join(f"    step_{number}_{line} = {line}\n" for line in range(12))
    return f"\n\ndef function_{number}(data):\n{lines}    {_quote(number)}\n"


def _claim(lens: str, number: int) -> dict[str, Any]:  # Any: JSON
    word = hashlib.sha256(str(number).encode()).hexdigest()[:12]
    return {
        "rule": f"{lens}/other",
        "severity": "high",
        "confidence": "high",
        "file": _file(number),
        "line": 2,
        "quote": _quote(number),
        "title": f"Item {number} may be missing: {word}",
        "message": f"With fewer than {number + 1} items {word} fails, and nothing looks how many there are.",
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--delay", type=float, default=0.1, help="seconds for each answer (0.1)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
