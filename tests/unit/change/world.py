"""Real repositories for tests, built in a temporary folder and deaf to the settings of whoever runs them."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from chargehand.change import Automatic, Repository, Selection, find_change, find_repository
from chargehand.core.change import Change
from tests.folders import lasting_folder

BASE_ENVIRON = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_TEMPLATE_DIR": "",  # no sample of a hook is copied
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": "2024-01-02T03:04:05Z",
    "GIT_COMMITTER_NAME": "C",
    "GIT_COMMITTER_EMAIL": "c@example.org",
    "GIT_COMMITTER_DATE": "2024-01-02T03:04:05Z",
}
Content = str | bytes | None


class World:
    """A work tree with the few git commands that stories are told with."""

    def __init__(self, root: Path, environ: Mapping[str, str] | None = None) -> None:
        self.root = root
        self.environ = {**BASE_ENVIRON, **(environ or {})}

    @classmethod
    def empty(cls, root: Path, branch: str = "main") -> "World":
        """Make a repository without a commit."""
        empty(root, branch)
        return cls(root)

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run git here and return what it prints, without white space at the end."""
        return self.git_bytes(*arguments, stdin=stdin).decode().rstrip()

    def git_bytes(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run git here and return what it prints."""
        command = ["git", "-c", "protocol.file.allow=always", "-c", "maintenance.auto=false", *arguments]
        ran = subprocess.run(
            command, cwd=self.root, env=self.environ, input=stdin, capture_output=True, check=False
        )
        assert ran.returncode == 0, (arguments, ran.stderr)
        return ran.stdout

    def write(self, files: Mapping[str, Content]) -> None:
        """Write files into the work tree; None removes one."""
        for name, content in files.items():
            path = self.root / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: Mapping[str, Content], message: str = "work") -> str:
        """Write files, commit everything and return the commit."""
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def clone(self, root: Path, *options: str) -> "World":
        """Clone this repository through its file: URL, as a shallow clone needs."""
        self.git("clone", "-q", *options, f"file://{self.root}", str(root))
        return World(root)

    def change(self, selection: Selection | None = None, **environ: str) -> Change:
        """Return the change that is found here."""
        return find_change(selection or Automatic(), find_repository(self.root, {**self.environ, **environ}))

    def place(self, **environ: str) -> Repository:
        """Return this repository as the code under test sees it."""
        checkout = find_repository(self.root, {**self.environ, **environ})
        assert isinstance(checkout, Repository)
        return checkout


def branched(root: Path) -> World:
    """A repository whose `main` has moved on since `topic` left it; `topic` is checked out."""
    shutil.copytree(_branched(), root, dirs_exist_ok=True)
    return World(root)


def empty(root: Path, branch: str = "main") -> None:
    """Make a repository without a commit: a copy, which is quicker than git."""
    shutil.copytree(_empty(branch), root, dirs_exist_ok=True)


@cache
def _empty(branch: str) -> Path:
    """Make that repository once a process."""
    world = World(lasting_folder())
    world.git("init", "-q", "-b", branch)
    return world.root


@cache
def _branched() -> Path:
    """Make that repository once a process, too."""
    world = World.empty(lasting_folder())
    world.commit({"a.py": "one\n", "b.py": "two\n"}, "start")
    world.git("checkout", "-q", "-b", "topic")
    world.commit({"a.py": "one\nmore\n"}, "first on topic")
    world.commit({"c.py": "three\n"}, "second on topic")
    world.git("checkout", "-q", "main")
    world.commit({"b.py": "two\nelsewhere\n"}, "main moves on")
    world.git("checkout", "-q", "topic")
    return world.root


def pull_request(root: Path) -> World:
    """A server's repository with `topic` proposed for `main`, and the merge that the server makes of both."""
    world = branched(root)
    world.git("checkout", "-q", "--detach", "main")
    world.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    world.git("update-ref", "refs/pull/7/merge", "HEAD")
    world.git("update-ref", "refs/pull/7/head", "topic")
    world.git("checkout", "-q", "main")
    world.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return world


def checkout(server: World, root: Path, ref: str, depth: int | None = None) -> World:
    """Check `ref` out as the checkout action does: init, fetch with a depth, detach."""
    world = World.empty(root)
    world.git("remote", "add", "origin", f"file://{server.root}")
    wanted = [f"--depth={depth}", "origin"] if depth else ["origin", "+refs/heads/*:refs/remotes/origin/*"]
    world.git("fetch", "-q", *wanted, f"+{ref}:refs/remotes/pull/7/merge")
    world.git("checkout", "-q", "--detach", "refs/remotes/pull/7/merge")
    return world


def paths(diff: bytes) -> list[str]:
    """Return the paths that a diff names, where none of them is quoted by git or holds ` b/`."""
    lines = diff.decode("utf-8", "replace").split("\n")
    return [line.partition(" b/")[2] for line in lines if line.startswith("diff --git ")]


def github(folder: Path, payload: object) -> dict[str, str]:
    """Return the variables of a GitHub job whose event is `payload`."""
    path = folder / "event.json"
    path.write_text(json.dumps(payload))
    return {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(path)}


def request_payload(server: World, base: str = "main", head: str = "topic") -> dict[str, object]:
    """Return the payload of the pull request from `head` to `base`."""
    return {
        "pull_request": {
            "base": {"sha": server.git("rev-parse", base), "ref": base},
            "head": {"sha": server.git("rev-parse", head), "ref": head},
        },
        "repository": {"default_branch": "main"},
        "before": "0" * 40,
        "after": server.git("rev-parse", head),
    }
