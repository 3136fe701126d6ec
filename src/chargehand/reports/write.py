"""How a report reaches its file: whole or not at all, and with no surprise after money was spent."""

import os
from contextlib import suppress
from pathlib import Path

from chargehand.core.errors import ChargehandError, InputError
from chargehand.core.files import check_space, write_whole


def write(path: Path, text: str) -> None:
    """Write `text` as UTF-8, so that readers see the old file or the whole new one, never a part.

    A link at `path` is replaced, not followed: a checkout may hold one that points anywhere.
    """
    try:
        if _is_stream(path):
            path.write_bytes(text.encode())
        else:
            write_whole(path, text)
    except OSError as error:
        raise ChargehandError(
            f"the report {path} was not written: {error.strerror}. To have it, make room or name another "
            f"path, and run again."
        ) from error


def check_writable(path: Path, undone: str = "nothing was reviewed") -> None:
    """Raise InputError if `write` could not write to `path`; `undone` is how its message begins."""
    try:
        reason = _hindrance(path)
    except OSError as error:
        reason = f"{error.strerror}. Name another path, or have its folder writable and with room for it"
    if reason:
        raise InputError(f"{undone}: the report {path} could not be written: {reason}.")


def _hindrance(path: Path) -> str:
    if path.is_dir():
        return "it is a folder. Name a file in it"
    if not path.parent.is_dir():
        with suppress(FileNotFoundError, NotADirectoryError):
            path.parent.stat()  # from Python 3.14 on, is_dir() is silent about all that hinders
        return f"there is no folder {path.parent}. Create it first"
    if _is_stream(path):
        return "" if os.access(path, os.W_OK) else "it is not open for writing. Name another path"
    check_space(path.parent)
    return ""


def _is_stream(path: Path) -> bool:
    """Tell a device or a pipe, into which is written, from a file, which is replaced.

    `/dev/shm` is a folder for files like any other.
    """
    is_system = path.parts[:2] in (("/", "dev"), ("/", "proc")) and path.parts[2:3] != ("shm",)
    return is_system or (path.exists() and not path.is_file() and not path.is_symlink())
