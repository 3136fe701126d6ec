"""Whether a folder takes a file of ours: found out by writing one, since only that shows a full disk."""

import os
import tempfile
from pathlib import Path

# More than a report, a recording or a state usually is.
SPACE_BYTES = 1_000_000


def check_space(folder: Path) -> None:
    """Write a file of a usual size in `folder` and remove it; raises OSError where that cannot be."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".chargehand-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(bytes(SPACE_BYTES))
    finally:
        Path(name).unlink(missing_ok=True)
