"""Runs git so that no setting of the user or of the repository bends what it says."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple

from chargehand.change.git.program import find_git
from chargehand.core.errors import ChangeError
from chargehand.core.escaping import one_line

MAX_OUTPUT_BYTES = 256 * 1024 * 1024
MAX_SECONDS = 600.0

# Pinned for every command: what would run a program, hide a file or change the form of a diff.
_PINS = (
    "--no-pager",
    "--no-replace-objects",
    *("-c", "core.fsmonitor="),  # the empty value: a git before 2.36 takes `false` for a program
    *("-c", "core.hooksPath=/dev/null"),
    # A folder of the tree that looks like a bare repository is none: its settings could name programs.
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "submodule.recurse=false"),
    *("-c", "advice.graftFileDeprecated=false"),  # it is said of an empty file, too
    *("-c", "protocol.ext.allow=never"),
    *("-c", "core.attributesFile=/dev/null"),
    *("-c", "core.bigFileThreshold=512m"),
    *("-c", "core.quotePath=false"),
    *("-c", "diff.default.binary=auto"),
    *("-c", "diff.suppressBlankEmpty=false"),
    *("-c", "diff.orderFile=/dev/null"),
)
_BENDING = frozenset({"GIT_DIFF_OPTS", "GIT_EXTERNAL_DIFF", "GIT_ATTR_SOURCE", "GIT_REPLACE_REF_BASE"})
_FIXED = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
}
# Unless the caller's environment says so, nothing is fetched in passing, which a partial clone would do, and
# no trace is written, which a setting may want.
_USUAL = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TRACE2": "0",
    "GIT_TRACE2_EVENT": "0",
    "GIT_TRACE2_PERF": "0",
}
_PIECE_BYTES = 1024 * 1024


class Ran(NamedTuple):
    """How a command ended; `error` is what git said, on one line and harmless to show."""

    code: int
    out: bytes
    error: str

    @property
    def lines(self) -> list[str]:
        """The output as lines of text."""
        return self.out.decode("utf-8", "surrogateescape").split("\n")[:-1]


def run_git(
    arguments: Sequence[str],
    *,
    cwd: Path,
    environ: Mapping[str, str],
    fixed: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    limit: int = MAX_OUTPUT_BYTES,
    is_cut: bool = False,
    timeout_s: float = MAX_SECONDS,
) -> Ran:
    """Run git and return how it ended, whatever its exit code; `fixed` variables win over `environ`.

    Raises `ChangeError` if git is missing, prints more than `limit` bytes, or there is no room for what
    it reads. It is killed past `timeout_s`. If `is_cut`, it is killed when its first `limit` bytes are there,
    and they are returned.
    """
    # Files, because of three pipes only one could be read without the others filling up.
    with _scratch_file(stdin) as asked, _scratch_file() as errors:
        process = _start(
            arguments, cwd, {**_USUAL, **_inherited(environ), **_FIXED, **(fixed or {})}, asked, errors
        )
        out = _read(process, limit, timeout_s, is_cut=is_cut)
        errors.seek(0)
        said = one_line(errors.read(_PIECE_BYTES).decode("utf-8", "replace"))
        return Ran(process.returncode, out, said or f"it ended with {process.returncode}")


def _scratch_file(content: bytes = b"") -> IO[bytes]:
    """Return a file that is gone when it is closed, to be read from its start."""
    with ExitStack() as opened:
        try:
            file = opened.enter_context(tempfile.TemporaryFile())
            file.write(content)
            file.seek(0)
        except OSError as error:
            raise ChangeError(
                f"Nothing was reviewed: there is no disk space for what git reads ({error.strerror}). Free "
                "some, or let TMPDIR name a folder on a disk that has some."
            ) from error
        opened.pop_all()
        return file


def _inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the caller's environment, which hooks need, without the key that pays for the models."""
    return {
        name: value
        for name, value in environ.items()
        if name not in _BENDING and not name.startswith("ANTHROPIC_")
    }


def _start(
    arguments: Sequence[str], cwd: Path, environ: Mapping[str, str], stdin: IO[bytes], stderr: IO[bytes]
) -> "subprocess.Popen[bytes]":
    git, path = find_git(cwd, environ)
    command = [git, *_PINS, *arguments]
    try:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env={**environ, "PATH": path},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    except (FileNotFoundError, PermissionError) as error:
        raise ChangeError(
            "Nothing was reviewed: git cannot be started. "
            "Install git, or give the diff as a file or on standard input."
        ) from error


def _read(process: "subprocess.Popen[bytes]", limit: int, timeout_s: float, *, is_cut: bool) -> bytes:
    pieces: list[bytes] = []
    size = 0
    timer = threading.Timer(timeout_s, process.kill)
    timer.start()
    try:
        while piece := process.stdout.read(min(limit, _PIECE_BYTES)) if process.stdout else b"":
            pieces.append(piece)
            size += len(piece)
            if is_cut and size >= limit:
                return b"".join(pieces)[:limit]
            if size > limit:
                raise ChangeError(
                    f"Nothing was reviewed: git printed more than {limit:,} bytes. "
                    "Review the change in smaller ranges."
                )
        process.wait()
    finally:
        timer.cancel()
        process.kill()
        process.communicate()
    return b"".join(pieces)
