"""The options that several commands share, and the values that they take."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from chargehand.reports import FORMATS, Format

if TYPE_CHECKING:
    from chargehand.app.outputs import Outputs
    from chargehand.change import Selection

Command = TypeVar("Command", bound=Callable[..., Any])  # Any: click passes what the options say

PATH = click.Path(path_type=Path)
SEVERITIES = click.Choice(("critical", "high", "medium", "low", "never"))
QUIET = click.option("-q", "--quiet", is_flag=True, help="Print nothing about the run but errors.")
BATCH_STATE = Path("chargehand-batch.json")
SELECTING = ("diff", "staged", "base", "head")


def selecting(command: Command) -> Command:
    """Add the argument and the options that say which change is meant, and with which settings."""
    options = [
        click.argument("diff", required=False, metavar="[DIFF]"),
        click.option("--staged", is_flag=True, help="What is staged for commit."),
        click.option("--base", metavar="REF", help="The commits since this revision's merge base."),
        click.option("--head", metavar="REF", help="Up to this revision (default: HEAD)."),
        click.option("--fleet", metavar="NAME", help="Which models: 5 (default) or 4."),
        click.option("--config", metavar="PATH", type=PATH, help="Read this configuration file."),
    ]
    return _with(options, command)


def reporting(command: Command) -> Command:
    """Add the options that say which reports are written, and how much is printed."""
    options = [
        *map(_report_option, FORMATS),
        click.option("-v", "--verbose", count=True, help="Print each call; -vv: tracebacks too."),
        QUIET,
    ]
    return _with(options, command)


def selection(*, diff: str | None, staged: bool, base: str | None, head: str | None) -> "Selection":
    """Return which change the options mean; UsageError where they mean two."""
    from chargehand.change import Automatic, FromFile, FromStdin, Range, Staged

    if sum((diff is not None, staged, base is not None or head is not None)) > 1:
        raise click.UsageError("DIFF, --staged and --base/--head exclude each other")
    if diff is not None:
        return FromStdin() if diff == "-" else FromFile(path=Path(diff))
    if staged:
        return Staged()
    return Range(base=base, head=head) if base is not None or head is not None else Automatic()


def outputs(options: Mapping[str, Any]) -> "Outputs":  # Any: click's values
    """Return where the reports go; a format that is only ever printed goes to standard output."""
    from chargehand.app.outputs import STDOUT, Outputs

    given = {each: options.get(each.name) for each in FORMATS}
    return Outputs(
        paths={each.name: STDOUT if each.is_printed else path for each, path in given.items() if path}
    )


def usd(_context: click.Context, _option: click.Parameter, text: str) -> Decimal:
    """Return the amount that an option gives in US dollars."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        raise click.BadParameter("should be an amount in US dollars, such as 0.05")
    return Decimal(text)


def _report_option(report: Format) -> Callable[[Command], Command]:
    if report.is_printed:
        return click.option(f"--{report.name}", is_flag=True, help=report.help)
    return click.option(f"--{report.name}", metavar="PATH", help=report.help)


def _with(options: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    """Add the options so that the help lists them in this order."""
    for option in reversed(options):
        command = option(command)
    return command
