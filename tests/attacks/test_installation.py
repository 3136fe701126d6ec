"""What is installed comes by hash and as wheels, gets no key, and nothing of the checkout takes its place."""

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.attacks.attempt import added
from tests.command import plain_environment

PROJECT = Path(__file__).parents[2]
# Each would run when Python starts, when pip starts, or in place of a library that the command imports.
HIJACKS = (
    *("sitecustomize.py", "usercustomize.py", "pip.py", "venv.py", "anthropic.py", "click.py", "pydantic.py"),
    *("chargehand.py", "chargehand/__init__.py", "json.py", "re.py", "typing_extensions.py", "unidiff.py"),
    *("genai_prices.py", "pathspec.py", "opentelemetry/__init__.py", "encodings.py"),
)
KEYS = {
    "ANTHROPIC_API_KEY": "the-key",
    "ANTHROPIC_AUTH_TOKEN": "the-token",
    "ANTHROPIC_IDENTITY_TOKEN": "the-identity",
    "CHARGEHAND_CACHE_SECRET": "the-secret-of-the-cache",
}
TOKENS = {"CHARGEHAND_GITLAB_TOKEN": "the-token-of-the-forge"}
# In place of Python: it makes an environment of itself, and writes down what it is called with.
FAKE = """#!/bin/sh
case " $* " in
  *" -m venv "*) for folder in "$@"; do :; done
    mkdir -p "$folder/bin"; cp "$0" "$folder/bin/python"; exit 0;;
  *" -c "*|*" --version "*) exit 0;;
esac
{ printf '%s ' "$@"; env | grep -E '^(ANTHROPIC|CHARGEHAND)_' | sort | tr '\\n' ' '; echo; } >> "$CALLS"
"""


class Script(NamedTuple):
    """The commands of a job up to the review, and the variables that its platform sets."""

    shell: str
    text: str
    environ: dict[str, str]


COMPONENT = "component/templates/chargehand.yml"
JOBS = {"chargehand": COMPONENT, "chargehand-publish": COMPONENT, "chargehand-nightly": "nightly.yml"}


def scripts() -> Iterator[tuple[str, Script]]:
    """Yield the installing scripts by where they stand."""
    steps = yaml.safe_load((PROJECT / "action.yml").read_text("utf-8"))["runs"]["steps"]
    yield "action.yml", Script("bash", steps[0]["run"], {"GITHUB_ACTION_PATH": str(PROJECT)})
    for job, name in JOBS.items():
        text = (PROJECT / "examples/gitlab" / name).read_text("utf-8").split("\n---\n")[-1]
        whole = yaml.safe_load(text)[job]["script"]
        lines = whole[: next(number for number, line in enumerate(whole, 1) if "install ||" in line)]
        yield job, Script("sh", "\n".join(lines), {"REVIEW_PACKAGE": "chargehand==0.1.0", **TOKENS})


SCRIPTS = dict(scripts())


@pytest.fixture(scope="module")
def hijacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout that holds all hijacks, after the command ran there in each way that jobs use."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in HIJACKS:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"open({str(folder / 'ran')!r}, 'a').write({name + chr(10)!r})\n")
    (folder / "change.diff").write_text(added("a.py", "a = 1"))
    command = [Path(sys.executable).with_name("chargehand")]
    for start in ([sys.executable, "-I", "-X", "utf8", "-m", "chargehand"], command):
        env = plain_environment() | {"ANTHROPIC_BASE_URL": "http://127.0.0.1:9", "ANTHROPIC_API_KEY": "key"}
        done = subprocess.run(
            [*start, "review", "change.diff", "--deadline", "1"],
            cwd=folder,
            env=env,
            capture_output=True,
            check=False,
        )
        assert b"a.py" in done.stdout, done.stderr
    return folder


@pytest.mark.parametrize("name", HIJACKS)
def test_a_file_of_the_checkout_is_not_imported(hijacked: Path, name: str) -> None:
    ran = hijacked / "ran"
    assert name not in (ran.read_text().splitlines() if ran.exists() else [])


@pytest.mark.skipif(sys.platform == "win32", reason="The stand-in for Python is a script of a shell")
@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_an_installation_gets_no_key_and_takes_wheels_by_hash_alone(tmp_path: Path, script: Script) -> None:
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.write_text(FAKE)
    python.chmod(0o755)
    done = _install(tmp_path, script, PATH=f"{python.parent}{os.pathsep}{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    calls = (tmp_path / "calls").read_text().splitlines()
    assert calls
    assert not any(secret in call for call in calls for secret in (*KEYS, *KEYS.values(), *TOKENS))
    *earlier, last = calls
    assert "install.py" in last  # which takes what its lock says: tests/contract/test_installer.py
    assert all("--no-deps" in call and "--only-binary :all:" in call for call in earlier)


def test_all_jobs_of_gitlab_install_alike() -> None:
    texts = [SCRIPTS[job].text.replace("was posted", "was reviewed") for job in JOBS]
    assert all("folder=$(mktemp -d)\nvenv=$folder/venv\n" in text for text in texts)
    assert len({text[text.index("own=") :] for text in texts}) == 1


class Kept(NamedTuple):
    """Folders of a job of GitLab: what GitLab keeps of it, and what was installed."""

    checkout: Path
    venv: Path

    def run(self, verb: str, **environ: str) -> int:
        """Pack what is installed, or unpack what is kept; return the exit code."""
        lines = SCRIPTS["chargehand"].text.splitlines()
        begin, end = lines.index("kept() {"), next(n for n, line in enumerate(lines) if "kept unpack" in line)
        own = {
            "REVIEW_PACKAGE": "chargehand==0.1.0",
            "CHARGEHAND_CACHE_SECRET": "a" * 16,
            "venv": str(self.venv),
        }
        return subprocess.run(
            ["sh", "-e", "-c", "\n".join((*lines[begin:end], f"kept {verb}"))],
            cwd=self.checkout,
            env=plain_environment() | own | environ,
            capture_output=True,
            check=False,
        ).returncode

    @property
    def file(self) -> Path:
        [file] = (self.checkout / ".chargehand-installed").iterdir()
        return file


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Return what a job has installed, and packed."""
    kept = Kept(tmp_path / "checkout", tmp_path / "venv")
    kept.checkout.mkdir()
    (kept.venv / "bin").mkdir(parents=True)
    (kept.venv / "bin/python").symlink_to(sys.executable)
    (kept.venv / "bin/uv").write_text("what was used to install")
    assert kept.run("pack") == 0
    return kept._replace(venv=tmp_path / "next")


@pytest.mark.skipif(sys.platform == "win32", reason="A job of GitLab has a shell")
def test_what_a_job_of_gitlab_has_installed_is_found_by_the_next(kept: Kept) -> None:
    assert kept.run("unpack") == 0
    assert [path.name for path in (kept.venv / "bin").iterdir()] == ["python"]
    assert (kept.venv / "bin/python").readlink() == Path(sys.executable)


@pytest.mark.skipif(sys.platform == "win32", reason="A job of GitLab has a shell")
@pytest.mark.parametrize(
    "environ",
    [
        {"CHARGEHAND_CACHE_SECRET": "b" * 16},
        {"CHARGEHAND_CACHE_SECRET": "a" * 15},
        {"CHARGEHAND_CACHE_SECRET": ""},
        {"REVIEW_PACKAGE": "chargehand==0.2.0"},
        {"REVIEW_PACKAGE": "chargehand>=0.1.0"},
        {"CHARGEHAND_PROVIDER": "vertex"},
    ],
    ids=str,
)
def test_what_another_has_installed_in_gitlab_is_not_taken(kept: Kept, environ: dict[str, str]) -> None:
    assert kept.run("unpack", **environ) == 1
    # Not even under the name that this one looks for.
    mine, theirs = kept.file, kept.file.read_bytes()
    kept._replace(venv=kept.venv.with_name("venv")).run("pack", **environ)
    kept.file.write_bytes(theirs)
    if kept.file != mine:
        assert kept.run("unpack", **environ) == 1
    assert not kept.venv.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="A job of GitLab has a shell")
@pytest.mark.parametrize("place", [0, 31, 32, 600, -1])
def test_what_was_changed_since_a_job_of_gitlab_installed_it_is_not_taken(kept: Kept, place: int) -> None:
    content = bytearray(kept.file.read_bytes())
    content[place] ^= 1
    kept.file.write_bytes(content)
    assert kept.run("unpack") == 1
    assert not kept.venv.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="A job of GitLab has a shell")
def test_what_is_kept_for_gitlab_is_not_written_where_a_link_of_the_change_leads(
    kept: Kept, tmp_path: Path
) -> None:
    (aim := tmp_path / "aim").mkdir()
    (aim / "theirs").write_text("theirs")
    kept.file.unlink()
    (folder := kept.checkout / ".chargehand-installed").rmdir()
    folder.symlink_to(aim)
    assert kept._replace(venv=tmp_path / "venv").run("pack") == 1
    assert [path.name for path in aim.iterdir()] == ["theirs"]


@pytest.mark.skipif(sys.platform == "win32", reason="A job of GitLab has a shell")
@pytest.mark.parametrize("name", ["action.yml", "chargehand-nightly"])
def test_a_runner_for_which_there_are_only_sources_is_told_so_and_builds_none(
    tmp_path: Path, name: str
) -> None:
    for package, version in (("chargehand", "0.1.0"), ("annotated-types", "0.8.0")):
        _source(tmp_path / f"{package}-{version}.tar.gz", f"open({str(tmp_path / 'built')!r}, 'w')\n")
    done = _install(tmp_path, SCRIPTS[name], PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    assert done.returncode == 2
    told = [line for line in (done.stdout + done.stderr).splitlines() if "nothing was reviewed" in line]
    assert len(told) == 1
    assert "no wheel for this" in told[0]
    assert not (tmp_path / "built").exists()


def _install(folder: Path, script: Script, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run the script as its runner does: every failing command ends it."""
    (folder / "temp").mkdir()
    own = {
        "CALLS": str(folder / "calls"),
        "RUNNER_TEMP": str(folder / "temp"),
        "TMPDIR": str(folder / "temp"),
    }
    own |= {"GITHUB_OUTPUT": str(folder / "output"), **script.environ, **KEYS}
    return subprocess.run(
        [script.shell, "-e", "-c", script.text],
        cwd=folder,
        env={**plain_environment(), **own, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def _source(path: Path, program: str) -> None:
    """Write a source distribution whose build runs `program`."""
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo(f"{path.name.removesuffix('.tar.gz')}/setup.py")
        info.size = len(program)
        archive.addfile(info, BytesIO(program.encode()))
