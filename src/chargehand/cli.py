"""The commands: flags become settings, results are printed, and every error ends here."""

import os
import signal
import sys
import traceback
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from chargehand import __version__
from chargehand.brake import INTERRUPTED, Brake
from chargehand.errors import ChargehandError, InputError
from chargehand.options import PATH, QUIET, SELECTING, SEVERITIES, reporting, selecting, usd

# Start-up time: the commands import what they need when they run, so --help and --version stay instant.
if TYPE_CHECKING:
    from chargehand.git import Selection
    from chargehand.job import Job
    from chargehand.outputs import Outputs
    from chargehand.progress import Progress

FLAGS = ("fleet", "fail_on", "max_spend", "fail_spend", "on_incomplete", "threads", "deadline")
INPUT_ERROR, INTERNAL_ERROR = 2, 3
BATCH_STATE = Path("chargehand-batch.json")
INTERRUPTED_CODE = 130
ISSUES = "https://github.com/chargehand/chargehand/issues"


def main() -> NoReturn:
    """Run the command line and exit with the code that the contract names."""
    brake = Brake()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, partial(_interrupt, brake))
    is_verbose = "-vv" in sys.argv or sys.argv.count("-v") + sys.argv.count("--verbose") > 1
    try:
        code = commands.main(prog_name="chargehand", standalone_mode=False, obj=brake)
    except (click.exceptions.Abort, KeyboardInterrupt):
        _complain("interrupted; nothing was reviewed")
        code = INTERRUPTED_CODE
    except click.ClickException as error:
        error.show()
        code = INPUT_ERROR
    except ChargehandError as error:
        _complain(str(error))
        code = INPUT_ERROR if isinstance(error, InputError) else INTERNAL_ERROR
    except Exception as error:  # noqa: BLE001 - the one boundary: no traceback reaches a user unasked
        _complain(
            f"internal error, the review is not complete: {type(error).__name__}: {error}. "
            f"Run again with -vv for the traceback, and report it at {ISSUES}"
        )
        code = INTERNAL_ERROR
        if is_verbose:
            traceback.print_exc()
    _leave(code if isinstance(code, int) else 0)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="chargehand")
def commands() -> None:
    """Review code with a crew of Claude models, with the bill on the page.

    Exit codes: 0 passed, 1 blocked by findings, 2 usage or unreadable input (nothing was reviewed),
    3 incomplete, 4 over budget, 130 interrupted.
    """


@commands.command()
@selecting
@click.option("--offline", is_flag=True, help="Run the free checks only; no model looks.")
@click.option("--record", metavar="FILE", type=PATH, help="Write every model reply to FILE.")
@click.option(
    "--replay", metavar="FILE", type=PATH, help="Take the model replies from FILE: no key, no network."
)
@click.option(
    "--cache",
    metavar="DIR",
    type=PATH,
    help="Remember answers in DIR: what an earlier run asked is not paid for again.",
)
@click.option(
    "--state",
    metavar="FILE",
    type=PATH,
    help="Keep in FILE what the pull request, or branch, has cost; pr_budget needs it.",
)
@click.option("--batch", is_flag=True, help="Have the workers answer as a batch: half price, within a day.")
@click.option(
    "--batch-state",
    metavar="FILE",
    type=PATH,
    help="Where a batch is noted that another run can pick up (default: chargehand-batch.json).",
)
@click.option("--fail-on", type=SEVERITIES, help="Lowest severity that fails (default: high).")
@click.option("--max-spend", metavar="USD", help="Hard cap: no call is sent that could pass it.")
@click.option("--fail-spend", metavar="USD", help="Fail when the bill passes this.")
@click.option("--on-incomplete", type=click.Choice(("fail", "warn")), help="When not all was looked at.")
@click.option("--threads", metavar="N", help="Calls at a time (default: 8).")
@click.option("--deadline", metavar="SECONDS", help="Report what is finished by then (default: no deadline).")
@reporting
def review(
    *,
    offline: bool,
    record: Path | None,
    replay: Path | None,
    cache: Path | None,
    state: Path | None,
    batch: bool,
    batch_state: Path | None,
    **options: Any,  # Any: what the decorators and the settings add, told apart below
) -> int:
    """Review a change.

    DIFF is a file or - for standard input. Without it the change comes from git: what is staged, a
    range, the pull or merge request of the CI job, or this branch's commits against the default branch.
    Findings go to standard output, everything about the run to standard error.
    """
    from chargehand.job import Job

    if sum(map(bool, (offline, record, replay))) > 1:
        raise click.UsageError("--offline, --record and --replay exclude each other")
    if cache and replay:
        raise click.UsageError("--cache is for answers of models: it does not go with --replay")
    if state and (offline or replay):
        raise click.UsageError("--state counts what is paid: it does not go with --offline or --replay")
    if batch and (offline or record or replay):
        raise click.UsageError("--batch does not go with --offline, --record or --replay")
    if batch_state and not batch:
        raise click.UsageError("--batch-state is where --batch notes its batch: it needs --batch")
    job = Job(
        selection=_selection(**{name: options[name] for name in SELECTING}),
        flags={name: options[name] for name in FLAGS},
        config=options["config"],
        is_offline=offline,
        record=record,
        replay=replay,
        cache=cache,
        state=state,
        batch=batch_state or BATCH_STATE if batch else None,
        outputs=_outputs(options),
    )
    return _run(job, options)


@commands.command()
@selecting
@click.option("--exact", is_flag=True, help="Have the provider count the tokens: free, but it takes a key.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@QUIET
def estimate(*, exact: bool, as_json: bool, quiet: bool, **options: Any) -> int:  # Any: the selecting options
    """Tell what a review would cost, before anything is spent: low, expected and high.

    The change is found as `review` finds it, and the cost is that of each fleet, the configured one first.
    No model is asked.
    """
    from chargehand import app
    from chargehand.estimate_table import estimate_json, estimate_table
    from chargehand.job import Job

    job = Job(
        selection=_selection(**{name: options[name] for name in SELECTING}),
        flags={"fleet": options["fleet"]},
        config=options["config"],
        outputs=_outputs({}),
    )
    told = app.estimate(job, cwd=Path.cwd(), environ=os.environ, is_exact=exact)
    for notice in told.notices:
        _progress(-1 if quiet else 0).say(notice)
    click.echo(estimate_json(told) if as_json else estimate_table(told), nl=False)
    return 0


@commands.command()
@reporting
def demo(**options: Any) -> int:  # Any: the reporting options
    """Run the whole pipeline on a packaged change with scripted replies: no key, no network.

    The replies were written by hand; what they would have cost is shown, and nothing is spent.
    The demo ends with the verdict that a real review would end with, but always exits with 0.
    """
    from chargehand.demo import demo_replies
    from chargehand.job import Job

    job = Job(selection=None, flags={}, replay=demo_replies(), outputs=_outputs(options))
    code = _run(job, options)
    click.echo(f"chargehand: a real review of this change would exit with {code}", err=True)
    return 0


@commands.command()
@click.option("--agents", default=5, show_default=True, type=click.IntRange(2), help="Agents in all.")
@click.option("--input-tokens", default=500_000, show_default=True, type=click.IntRange(0), metavar="N")
@click.option("--output-tokens", default=100_000, show_default=True, type=click.IntRange(0), metavar="N")
@click.option("--runs", default=30, show_default=True, type=click.IntRange(1), help="Runs a month.")
@click.option("--orchestrator", metavar="MODEL", help="Instead of the fleet's.")
@click.option("--worker", metavar="MODEL", help="Instead of the fleet's.")
@click.option("--escalation", metavar="MODEL", help="Instead of the fleet's.")
@click.argument("names", nargs=-1, metavar="[FLEET]...")
def fleet(
    names: tuple[str, ...],
    *,
    agents: int,
    input_tokens: int,
    output_tokens: int,
    runs: int,
    **models: str | None,
) -> int:
    """Print the arithmetic of fleets: what agents cost all strong, or one strong and the others cheap."""
    from chargehand.fleet_table import fleet_table
    from chargehand.llm.arithmetic import Workload

    work = Workload(agents=agents, input_tokens=input_tokens, output_tokens=output_tokens, runs_a_month=runs)
    click.echo(fleet_table(names, models, work), nl=False)
    return 0


@commands.command()
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...", type=PATH)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--html", metavar="PATH", type=PATH, help="Write a page with charts.")
@click.option("--reprice", is_flag=True, help="Compute every call again by the prices installed here.")
@click.option("--target-simple", default="0.01", show_default=True, metavar="USD", callback=usd)
@click.option("--target-complex", default="0.05", show_default=True, metavar="USD", callback=usd)
@click.option(
    "--simple-lines",
    default=100,
    show_default=True,
    metavar="N",
    type=click.IntRange(0),
    help="A run over at most so many changed lines is simple.",
)
def spend(
    reports: tuple[Path, ...],
    *,
    as_json: bool,
    html: Path | None,
    reprice: bool,
    target_simple: Decimal,
    target_complex: Decimal,
    simple_lines: int,
) -> int:
    """Add up what many runs cost: by day, month, repository, model, lens and role.

    REPORT is a JSON report, a folder or a zip archive that holds some. Each run counts once.
    """
    from chargehand.llm.prices import Prices
    from chargehand.reports.write import check_writable, write
    from chargehand.spending import Targets, add_up, document, page, read_runs, table

    targets = Targets(simple_usd=target_simple, complex_usd=target_complex, simple_lines=simple_lines)
    if html:
        check_writable(html, "nothing was added up")
    spending = add_up(read_runs(reports), targets, Prices() if reprice else None)
    if html:
        write(html, page(spending))
    click.echo(document(spending) if as_json else table(spending), nl=False)
    return 0


def _selection(*, diff: str | None, staged: bool, base: str | None, head: str | None) -> "Selection":
    from chargehand.git import Automatic, FromFile, FromStdin, Range, Staged

    if sum((diff is not None, staged, base is not None or head is not None)) > 1:
        raise click.UsageError("DIFF, --staged and --base/--head exclude each other")
    if diff is not None:
        return FromStdin() if diff == "-" else FromFile(path=Path(diff))
    if staged:
        return Staged()
    return Range(base=base, head=head) if base is not None or head is not None else Automatic()


def _outputs(options: Mapping[str, Any]) -> "Outputs":  # Any: click's values
    from chargehand.outputs import Outputs

    return Outputs(**{name: options[name] for name in Outputs.model_fields if name in options})


def _run(job: "Job", options: Mapping[str, Any]) -> int:  # Any: click's values
    from chargehand.app import run

    progress = _progress(-1 if options["quiet"] else options["verbose"])
    brake = click.get_current_context().ensure_object(Brake)
    verdict = run(job, cwd=Path.cwd(), environ=os.environ, stdout=sys.stdout, progress=progress, brake=brake)
    return verdict.exit_code


def _progress(verbosity: int) -> "Progress":
    from chargehand.progress import Progress

    is_terminal = sys.stderr.isatty() and not os.environ.get("CI")
    return Progress(sys.stderr, verbosity=verbosity, is_terminal=is_terminal)


def _interrupt(brake: Brake, _number: int, _frame: FrameType | None) -> None:
    """Have the run end with a report, or at once where there is nothing to report or somebody insists."""
    if brake.is_interrupted:
        os._exit(INTERRUPTED_CODE)
    brake.pull(INTERRUPTED)
    if not brake.is_watched:
        raise KeyboardInterrupt


def _complain(sentence: str) -> None:
    from chargehand.untrusted import for_log

    click.echo(f"chargehand: {for_log(sentence)}", err=True)


def _leave(code: int) -> NoReturn:
    """Exit at once: threads whose calls are still in flight must not hold the process back."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
