"""The options that several steps of a comparison share, and where one runs."""

import os
from typing import TYPE_CHECKING

import click

from chargehand.cli.options import PATH
from chargehand.cli.running import progress, working_folder

if TYPE_CHECKING:
    from chargehand.parity.trial.running import Place

FOLDER = click.argument("folder", metavar="FOLDER", type=PATH)
CONFIG = click.option("--config", metavar="PATH", type=PATH, help="Read this configuration file.")
MARGIN = click.option(
    "--margin",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0.1, 50),
    metavar="POINTS",
    help="So much worse than the baseline is as good.",
)
OUTPUTS = click.option(
    "--outputs",
    default=50,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="Readers see what each fleet said of so many changes.",
)


def place_of(*, quiet: bool) -> "Place":
    """Return where a comparison runs, and what stops it: after a signal, what ended is kept."""
    from chargehand.core.cancellation import Cancellation
    from chargehand.parity.trial.running import Place

    cancellation = click.get_current_context().ensure_object(Cancellation)
    cancellation.is_cooperative = True
    shown = progress(-1 if quiet else 0)
    return Place(working_folder(), dict(os.environ), shown.say, cancellation)
