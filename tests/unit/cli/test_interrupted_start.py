import subprocess
import sys

import pytest

# What a library does with Ctrl-C while it is being imported: an error of its own.
START = """
import os, signal, sys
from chargehand.cli import main

@main.commands.command()
def start():
    try:
        {event}
    except BaseException as error:
        raise ValueError("no schema") from error

sys.argv = ["chargehand", "start"]
main.main()
"""


@pytest.mark.parametrize(
    ("event", "code", "said"),
    [
        ("os.kill(os.getpid(), signal.SIGTERM)", 130, "chargehand: interrupted; nothing was reviewed\n"),
        ("raise OSError", 3, "chargehand: internal error"),
    ],
)
def test_an_error_that_a_library_makes_of_an_interrupt_is_one(event: str, code: int, said: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", START.format(event=event)], capture_output=True, check=False, text=True
    )
    assert ended.returncode == code
    assert ended.stderr.startswith(said)
