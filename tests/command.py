"""Runs the real command line in a process of its own, without reading the SDK from disk each time.

One process imports what the command needs and forks for each run, which begins as a fresh one does, a second
earlier. Where the interpreter itself matters (imports, start-up), tests start `sys.executable`.
"""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from subprocess import CompletedProcess
from typing import final

from chargehand.change.ci.platforms import PLATFORMS
from tests.messages_api import MessagesApi

CERTIFICATE = Path(__file__).with_name("certificate.pem")
MAIN = "from chargehand.cli.main import main; main()"
_FOREIGN = re.compile("(CI|GITHUB|GITLAB|GIT|CHARGEHAND|ANTHROPIC|PRE_COMMIT|BUILD)(_.*)?")
_SIGNS = {
    part.split("=")[0] for each in PLATFORMS for sign in each.signs for part in sign.split("&")
}  # such as NAME, NAME=value or NAME&OTHER
if sys.platform != "win32":
    _PROCESSES = multiprocessing.get_context("forkserver")
    _PROCESSES.set_forkserver_preload(["tests.preloaded"])


@final
class Running:
    """A command that runs in a process of its own; with the block it is over."""

    def __init__(self, process: ForkServerProcess, stdin: str, pipes: Sequence[Connection]) -> None:
        self._process = process
        self._threads = ThreadPoolExecutor(3)
        self._threads.submit(_write, pipes[0], stdin)
        self._printed = [self._threads.submit(_read, pipe) for pipe in pipes[1:]]

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()  # after a failure: nobody waits for what may hang
        self._process.join()
        self._process.close()
        self._threads.shutdown()

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def is_over(self) -> bool:
        """Return whether the process has ended."""
        return self._process.exitcode is not None

    def ended(self) -> CompletedProcess[str]:
        """Wait for the end, and return the exit code and what was printed."""
        self._process.join()
        assert self._process.exitcode is not None
        return CompletedProcess((), self._process.exitcode, *(each.result() for each in self._printed))


def chargehand(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str], stdin: str = "", program: str = MAIN
) -> CompletedProcess[str]:
    """Run `chargehand` with `arguments`, as a shell would, and return its exit code and what it printed.

    `program` is what Python runs, if more has to be prepared.
    """
    if sys.platform == "win32":
        command = [sys.executable, "-X", "utf8", "-c", program, *map(str, arguments)]
        return subprocess.run(
            command, cwd=cwd, env=env, input=stdin, capture_output=True, encoding="utf-8", check=False
        )
    with start(*arguments, cwd=cwd, env=env, stdin=stdin, program=program) as run:
        return run.ended()


def start(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str], stdin: str = "", program: str = MAIN
) -> Running:
    """Start `chargehand` as above, but not on Windows, for who sends it signals or looks at it meanwhile."""
    pipes = [_PROCESSES.Pipe(duplex=False) for _ in range(3)]
    (stdin_read, stdin_write), (stdout_read, stdout_write), (stderr_read, stderr_write) = pipes
    theirs = (stdin_read, stdout_write, stderr_write)
    words = [str(argument) for argument in arguments]
    process = _PROCESSES.Process(target=_run, args=(program, words, cwd, dict(env), theirs))
    process.start()
    for pipe in theirs:
        pipe.close()
    return Running(process, stdin, (stdin_write, stdout_read, stderr_read))


def environment(api: MessagesApi) -> dict[str, str]:
    """Return a person's environment whose key and server are those of `api`."""
    return plain_environment() | {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key}


def plain_environment() -> dict[str, str]:
    """Return this environment without what would tell the run of a CI job or of other settings.

    No server of the tests has a certificate, and to read those of all authorities takes a tenth of a run.
    """
    plain = {name: value for name, value in os.environ.items() if not is_foreign(name)}
    return plain | {"SSL_CERT_FILE": str(CERTIFICATE)}


def is_foreign(name: str) -> bool:
    """Return whether a variable of that name tells of a CI job, or of settings that are not a test's."""
    return name in _SIGNS or _FOREIGN.fullmatch(name) is not None


def _run(
    program: str, words: list[str], cwd: Path, env: dict[str, str], pipes: tuple[Connection, ...]
) -> None:
    """Run `program` as the interpreter would that was started for it."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    for number, pipe in enumerate(pipes):
        os.dup2(pipe.fileno(), number)
        pipe.close()
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8") for number, mode in enumerate("rww")
    )
    sys.argv = ["-c", *words]
    exec(program, {"__name__": "__main__"})  # noqa: S102 - a test wrote it


def _write(pipe: Connection, text: str) -> None:
    with pipe, os.fdopen(pipe.fileno(), "w", encoding="utf-8", closefd=False) as stream:
        stream.write(text)


def _read(pipe: Connection) -> str:
    with pipe, os.fdopen(pipe.fileno(), encoding="utf-8", closefd=False) as stream:
        return stream.read()
