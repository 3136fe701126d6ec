"""The wheel, installed by pip where nothing else is."""

import subprocess
import sys
from pathlib import Path

import pytest

from chargehand import __version__


@pytest.fixture
def command(wheel: Path, tmp_path: Path, environment: dict[str, str]) -> Path:
    """Return the command in an environment of its own."""
    venv = (sys.executable, "-I", "-m", "venv", tmp_path / "venv")
    subprocess.run(venv, env=environment, check=True)
    pip = (tmp_path / "venv/bin/python", "-I", "-m", "pip", "install", "--quiet", wheel)
    subprocess.run(pip, env=environment, check=True)
    return tmp_path / "venv/bin/chargehand"


def test_the_wheel_holds_all_that_the_command_needs(
    command: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    def said(*arguments: str) -> str:
        done = subprocess.run(
            [command, *arguments], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    assert __version__ in said("--version")
    assert "Scripted" in said("demo", "--markdown=-")
