"""Decides how many processes share the tests, and what they see of the environment that starts them."""

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from tests import forks
from tests.command import is_foreign
from tests.folders import keep_folders_in_memory

gc.disable()  # until all tests are found: next to nothing of what that makes is garbage

# What fails is shown as it was found: to shrink it may take minutes, and so end its process as if it hung.
settings.register_profile("unshrunk", phases=[phase for phase in Phase if phase is not Phase.shrink])
settings.register_profile("shrunk")
settings.load_profile("unshrunk")

# Many tests start the command. With this variable set, each of them would compile the whole package again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

keep_folders_in_memory()

# What the tests find must not depend on the CI job, if there is one, that runs them.
for name in [*filter(is_foreign, os.environ)]:
    del os.environ[name]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return a process for each processor and two more, but no further one for files that are named."""
    if not all(Path(argument).is_dir() for argument in config.args):
        return 0  # another process takes longer to start than most files need
    return (os.cpu_count() or 1) + 2  # many tests wait for a server or a command


def pytest_configure(config: pytest.Config) -> None:
    """Start the process that forks ahead of those that share the tests, so that they share it, too."""
    if config.getoption("numprocesses", None) and sys.platform != "win32":
        os.environ[forks.ADDRESS] = forks.start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin both halves with tests that wait, so that the others fill their time and none comes last.

    Each process begins with its part of the list, and takes of the others' parts when it has done its own.
    """
    waiting = [item for item in items if item.get_closest_marker("waits")]
    others = [item for item in items if not item.get_closest_marker("waits")]
    half = len(others) // 2
    items[:] = [*waiting[::2], *others[:half], *waiting[1::2], *others[half:]]


def pytest_collection_finish() -> None:
    """Set aside what is there by now, so that nobody looks through it for garbage."""
    gc.freeze()
    gc.enable()
