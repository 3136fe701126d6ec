"""Decides where the folders of the tests are, and how long one lasts that many share."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - whoever makes a folder there gets a new one
_ROOMY_BYTES = 4_000_000_000


def keep_folders_in_memory() -> None:
    """Have all temporary folders made in memory where it has room: tests make a hundred thousand files.

    Some systems run no program from there; then it stays as it is, and so it does if somebody chose a place.
    """
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK | os.X_OK):
        return
    system = os.statvfs(_MEMORY)
    is_roomy = system.f_bavail * system.f_frsize >= _ROOMY_BYTES
    if is_roomy and not system.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(_MEMORY)


def lasting_folder() -> Path:
    """Make an empty folder that lasts as long as the process."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
