"""What the help says of variables, and what shells are told for completion."""

import json
from pathlib import Path

import click
import pytest

from chargehand.cli.commands import command
from chargehand.cli.main import commands
from chargehand.cli.setting import Setting
from chargehand.config import VARIABLES
from tests.command import chargehand, plain_environment

DOCUMENT = Path(__file__).parents[3] / "docs/terminal.md"


def help_of(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    commands.main([*arguments], prog_name="chargehand", standalone_mode=False)
    return capsys.readouterr().out


def test_both_options_show_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert help_of("-V", capsys=capsys) == help_of("--version", capsys=capsys)


def test_an_option_that_is_a_setting_names_its_variable(capsys: pytest.CaptureFixture[str]) -> None:
    review = command("review")
    named = {each.variable for each in review.params if isinstance(each, Setting)}
    options = {
        f"CHARGEHAND_{(each.name or '').upper()}" for each in review.params if isinstance(each, click.Option)
    }
    assert named == options & VARIABLES.keys()
    shown = help_of("review", "--help", capsys=capsys)
    assert [name for name in named if f"[{name}]" not in shown] == []
    assert "ANTHROPIC_API_KEY" in help_of("--help", capsys=capsys)


def test_the_arithmetic_of_fleets_is_there_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(help_of("fleet", "4", "--json", capsys=capsys))
    [fleet] = told["fleets"]
    assert fleet["all_orchestrator_usd"] == "25.000"
    assert [(mix["cost_usd"], mix["saved_percent"]) for mix in fleet["mixes"]] == [
        ("9.000", "64.00"),
        ("17.000", "32.00"),
    ]
    unknown = json.loads(help_of("fleet", "4", "--worker=x", "--json", capsys=capsys))
    assert unknown["fleets"][0]["mixes"][0]["cost_usd"] is None


def test_shells_are_told_how_to_complete(tmp_path: Path) -> None:
    page = DOCUMENT.read_text("utf-8")
    assert all(f"_CHARGEHAND_COMPLETE={shell}_source chargehand" in page for shell in ("bash", "zsh", "fish"))
    asked = {"_CHARGEHAND_COMPLETE": "fish_complete", "COMP_WORDS": "chargehand re", "COMP_CWORD": "re"}
    done = chargehand(cwd=tmp_path, env=plain_environment() | asked)
    assert done.stdout.startswith("plain,review")
    assert (done.returncode, done.stderr) == (0, "")
