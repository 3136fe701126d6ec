"""The process that forks: `python -m tests.forks NUMBER`, where NUMBER is a socket that listens."""

import os
import pickle
import selectors
import signal
import socket
import sys
import traceback
from typing import NoReturn

from tests.forks import FILES, NUMBER, Wanted, prepared


def serve(listener: socket.socket) -> None:
    """Fork for whoever connects, and tell how each run ended, until standard input ends."""
    told, ended = socket.socketpair()
    ended.setblocking(False)
    signal.set_wakeup_fd(ended.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is pytest's
    runs: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as events:
        for source in (listener, told, sys.stdin):
            events.register(source, selectors.EVENT_READ)
        while True:
            ready = [key.fileobj for key, _ in events.select()]
            if sys.stdin in ready:
                return
            if listener in ready:
                connection, _ = listener.accept()
                runs[_fork(connection)] = connection
            if told in ready:
                told.recv(4096)
                _tell(runs)


def _fork(connection: socket.socket) -> int:
    """Start the run that somebody wants, say which process it is, and return that."""
    _, files, _, _ = socket.recv_fds(connection, 1, FILES)
    with connection.makefile("rb") as stream:
        wanted = pickle.load(stream)  # noqa: S301 - a test wrote it
    if not (pid := os.fork()):
        _run(wanted, files)
    for number in files:
        os.close(number)
    connection.sendall(NUMBER.pack(pid))
    return pid


def _tell(runs: dict[int, socket.socket]) -> None:
    """Say of each run that has ended how it did."""
    for pid, connection in [*runs.items()]:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            with runs.pop(pid):
                connection.sendall(NUMBER.pack(os.waitstatus_to_exitcode(status)))


def _run(wanted: Wanted, files: list[int]) -> NoReturn:
    """Run the program as the interpreter would that was started for it."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(wanted.cwd)
    os.environ.clear()
    os.environ.update(wanted.environ)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8") for number, mode in enumerate("rww")
    )
    sys.argv = ["-c", *wanted.words]
    code = 1
    try:
        exec(wanted.program, {"__name__": "__main__"})  # noqa: S102 - as above
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


prepared.prepare()
with socket.socket(fileno=int(sys.argv[1])) as _listener:
    serve(_listener)
