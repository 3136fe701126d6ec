"""Decides which git is run: never one that lies in the checkout, where a change can bring it."""

import os
import shutil
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from chargehand.core.errors import ChangeError


def find_git(cwd: Path, environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the full path of git, and the PATH in which it was found, without folders of the checkout.

    Raises ChangeError if there is none.
    """
    path = trusted_path(environ.get("PATH", os.defpath), top_of(cwd))
    found = _which(path)
    if found is None:
        raise ChangeError(
            "Nothing was reviewed: git is not installed or not on PATH (a git in the checkout does not "
            "count, since a change can bring one). Install git, or give the diff as a file or on standard "
            "input."
        )
    return found, path


@lru_cache(
    maxsize=8
)  # a run asks git some twenty times, and to follow all links takes longer than git itself
def trusted_path(path: str, top: Path) -> str:
    """Return `path` without relative folders, and without those that lie in `top`, by whatever link."""
    folders = (folder for folder in path.split(os.pathsep) if Path(folder).is_absolute())
    return os.pathsep.join(folder for folder in folders if not _is_inside(Path(folder), top))


def top_of(cwd: Path) -> Path:
    """Return the top of the checkout that `cwd` lies in, `cwd` itself if it is in none."""
    here = cwd.resolve()
    if here.name == ".git":
        return here.parent
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def _is_inside(folder: Path, top: Path) -> bool:
    """Tell whether a folder is written, or lies, in `top`; a whole disk or a system is nobody's checkout."""
    if top == Path(top.anchor):
        return False
    written = Path(os.path.normpath(folder))
    return any(each.is_relative_to(top) for each in (written, folder.resolve()))


@lru_cache(maxsize=8)
def _which(path: str) -> str | None:
    # An empty PATH would mean that of this process.
    return shutil.which("git", path=path) if path else None
