"""`chargehand parity judge`: the model that rates findings."""

from decimal import Decimal
from pathlib import Path

import click

from chargehand.cli.options import QUIET, usd
from chargehand.cli.parity.options import CONFIG, FOLDER, OUTPUTS, place_of
from chargehand.core import exit_codes


@click.command()
@FOLDER
@click.option("--model", metavar="MODEL", help="Who judges; without it the strongest model of the baseline.")
@click.option("--max-spend", metavar="USD", required=True, callback=usd, help="Hard cap for all of it.")
@OUTPUTS
@CONFIG
@QUIET
def judge(
    folder: Path, *, model: str | None, max_spend: Decimal, outputs: int, config: Path | None, quiet: bool
) -> int:
    """Have a model say, twice, what findings are worth, without being told whose they are.

    What it said is kept in FOLDER, and counts in `parity score`. A later start goes on.
    """
    from chargehand.parity.rating import ask_judge
    from chargehand.parity.trial.folder import Folder

    place = place_of(quiet=quiet)
    why = ask_judge(Folder(folder), model, max_spend, outputs, config, place)
    if not why:
        return exit_codes.PASSED
    place.say(f"Not complete: {why}. Start it again to go on.")
    return exit_codes.INTERRUPTED if place.cancellation.is_interrupted else exit_codes.INCOMPLETE
