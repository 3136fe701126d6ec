"""A request and its repository: what was pushed, what a review of it says, what publishing it does."""

import json
import os
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chargehand.app.publishing import publish_report
from chargehand.cli.main import commands
from chargehand.core.errors import ChargehandError, InputError
from chargehand.core.exit_codes import INPUT_ERROR, INTERNAL_ERROR
from chargehand.lenses import BUILT_IN_LENSES
from tests.command import environment, plain_environment
from tests.github_api import PullRequest
from tests.local_forge import LocalForge
from tests.messages_api import MessagesApi, Script
from tests.unit.change.world import empty

Json = dict[str, Any]  # Any: JSON
LENS = "correctness"
BASE = [f"line_{number} = {number}" for number in range(40)]


def added(*numbers: int) -> list[str]:
    """Return lines that are worth a finding each."""
    return [f"bad_{number} = data[{number}]" for number in numbers]


def claim(number: int, **more: str) -> Json:
    """Return what the model says of one of them."""
    said = {
        "rule": f"{LENS}/other",
        "severity": "high",
        "confidence": "high",
        "file": "app.py",
        "line": 1,
        "quote": f"bad_{number} = data[{number}]",
        "title": f"Item {number} may be missing",
        "message": "With fewer items this fails.",
    }
    return said | more


class Done(NamedTuple):
    """How the command ended, and what it told."""

    code: int
    said: str


class Topic(ABC):
    """A repository whose branch `topic` is the request; every command runs in this process."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.patch, self.capsys = folder, patch, capsys
        self.report = folder / "report.json"
        off = "".join(f"[lenses.{name}]\nenabled = false\n" for name in BUILT_IN_LENSES if name != LENS)
        empty(folder)
        rules = [off, "[checks]", "disabled = ['untested-code']", "[comments]", "most = 10"]
        self.commit({"app.py": BASE, ".chargehand.toml": rules})
        self.git("switch", "-q", "-c", "topic")

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        command = ("git", *who, *arguments)
        env = plain_environment() | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(command, cwd=self.folder, env=env, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, files: dict[str, Sequence[str]]) -> None:
        for name, lines in files.items():
            (self.folder / name).write_text("".join(f"{line}\n" for line in lines))
        self.git("add", *files)
        self.git("commit", "-qm", "change")

    def push(self, lines: Sequence[str], *, is_forced: bool = False) -> None:
        """Have the author push `app.py` with these lines."""
        if is_forced:
            self.git("reset", "-q", "--hard", "main")
        self.commit({"app.py": lines})
        self.pushed(self.git("rev-parse", "HEAD"), self.git("diff", "main...HEAD"))

    @abstractmethod
    def pushed(self, head: str, diff: str) -> None:
        """Have the forge know of a push."""

    @abstractmethod
    def job(self) -> dict[str, str]:
        """Return what the forge's CI tells a job of the request."""

    def review(self, *claims: Json, rules: Sequence[Json] = (), options: Sequence[str] = ()) -> Json:
        """Review the request as its job does, and return the report."""
        script = Script.of([*rules, {"role": "worker", "lens": LENS, "reply": {"claims": list(claims)}}])
        with MessagesApi(script=script) as api:
            self.run("review", "--json", str(self.report), "-q", *options, env=environment(api) | self.job())
        report: Json = json.loads(self.report.read_text("utf-8"))
        return report

    def publish(self, forge: LocalForge, *arguments: str, **env: str) -> Done:
        """Post the report as its job does."""
        environ = plain_environment() | forge.environ(**self.job()) | env
        return self.run("publish", str(self.report), *arguments, env=environ)

    def post(self, forge: LocalForge, waits: list[float] | None = None) -> list[str]:
        """Post the report without a command line, and without waiting; return what is told."""
        said: list[str] = []
        environ = forge.environ(**self.job())
        sleep = ([] if waits is None else waits).append
        publish_report(self.report, environ=environ, number=None, say=said.append, sleep=sleep)
        return said

    def run(self, *arguments: str, env: dict[str, str]) -> Done:
        """Run the command line in the folder with just these variables."""
        self.capsys.readouterr()
        with self.patch.context() as patch:
            patch.chdir(self.folder)
            for name in os.environ.keys() - env.keys():
                patch.delenv(name)
            for name, value in env.items():
                patch.setenv(name, value)
            try:
                code = commands.main(list(arguments), standalone_mode=False)
            except ChargehandError as error:
                code = INPUT_ERROR if isinstance(error, InputError) else INTERNAL_ERROR  # as `main` has it
                return Done(code, self.capsys.readouterr().err + str(error))
        return Done(code, self.capsys.readouterr().err)


class World(Topic):
    """A repository whose branch `topic` is a pull request at GitHub."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(folder, patch, capsys)
        self.pull = PullRequest(diff="", head="")

    def pushed(self, head: str, diff: str) -> None:
        self.pull.head, self.pull.diff = head, diff

    def job(self) -> dict[str, str]:
        event = self.folder / ".git/event.json"
        base = self.git("rev-parse", "main")
        sides = {"head": {"ref": "topic", "sha": self.pull.head}, "base": {"ref": "main", "sha": base}}
        names = {"repo": {"full_name": self.pull.repository}}
        event.write_text(
            json.dumps(
                {
                    "pull_request": {
                        "number": self.pull.number,
                        "head": sides["head"] | names,
                        "base": sides["base"] | names,
                    },
                    "repository": {"full_name": self.pull.repository, "default_branch": "main"},
                }
            )
        )
        return plain_environment() | {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": self.pull.repository,
        }

    def titles(self) -> list[str]:
        """Return the items of the findings that stand beside the code, folded ones in brackets."""
        found = []
        for thread in self.pull.threads:
            comment = thread.comments[0]
            name = comment.body.partition("Item ")[2].partition(" ")[0]
            found.append(f"({name})" if comment.is_minimized else name)
        return found

    def summaries(self) -> list[str]:
        """Return the bodies of our comments in the conversation."""
        return [each.body for each in self.pull.conversation if each.is_bot]
