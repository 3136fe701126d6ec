"""Decides how long a folder lasts that many tests share: as long as the process, and no longer."""

import atexit
import shutil
import tempfile
from pathlib import Path


def lasting_folder() -> Path:
    """Make an empty folder."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
