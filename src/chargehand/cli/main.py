"""The command line: where every error ends, and every signal."""

import atexit
import io
import os
import signal
import sys
import traceback
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

import chargehand
from chargehand import __version__
from chargehand.cli.commands import Commands
from chargehand.cli.slip import report_slip
from chargehand.core import exit_codes
from chargehand.core.cancellation import INTERRUPTED, Cancellation
from chargehand.core.errors import ChargehandError, InputError

SECRETS = (
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_FOUNDRY_API_KEY",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "CHARGEHAND_GITLAB_TOKEN",
    "GITLAB_TOKEN",
)
# What the environment sets beside the variables that the commands' own options name.
VARIABLES = """\b
Variables:
  ANTHROPIC_API_KEY            Signs in; docs/clouds.md has the variables of other clouds.
  ANTHROPIC_BASE_URL           Another address of the Messages API, such as a gateway's.
  CHARGEHAND_...               A setting: docs/configuration.md lists them.
  CHARGEHAND_CACHE_SECRET      Seals --cache and --state in CI.
  GITHUB_TOKEN, GITLAB_TOKEN   Posts; CHARGEHAND_GITLAB_TOKEN comes before the latter.
  HTTPS_PROXY, NO_PROXY        The proxy on the way to the provider.
  SSL_CERT_FILE, SSL_CERT_DIR  Whose certificates are trusted.
  NO_COLOR, FORCE_COLOR        No colours; colours where there is no terminal.
  FORCE_HYPERLINK              1: links on any terminal; 0: none.
  COLUMNS                      How wide lines are.
"""
PACKAGE = Path(chargehand.__file__).parent
ISSUES = "https://github.com/chargehand/chargehand/issues"


def main() -> NoReturn:
    """Run the command line and exit with the code that the contract names."""
    cancellation = Cancellation()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, partial(_interrupt, cancellation))
    is_verbose = "-vv" in sys.argv or sys.argv.count("-v") + sys.argv.count("--verbose") > 1
    try:
        code = commands.main(prog_name="chargehand", standalone_mode=False, obj=cancellation)
    except (click.exceptions.Abort, KeyboardInterrupt):
        code = _nothing_reviewed()
    except click.ClickException as error:
        _show(error)
        report_slip(sys.argv[1:], error)
        code = exit_codes.INPUT_ERROR
    except ChargehandError as error:
        _complain(str(error))
        code = exit_codes.INPUT_ERROR if isinstance(error, InputError) else exit_codes.INTERNAL_ERROR
    except Exception as error:  # noqa: BLE001 - the one boundary: no traceback reaches a user unasked
        # Some libraries make an error of their own of a KeyboardInterrupt, such as pydantic of a schema.
        is_interrupted = cancellation.is_interrupted and not cancellation.is_cooperative
        code = _nothing_reviewed() if is_interrupted else _internal_error(error, is_verbose=is_verbose)
    _leave(code if isinstance(code, int) else 0)


# Without a command, click exits with 0 or with 2, by its version.
@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=VARIABLES,
)
@click.version_option(__version__, "-V", "--version", prog_name="chargehand")
@click.pass_context
def commands(context: click.Context) -> None:
    """Review code with a crew of Claude models, with the bill on the page.

    Exit codes: 0 passed, 1 blocked by findings, 2 usage or unreadable input (nothing was reviewed),
    3 incomplete, 4 over budget, 130 interrupted.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(exit_codes.INPUT_ERROR)


def _interrupt(cancellation: Cancellation, _number: int, _frame: FrameType | None) -> None:
    """Have the run end with a report, or at once if there is nothing to report or the signal comes again.

    Two signals within a second are one: `timeout` sends one to its child, and then to the group it is in.
    """
    if cancellation.has_just_been_interrupted:
        return
    if cancellation.is_interrupted:
        os._exit(exit_codes.INTERRUPTED)
    cancellation.cancel(INTERRUPTED)
    if not cancellation.is_cooperative:
        raise KeyboardInterrupt


def _nothing_reviewed() -> int:
    _complain("interrupted; nothing was reviewed")
    return exit_codes.INTERRUPTED


def _internal_error(error: Exception, *, is_verbose: bool) -> int:
    _complain(
        f"internal error, the review is not complete: {type(error).__name__} at {_place(error)}. "
        f"Run again with -vv for the traceback, which may quote the change, and report it at {ISSUES}"
    )
    if is_verbose:
        _complain(_without_secrets("".join(traceback.format_exception(error))))
    return exit_codes.INTERNAL_ERROR


def _show(error: click.ClickException) -> None:
    """Print what click says of a slip, which quotes the arguments: a CI job may take one from the change."""
    said = io.StringIO()
    error.show(file=said)
    click.echo(_shown(said.getvalue()), nl=False, err=True)


def _complain(sentence: str) -> None:
    click.echo(f"chargehand: {_shown(sentence)}", err=True)


def _shown(text: str) -> str:
    """Return what is printed of an error: it may quote a setting, an argument or a line that is a secret."""
    from chargehand.checks.secrets.texts import masked_text
    from chargehand.core.escaping import for_log

    return for_log(masked_text(text))


def _place(error: Exception) -> str:
    """Return the last place of ours that `error` passed; its own words may hold what is reviewed."""
    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    path, line = [frame for frame in frames if frame[0].is_relative_to(PACKAGE)][-1]
    return f"{path.relative_to(PACKAGE.parent).as_posix()}:{line}"


def _without_secrets(text: str) -> str:
    for name in SECRETS:
        text = text.replace(os.environ.get(name) or "\0", f"${name}")
    return text


def _leave(code: int) -> NoReturn:
    """Exit at once: threads whose calls are still in flight must not hold the process back.

    What is registered for the exit is done all the same: traces that wait to be sent are sent by it.
    """
    atexit._run_exitfuncs()  # noqa: SLF001 - it has no public name, and os._exit leaves it out
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
