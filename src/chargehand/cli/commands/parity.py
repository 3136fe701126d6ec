"""`chargehand parity`: whether the cheap fleet finds what the strong model would."""

import os
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chargehand.cli.options import PATH, QUIET, usd
from chargehand.cli.running import progress, working_folder
from chargehand.core import exit_codes

if TYPE_CHECKING:
    from chargehand.parity.trial.running import Place

_KINDS = ("planted", "reversed", "merged")


@click.group()
def parity() -> None:
    """Compare fleets by what they find: in your own history, or in golden findings.

    The steps: `sample` cuts changes, `run` has two fleets review them, `score` says what they differ by.
    """


@parity.command()
@click.argument("revision", default="HEAD", metavar="[REV]")
@click.option(
    "--into", metavar="FILE", type=PATH, required=True, help="Write the sample here, as JSON Lines."
)
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(_KINDS),
    multiple=True,
    help="planted: defects in the lines that changes added (default); reversed: bug fixes backwards; merged: "
    "changes as they were. Can be given more than once.",
)
@click.option("-n", "--number", default=100, show_default=True, type=click.IntRange(1, 10_000), metavar="N")
@click.option(
    "--commits",
    default=2_000,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="Look back so far.",
)
@click.option("--seed", default=1, show_default=True, metavar="N", help="Cut another sample.")
@click.option("--config", metavar="PATH", type=PATH, help="Read this configuration file.")
def sample(
    revision: str,
    *,
    into: Path,
    kinds: tuple[str, ...],
    number: int,
    commits: int,
    seed: int,
    config: Path | None,
) -> int:
    """Cut a sample from the history of this repository, up to REV. No model is asked.

    It is masked as what models read is: no secret of the history gets into the file.
    """
    from chargehand.change import NoRepository, find_repository
    from chargehand.core.counting import count
    from chargehand.core.errors import InputError
    from chargehand.parity.configured import configured
    from chargehand.parity.sample.cut import Wanted, cut
    from chargehand.parity.sample.file import as_lines
    from chargehand.reports.write import check_writable, write

    checkout = find_repository(working_folder(), os.environ)
    if isinstance(checkout, NoRepository):
        raise InputError("No sample was cut: there is no repository here, and a sample is cut from history.")
    check_writable(into, "No sample was cut")
    wanted = Wanted.model_validate(
        {
            "number": number,
            "kinds": kinds or _KINDS[:1],
            "revision": revision,
            "commits": commits,
            "seed": seed,
        }
    )
    cases = cut(checkout, configured(checkout, config, os.environ, {}), wanted)
    write(into, as_lines(cases))
    by_kind = ", ".join(f"{sum(each.kind == kind for each in cases):,} {kind}" for kind in wanted.kinds)
    click.echo(f"{into}: {count(len(cases), 'change')} ({by_kind})")
    return 0


@parity.command()
@click.argument("sample", metavar="SAMPLE", type=PATH)
@click.option(
    "--into", metavar="FOLDER", type=PATH, required=True, help="Keep the reviews here, and go on there."
)
@click.option(
    "--fleet",
    "fleets",
    multiple=True,
    metavar="FLEET",
    help="Compare this one: tiered (what is configured; default), a built-in fleet, or models by role, "
    "such as tiered,worker=MODEL. Can be given more than once.",
)
@click.option(
    "--against",
    default="orchestrator",
    show_default=True,
    metavar="FLEET",
    help="With this one: orchestrator has the strongest model of the fleet do everything.",
)
@click.option("--repeats", default=1, show_default=True, type=click.IntRange(1, 100), metavar="N")
@click.option(
    "--preset",
    type=click.Choice(("tasks", "outputs")),
    help="tasks: changes with 100 tasks for workers; outputs: 50 changes. Without it, all of SAMPLE.",
)
@click.option(
    "--max-spend",
    metavar="USD",
    callback=lambda context, option, text: text and usd(context, option, text),
    help="Hard cap for all of it. Without it, what it would cost is said, and nothing is spent.",
)
@click.option("--batch", is_flag=True, help="Have the workers answer in batches: half price, within a day.")
@click.option("--config", metavar="PATH", type=PATH, help="Read this configuration file.")
@QUIET
def run(
    sample: Path,
    *,
    into: Path,
    fleets: tuple[str, ...],
    against: str,
    repeats: int,
    preset: str | None,
    max_spend: Decimal | None,
    batch: bool,
    config: Path | None,
    quiet: bool,
) -> int:
    """Have fleets review the same changes. A run that was stopped goes on where it was.

    SAMPLE is a file of `chargehand parity sample`, or of golden findings in JSON Lines.
    """
    from chargehand.parity.comparing import PRESETS
    from chargehand.parity.start import Wanted, start
    from chargehand.parity.trial.folder import Folder

    wanted = Wanted(
        sample=sample,
        fleets=(against, *(fleets or ("tiered",))),
        repeats=repeats,
        preset=PRESETS[preset] if preset else None,
        cap_usd=max_spend,
        is_batch=batch,
        config=config,
    )
    place = _place(quiet=quiet)
    ended = start(wanted, Folder(into), place)
    if ended is None:
        place.say("Nothing was spent. Give --max-spend to run it.")
        return exit_codes.PASSED
    place.say(f"{ended.done:,} of {ended.wanted:,} reviews are in {into}")
    if ended.done == ended.wanted:
        return exit_codes.PASSED
    place.say(f"Not complete: {ended.why or 'some reviews were not complete'}. Start it again to go on.")
    return exit_codes.INTERRUPTED if place.cancellation.is_interrupted else exit_codes.INCOMPLETE


@parity.command()
@click.argument("folder", metavar="FOLDER", type=PATH)
@click.option(
    "--margin",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0.1, 50),
    metavar="POINTS",
    help="So much worse than the baseline is as good.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def score(folder: Path, *, margin: float, as_json: bool) -> int:
    """Say what the fleets of a comparison found, and whether the cheap one is as good.

    No model is asked. FOLDER is that of `chargehand parity run`.
    """
    from chargehand.parity.comparing import score as scored
    from chargehand.parity.shown.document import document
    from chargehand.parity.shown.table import table
    from chargehand.parity.trial.folder import Folder

    scores = scored(Folder(folder), margin / 100)
    click.echo(document(scores) if as_json else table(scores), nl=False)
    return exit_codes.PASSED


def _place(*, quiet: bool) -> "Place":
    from chargehand.core.cancellation import Cancellation
    from chargehand.parity.trial.running import Place

    cancellation = click.get_current_context().ensure_object(Cancellation)
    cancellation.is_cooperative = True
    shown = progress(-1 if quiet else 0)
    return Place(working_folder(), dict(os.environ), shown.say, cancellation)
