"""`chargehand parity run`: which fleets review which changes, for how much."""

from decimal import Decimal
from pathlib import Path

import click

from chargehand.cli.options import PATH, QUIET, usd
from chargehand.cli.parity.options import CONFIG, place_of
from chargehand.core import exit_codes


@click.command()
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
@CONFIG
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
    place = place_of(quiet=quiet)
    ended = start(wanted, Folder(into), place)
    if ended is None:
        place.say("Nothing was spent. Give --max-spend to run it.")
        return exit_codes.PASSED
    place.say(f"{ended.done:,} of {ended.wanted:,} reviews are in {into}")
    if ended.done == ended.wanted:
        return exit_codes.PASSED
    why = (ended.why or "some reviews were not complete").rstrip(".")
    place.say(f"Not complete: {why}. Start it again to go on.")
    return exit_codes.INTERRUPTED if place.cancellation.is_interrupted else exit_codes.INCOMPLETE
