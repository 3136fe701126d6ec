"""`chargehand parity audit`: the cheapest model for each lens."""

from pathlib import Path

import click

from chargehand.cli.options import PATH
from chargehand.cli.parity.options import FOLDER, MARGIN
from chargehand.core import exit_codes


@click.command()
@FOLDER
@MARGIN
@click.option("--write", "into", metavar="PATH", type=PATH, help="Set the models in this configuration file.")
def audit(folder: Path, *, margin: float, into: Path | None) -> int:
    """Propose the cheapest model within the margin for each lens. No model is asked.

    FOLDER holds a comparison of several fleets, each with another worker: `parity run` with --fleet repeated.
    """
    from chargehand.parity.audit import as_settings, lines
    from chargehand.parity.audit import audit as audited
    from chargehand.parity.into_settings import as_toml, write_models
    from chargehand.parity.trial.folder import Folder

    scores, proposals = audited(Folder(folder), margin / 100)
    for line in lines(scores, proposals):
        click.echo(line)
    models = as_settings(proposals)
    if into and models:
        write_models(into, models)
        click.echo(f"Written to {into}.")
    elif models:
        click.echo(f"\n{as_toml(models)}", nl=False)
    elif into:
        click.echo(f"{into} was not changed: there is nothing to propose.")
    return exit_codes.PASSED
