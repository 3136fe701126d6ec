"""How a file is written that others must not tear, and how one that others may have written is trusted."""

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EFBIG, ELOOP
from pathlib import Path
from typing import BinaryIO

# More than a report, a recording or a state usually is.
SPACE_BYTES = 1_000_000

# The umask takes from the second, as with every file that a program makes.
_OWNER_ONLY, _EVERYBODY = 0o600, 0o666
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
# A link or a pipe in the file's place is not followed and not waited for; Windows has neither flag.
_PLAINLY = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


def write_whole(path: Path, text: str, *, is_private: bool = False, is_durable: bool = False) -> None:
    """Write `text` as UTF-8, so that readers see the old file or the whole new one, never a part.

    A link at `path` is replaced, not followed. If `is_private`, only the owner may read the file; if
    `is_durable`, it is on the disk before it takes its place. Raises OSError, and then leaves what was there.
    """
    with _draft_in(path.parent, _OWNER_ONLY if is_private else _EVERYBODY) as (draft, file):
        file.write(text.encode())
        file.flush()
        if is_durable:
            os.fsync(file.fileno())
        file.close()  # Windows moves no open file
        draft.replace(path)


def check_space(folder: Path) -> None:
    """Write a file of a usual size in `folder` and remove it, since only that shows a full disk.

    Raises OSError if that cannot be done.
    """
    with _draft_in(folder, _OWNER_ONLY) as (_, file):
        file.write(bytes(SPACE_BYTES))
        file.flush()


def read_plainly(path: Path, largest_bytes: int) -> bytes:
    """Return what the file at `path` holds; raise OSError if it is a link, no regular file, or too large."""
    with os.fdopen(os.open(path, _PLAINLY), "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode) or about.st_size > largest_bytes:
            raise OSError(0, "it is not a regular file, or too large")
        return file.read(largest_bytes)


def read_bounded(path: Path, largest_bytes: int) -> bytes:
    """Return what is read from `path`, a pipe too; raise OSError if that is more than `largest_bytes`."""
    with path.open("rb") as file:
        data = file.read(largest_bytes + 1)
    if len(data) > largest_bytes:
        raise OSError(EFBIG, f"it holds more than {largest_bytes:,} bytes")
    return data


def refuse_links(path: Path) -> None:
    """Raise OSError if a link within the checkout leads to `path`: a change can bring one, to anywhere.

    The checkout is what the current folder lies in, or that folder itself. Other links are their owner's.
    """
    below: list[Path] = []
    top = top_of_checkout()
    for each in (written := Path(os.path.abspath(path)), *written.parents):  # noqa: PTH100 - no link is followed
        if each.exists() and each.samefile(top):
            link = next((part for part in below if part.is_symlink()), None)
            if link:
                raise OSError(ELOOP, f"{link} is a link in the checkout, and a change can bring one")
            return
        below.append(each)


def top_of_checkout() -> Path:
    """Return the top of the checkout that the current folder lies in, or that folder itself."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


@contextmanager
def _draft_in(folder: Path, mode: int) -> Iterator[tuple[Path, BinaryIO]]:
    """Give a new file in `folder`, open for writing; it is gone at the end unless it was moved."""
    refuse_links(folder)
    draft = folder / f".chargehand-{secrets.token_hex(8)}.tmp"
    handle = os.open(draft, _NEW, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            yield draft, file
    finally:
        draft.unlink(missing_ok=True)


def seal_of(text: str, secret: str) -> str:
    """Return what only a holder of `secret` can compute for `text`."""
    key = secret.encode("utf-8", "surrogateescape")
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def is_sealed(text: str, seal: str, secret: str) -> bool:
    """Tell whether a holder of `secret` sealed `text`; a stranger learns nothing from the time that takes."""
    return hmac.compare_digest(seal.encode("utf-8", "surrogatepass"), seal_of(text, secret).encode())
