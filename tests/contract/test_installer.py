"""What a lock names is installed by hash: by uv, which is told what pip is told, and by pip if uv fails."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from fetch_uv import fetch_uv

from tests.command import plain_environment

PROJECT = Path(__file__).parents[2]
# In place of uv: it writes down what it is called with, and fails.
UV = """#!/bin/sh
{ echo "$@"; env | grep -E '^(UV_|SSL_CERT_FILE=)' | sort; } > "$CALLED"
echo "uv is out of order"
exit 1
"""
WORKING_UV = """#!/bin/sh
echo "$@" >> "$CALLED"
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="The stand-in for uv is a script of a shell")


@pytest.fixture
def index(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Return a folder with the installer and its locks, and the wheels of a package and of uv's stand-in."""
    folder = tmp_path / "index"
    folder.mkdir()
    for each in ("fetch_uv.py", "install.py", "kept.py", "pip_settings.py"):
        shutil.copy(PROJECT / "requirements" / each, folder)
    uv = getattr(request, "param", UV)
    for name, path, text in (("thing", "thing.py", "THING = 1"), ("uv", "uv-1.0.data/scripts/uv", uv)):
        digest = _wheel(folder / f"{name}-1.0-py3-none-any.whl", path, text)
        (folder / f"{name}.txt").write_text(f"{name}==1.0 --hash=sha256:{digest}\n")
    return folder


def test_uv_is_told_what_pip_was_told_and_pip_installs_if_uv_fails(index: Path, tmp_path: Path) -> None:
    told = {"PIP_EXTRA_INDEX_URL": "http://127.0.0.1:9/a http://127.0.0.1:9/b", "UV_NO_VERIFY_HASHES": "1"}
    done = _install(index, tmp_path, **told, PIP_TRUSTED_HOST="127.0.0.1")
    assert done.returncode == 0, done.stderr
    assert (done.stdout, done.stderr) == ("", "")
    arguments, *variables = (tmp_path / "called").read_text().splitlines()
    assert "--require-hashes --no-deps --only-binary :all:" in arguments
    assert "--no-index" in arguments
    assert dict(line.split("=", 1) for line in variables) == {
        "UV_CACHE_DIR": str(tmp_path / "environment/uv-cache"),
        "UV_FIND_LINKS": str(index),
        "UV_INDEX": told["PIP_EXTRA_INDEX_URL"],
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_INSECURE_HOST": "127.0.0.1",
    }
    assert _has_thing(tmp_path)


def test_uv_is_taken_from_an_index_by_its_hash_and_from_none_that_has_another(
    index: Path, tmp_path: Path
) -> None:
    (page := index / "simple/uv/index.html").parent.mkdir(parents=True)
    name, digest = "uv-1.0-py3-none-any.whl", (index / "uv.txt").read_text().rpartition(":")[2].strip()
    settings = {
        "index-url": (index / "simple").as_uri(),
        "extra-index-url": "http://127.0.0.1:9 https://a:b@c.test",
    }
    page.write_text(f'<a href="../../{name}#sha256={digest}">{name}</a>')
    assert fetch_uv(index / "uv.txt", settings, tmp_path)
    assert ((tmp_path / "uv").read_text(), os.access(tmp_path / "uv", os.X_OK)) == (UV, True)
    (tmp_path / "uv").unlink()
    (index / "uv.txt").write_text(f"uv==1.0 --hash=sha256:{'0' * 64}\n")
    assert not fetch_uv(index / "uv.txt", settings, tmp_path)
    page.write_text(
        f'<a href="../../{name}#sha256={"0" * 64}">{name}</a>'
    )  # what it says, but not what is there
    assert not fetch_uv(index / "uv.txt", settings, tmp_path)
    assert not (tmp_path / "uv").exists()


def test_what_has_another_hash_is_not_installed_and_both_say_why(index: Path, tmp_path: Path) -> None:
    (index / "thing.txt").write_text(f"thing==1.0 --hash=sha256:{'0' * 64}\n")
    done = _install(index, tmp_path)
    assert done.returncode == 1
    assert "uv is out of order" in done.stderr
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not _has_thing(tmp_path)


@pytest.mark.parametrize("index", [WORKING_UV], indirect=True)
def test_what_was_installed_is_kept_and_found_again_by_all_that_went_into_it(
    index: Path, tmp_path: Path
) -> None:
    (module := tmp_path / "ours/ours.py").parent.mkdir(parents=True)
    module.write_text("OURS = 1")
    locks = (index / "thing.txt", index / "uv.txt")
    first = _kept(index, tmp_path, *locks)
    assert first == _kept(index, tmp_path, *locks)
    assert [path.read_text() for path in first.glob("lib/*/site-packages/ours/ours.py")] == ["OURS = 1"]
    assert len((tmp_path / "called").read_text().splitlines()) == len(locks)
    module.write_text("OURS = 2")
    second = _kept(index, tmp_path, *locks)
    os.utime(first, (1, 1))
    assert len({first, second, _kept(index, tmp_path, locks[0])}) == 3
    assert (first.exists(), second.exists()) == (False, True)
    assert not list(tmp_path.glob("kept/*/uv-cache"))


def _kept(index: Path, folder: Path, *locks: Path) -> Path:
    """Return where the locks and the package are installed below `folder`/kept."""
    done = _run(index, folder, "kept.py", folder / "kept", folder / "ours", *locks)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def _install(index: Path, folder: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Install `thing` into `folder`/environment, out of the index and from nowhere else."""
    return _run(index, folder, "install.py", folder / "environment", index / "thing.txt", **environ)


def _run(
    index: Path, folder: Path, program: str, *arguments: Path, **environ: str
) -> "subprocess.CompletedProcess[str]":
    own = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index)}
    plain = {
        name: text for name, text in plain_environment().items() if not name.startswith(("PIP_", "SSL_"))
    }
    return subprocess.run(
        [sys.executable, "-I", index / program, *arguments],
        env={**plain, **own, "CALLED": str(folder / "called"), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def _has_thing(folder: Path) -> bool:
    return bool(list(folder.glob("environment/lib/*/site-packages/thing.py")))


def _wheel(path: Path, content: str, text: str) -> str:
    """Write a wheel that holds one file, and return its hash."""
    name = path.name.split("-")[0]
    files = {
        content: text,
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{each},,\n" for each in files)
    with zipfile.ZipFile(path, "w") as wheel:
        for each, said in (*files.items(), (f"{name}-1.0.dist-info/RECORD", record)):
            info = zipfile.ZipInfo(each)
            info.external_attr = 0o100755 << 16  # a file that may be run
            wheel.writestr(info, said)
    return hashlib.sha256(path.read_bytes()).hexdigest()
