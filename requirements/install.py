"""Installs what a lock names into a virtual environment, by hash and as wheels: with uv, or else with pip.

Usage: install.py ENVIRONMENT LOCK [PACKAGE]. ENVIRONMENT is made unless it is there. PACKAGE, a folder, is
copied into it as it is: pure Python needs nobody who builds it. It is compiled while others are waited for.

uv is brought by the hashes of uv.txt beside this file: it takes a third of the time that pip takes. uv does
not read pip's configuration, so it is handed what that says of indexes, proxies and certificates; if uv
fails all the same, pip tries. Exits with 1 if not all could be installed, and then repeats what the
installers said.
"""

import compileall
import configparser
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))  # an isolated Python does not look beside its program

from fetch_uv import fetch_uv
from pip_settings import pip_settings

UV = Path(__file__).with_name("uv.txt")
IGNORED = shutil.ignore_patterns("__pycache__")
# A lock names all that it needs, or what it adds to another that was installed before.
LOCKED = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "-r")

# What pip calls a setting, the variable in which uv takes it, and what stands between several values there.
# Hashes decide what is installed, so constraints need not be handed on.
SETTINGS = (
    ("index-url", "UV_DEFAULT_INDEX", " "),
    ("extra-index-url", "UV_INDEX", " "),
    ("find-links", "UV_FIND_LINKS", ","),
    ("trusted-host", "UV_INSECURE_HOST", " "),
    ("proxy", "ALL_PROXY", " "),
    ("cert", "SSL_CERT_FILE", " "),
)


class Installer(NamedTuple):
    """A command that takes what to install, and the variables that it is run with."""

    command: tuple[str, ...]
    environ: dict[str, str]

    def install(self, *what: str) -> str | None:
        """Install, and return what the command says if it fails, None if not."""
        try:
            done = subprocess.run(
                [*self.command, *what],
                env=self.environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                check=False,
            )
        except OSError as error:  # such as a folder whose programs may not be run
            return f"{self.command[0]}: {error}"
        return done.stdout if done.returncode else None


def main(environment: Path, lock: Path, *packages: Path) -> int:
    """Install the lock and copy the packages; return the exit code."""
    if not (environment / "pyvenv.cfg").exists():
        venv.create(environment)
    with ThreadPoolExecutor() as pool:
        copying = [pool.submit(_copy, package, _library(environment)) for package in packages]
        said = _install(environment, lock)
    for each in copying:
        each.result()
    sys.stderr.write("\n".join(said))
    return 1 if said else 0


def _copy(package: Path, library: Path) -> None:
    copy = shutil.copytree(package, library / package.name, ignore=IGNORED)
    compileall.compile_dir(copy, quiet=1)


def _install(environment: Path, lock: Path) -> list[str]:
    """Install the lock, and return what all installers said if none could."""
    said = []
    for installer in _installers(environment):
        failure = installer.install(*LOCKED, str(lock))
        if failure is None:
            return []
        said.append(failure)
    return said


def _library(environment: Path) -> Path:
    """Return where the environment's Python looks for packages."""
    scheme, base = "nt" if os.name == "nt" else "posix_prefix", str(environment)
    return Path(sysconfig.get_path("purelib", scheme, {"base": base, "platbase": base}))


def _installers(environment: Path) -> Iterator[Installer]:
    """Yield who can install into the environment, the fastest first."""
    settings = _settings()
    is_there = settings is not None and fetch_uv(UV, settings, Path(_program(environment, "uv")).parent)
    if is_there:
        yield _uv(environment, settings or {})
    pip = _pip(environment)
    if not is_there and pip.install(*LOCKED, str(UV)) is None:
        yield _uv(environment, settings or {})
    yield pip


def _settings() -> dict[str, str] | None:
    """Return what pip is told, None if it cannot be read, which pip will say."""
    try:
        return pip_settings(os.environ)
    except (configparser.Error, OSError, UnicodeDecodeError):
        return None


def _pip(environment: Path) -> Installer:
    """Return a pip that installs into the environment: this Python's, or one of its own."""
    pip: tuple[str, ...] = (sys.executable, "-I", "-m", "pip", "--python", str(environment))
    if subprocess.run(
        [*pip, "--version"], capture_output=True, check=False
    ).returncode:  # from 22.3 on it can
        venv.create(environment, with_pip=True)
        pip = (_program(environment, "python"), "-I", "-m", "pip")
    options = ("install", "--quiet", "--no-input", "--no-compile", "--disable-pip-version-check")
    return Installer((*pip, *options), dict(os.environ))


def _uv(environment: Path, settings: dict[str, str]) -> Installer:
    """Return uv, with what pip was told of this network, and with a cache that only this run writes."""
    command: tuple[str, ...] = (_program(environment, "uv"), "pip", "install", "--quiet", "--no-config")
    if settings.get("no-index"):
        command += ("--no-index",)
    environ = {name: value for name, value in os.environ.items() if name != "UV_NO_VERIFY_HASHES"}
    environ["UV_CACHE_DIR"] = str(environment / "uv-cache")
    environ["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # as pip does; a hash says which of the finds it is
    for name, variable, separator in SETTINGS:
        if name in settings:
            environ.setdefault(variable, settings[name].replace(" ", separator))
    return Installer((*command, "--python", _program(environment, "python")), environ)


def _program(environment: Path, name: str) -> str:
    return str(environment / ("Scripts" if os.name == "nt" else "bin") / name)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
