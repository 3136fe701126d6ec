"""Runs programs in forks of one process that has imported what they need, for all processes of the tests.

Who wants a run connects, sends its standard input, output and error and what is `Wanted`, and is sent the
process id once it runs, and the exit code once it has ended. `__main__` is the process.
"""

import atexit
import os
import pickle
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, final

from tests.folders import lasting_folder

ADDRESS = "TESTS_FORKS"  # the variable by which a process of pytest tells the others
NUMBER = struct.Struct("i")
FILES = 3
_ROOT = Path(__file__).parents[2]
_given = os.environ.pop(ADDRESS, None)  # it is nothing that commands should see


class Wanted(NamedTuple):
    """A program, and what it finds: its arguments, its folder and its environment."""

    program: str
    words: Sequence[str]
    cwd: Path
    environ: Mapping[str, str]


@final
class Fork:
    """A run that has begun; `pid` is its process."""

    def __init__(self, wanted: Wanted, files: Sequence[int]) -> None:
        self._process = socket.socket(socket.AF_UNIX)
        self._process.connect(address())
        socket.send_fds(self._process, [b"."], files)
        self._process.sendall(pickle.dumps(wanted))
        self._process.shutdown(socket.SHUT_WR)
        self.pid = self._number()

    def wait(self) -> int:
        """Return the exit code, or the number of the signal that ended it below zero."""
        with self._process:
            return self._number()

    def _number(self) -> int:
        (number,) = NUMBER.unpack(self._process.recv(NUMBER.size, socket.MSG_WAITALL))
        return int(number)


@cache
def address() -> str:
    """Return where the process listens, which is started for it if nobody has told."""
    return _given or start()


def start() -> str:
    """Start the process, which ends with this one, and return where it listens."""
    path = str(lasting_folder() / "forks")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(128)
        number = listener.fileno()
        command = [sys.executable, "-m", "tests.forks", str(number)]
        started = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, pass_fds=[number])
    atexit.register(started.communicate)  # the end of its input is its own end
    return path
