"""Each command is a module and a row."""

from pathlib import Path

import pytest

from chargehand.cli import commands
from chargehand.cli.main import commands as command_line


def test_every_module_has_its_row_and_every_row_its_module() -> None:
    modules = {path.stem for path in Path(commands.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(commands.COMMANDS) == modules
    assert {commands.command(name).name for name in commands.COMMANDS} == modules


def test_without_a_command_the_help_is_shown_and_nothing_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main([], prog_name="chargehand", standalone_mode=False) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert all(name in shown.err for name in command_line.commands)
