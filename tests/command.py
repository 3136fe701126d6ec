"""Runs the real command line in a process of its own, without reading the SDK from disk each time.

One process imports what the command needs and forks for each run, which begins as a fresh one does, a second
earlier. Where the interpreter itself matters (imports, start-up), tests start `sys.executable`.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess
from typing import final

from chargehand.change.ci.platforms import PLATFORMS
from tests.forks import Fork, Wanted
from tests.messages_api import MessagesApi

CERTIFICATE = Path(__file__).with_name("certificate.pem")
MAIN = "from chargehand.cli.main import main; main()"
_FOREIGN = re.compile("(CI|GITHUB|GITLAB|GIT|CHARGEHAND|ANTHROPIC|PRE_COMMIT|BUILD)(_.*)?")
_SIGNS = {
    part.split("=")[0] for each in PLATFORMS for sign in each.signs for part in sign.split("&")
}  # such as NAME, NAME=value or NAME&OTHER


@final
class Running:
    """A command that runs in a process of its own; with the block it is over."""

    def __init__(self, wanted: Wanted, stdin: str) -> None:
        pipes = [os.pipe() for _ in range(3)]
        (read_stdin, write_stdin), (read_stdout, write_stdout), (read_stderr, write_stderr) = pipes
        theirs = (read_stdin, write_stdout, write_stderr)
        self._fork = Fork(wanted, theirs)
        for file in theirs:
            os.close(file)
        self._threads = ThreadPoolExecutor(4)
        self._threads.submit(_write, write_stdin, stdin)
        self._printed = [self._threads.submit(_read, file) for file in (read_stdout, read_stderr)]
        self._code = self._threads.submit(self._fork.wait)

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        if not self.is_over():
            self.send_signal(signal.SIGKILL)  # after a failure: nobody waits for what may hang
        self._threads.shutdown()

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        os.kill(self._fork.pid, number)

    def is_over(self) -> bool:
        """Return whether the process has ended."""
        return self._code.done()

    def ended(self) -> CompletedProcess[str]:
        """Wait for the end, and return the exit code and what was printed."""
        return CompletedProcess((), self._code.result(), *(each.result() for each in self._printed))


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
    return Running(Wanted(program, [str(argument) for argument in arguments], cwd, dict(env)), stdin)


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


def _write(file: int, text: str) -> None:
    with suppress(BrokenPipeError), os.fdopen(file, "w", encoding="utf-8") as stream:
        stream.write(text)


def _read(file: int) -> str:
    with os.fdopen(file, encoding="utf-8") as stream:
        return stream.read()
