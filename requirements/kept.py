"""Finds what a run before has installed in a folder that is kept, or installs it there.

Usage: kept.py FOLDER PACKAGE LOCK... Prints the path of the environment, which is named by all that went into
it: the locks, our package and this Python. It gets its name when it is whole, so another job at
the same time finds all of it or nothing. What was not used for a month is removed.

Who can write to FOLDER decides what later runs: it is for machines all of whose jobs are trusted.
"""

import hashlib
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # an isolated Python does not look beside its program

import install

PREFIX = "chargehand-"
UNUSED_S = 30 * 24 * 3600


def main(folder: Path, package: Path, *locks: Path) -> int:
    """Print where it is; return the exit code."""
    environment = folder.resolve() / name_of(package, locks)
    if not environment.is_dir() and (code := _make(environment, package, locks)):
        return code
    os.utime(environment)
    for other in folder.glob(f"{PREFIX}*"):
        with suppress(OSError):  # another job may have removed it meanwhile
            if time.time() - other.stat().st_mtime > UNUSED_S:
                shutil.rmtree(other, ignore_errors=True)
    sys.stdout.write(f"{environment}\n")
    return 0


def name_of(package: Path, locks: Sequence[Path]) -> str:
    """Return a name that no other content has."""
    said = [sys.version, os.path.realpath(sys.executable), platform.platform()]
    digest = hashlib.sha256("\0".join(said).encode("utf-8", "surrogateescape"))
    modules = sorted(path for path in package.rglob("*") if "__pycache__" not in path.parts)
    for path in (*locks, *filter(Path.is_file, modules)):
        digest.update(hashlib.sha256(path.name.encode("utf-8", "surrogateescape")).digest())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{PREFIX}{digest.hexdigest()[:32]}"


def _make(environment: Path, package: Path, locks: Sequence[Path]) -> int:
    environment.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=environment.parent) as temp:
        new = Path(temp, "environment")
        for packages, lock in zip(((package,), *[()] * len(locks)), locks, strict=False):
            if code := install.main(new, lock, *packages):
                return code
        shutil.rmtree(new / "uv-cache", ignore_errors=True)
        try:
            new.rename(environment)
        except OSError:
            if not environment.is_dir():  # another job was not faster
                raise
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
