"""`chargehand parity page`: the page on which people rate findings."""

from pathlib import Path

import click

from chargehand.cli.options import PATH
from chargehand.cli.parity.options import CONFIG, FOLDER, OUTPUTS, place_of
from chargehand.core import exit_codes


@click.command()
@FOLDER
@click.option("--into", metavar="FILE", type=PATH, required=True, help="Write the page here.")
@OUTPUTS
@CONFIG
def page(folder: Path, *, into: Path, outputs: int, config: Path | None) -> int:
    """Write a page on which people say what findings are worth, without being told whose they are.

    It is one file that loads nothing. What they say they save, for `parity score --ratings`.
    """
    from chargehand.core.counting import count
    from chargehand.parity.rating import people_page
    from chargehand.parity.trial.folder import Folder
    from chargehand.reports.write import check_writable, write

    check_writable(into, "No page was written")
    number, text = people_page(Folder(folder), outputs, config, place_of(quiet=True))
    write(into, text)
    click.echo(f"{into}: {count(number, 'finding')} to rate")
    return exit_codes.PASSED
