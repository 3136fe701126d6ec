"""The options that several commands share, and the values that they take."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from chargehand.cli.setting import Setting
from chargehand.reports import FORMATS, Format

if TYPE_CHECKING:
    from chargehand.app.outputs import Outputs
    from chargehand.change import Selection

Command = TypeVar("Command", bound=Callable[..., Any])  # Any: click passes what the options say


class _FileName(click.Path):
    """A path that is opened; `-`, a stream in other options, would become a file of that name."""

    def convert(
        self, value: "str | os.PathLike[str]", param: click.Parameter | None, ctx: click.Context | None
    ) -> "str | bytes | os.PathLike[str]":
        """Return the path; BadParameter for `-`."""
        if os.fspath(value) == "-":
            self.fail("'-' is not a file here: give a path, because it is more than one stream", param, ctx)
        return super().convert(value, param, ctx)


PATH = _FileName(path_type=Path)
DEPTHS = click.Choice(("quick", "standard", "deep"))
SEVERITIES = click.Choice(("critical", "high", "medium", "low", "never"))
REQUEST = click.option(
    "--request",
    metavar="NUMBER",
    type=click.IntRange(1),
    help="The pull or merge request; without it the one that the CI job is about.",
)
QUIET = click.option("-q", "--quiet", is_flag=True, help="Print nothing about the run but errors.")
BATCH_STATE = Path("chargehand-batch.json")
SELECTING = ("diff", "staged", "base", "head", "since", "hook", "strip")


def selecting(command: Command) -> Command:
    """Add the argument and the options that say which change is meant, and with which settings."""
    options = [
        click.argument("diff", required=False, metavar="[DIFF]", nargs=-1),
        click.option("--staged", is_flag=True, help="What is staged for commit."),
        click.option("--base", metavar="REF", help="The commits since this revision's merge base."),
        click.option("--head", metavar="REF", help="Up to this revision (default: HEAD)."),
        click.option("--since", metavar="REV|DATE", help="What came in since: v1.2.0, 2026-01-31, 2.days."),
        click.option(
            "-p",
            "--strip",
            metavar="N",
            type=click.IntRange(0, 99),
            help="Take N leading parts off each path of DIFF, as patch does (default: what DIFF shows).",
        ),
        click.option("--hook", is_flag=True, hidden=True),  # for .pre-commit-hooks.yaml; DIFF is file names
        click.option("--fleet", cls=Setting, metavar="NAME", help="Which models: 5 (default) or 4."),
        click.option(
            "--depth",
            cls=Setting,
            type=DEPTHS,
            help="All lenses in one call, each in its own (default), or each three times.",
        ),
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


def selection(
    *,
    diff: tuple[str, ...],
    staged: bool,
    base: str | None,
    head: str | None,
    since: str | None,
    hook: bool,
    strip: int | None,
) -> "Selection":
    """Return which change the options mean; UsageError if they mean two."""
    from chargehand.change import Automatic, FromFile, FromStdin, Hook, Range, Since, Staged

    is_range = base is not None or (head is not None and since is None)
    if sum((bool(diff) and not hook, staged, is_range, since is not None, hook)) > 1:
        raise click.UsageError("DIFF, --staged, --since and --base/--head exclude each other")
    if hook:
        return Hook(files=diff)
    if diff:
        given = _given(diff)
        if strip is None:
            return given
        if isinstance(given, FromFile | FromStdin):
            return given.evolve(strip=strip)
    if strip is not None:
        raise click.UsageError("-p is about the paths of a DIFF that is given: a file, or -")
    if staged:
        return Staged()
    if since is not None:
        return Since(since=since, head=head)
    return Range(base=base, head=head) if is_range else Automatic()


def _given(arguments: tuple[str, ...]) -> "Selection":
    """Return the diff that is given, or the range `A..B`, unless there is a file of that name."""
    from chargehand.change import FromFile, FromStdin
    from chargehand.change.selection import range_in

    if len(arguments) > 1:
        raise click.UsageError(
            "only one DIFF can be given: a file, - or a range such as main..HEAD. Two "
            "commits are named with --base and --head"
        )
    text = arguments[0]
    if text == "-":
        return FromStdin()
    found = range_in(text)
    is_file = os.path.exists(text)  # noqa: PTH110 - a range may be too long for a name, which Path raises of
    return FromFile(path=Path(text)) if found is None or is_file else found


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
