"""`chargehand parity score`: what a comparison comes to, and how it is shown."""

from pathlib import Path

import click

from chargehand.cli.options import PATH
from chargehand.cli.parity.options import FOLDER, MARGIN, OUTPUTS
from chargehand.core import exit_codes


@click.command()
@FOLDER
@MARGIN
@click.option(
    "--ratings",
    multiple=True,
    metavar="FILE",
    type=PATH,
    help="What a person saved on the page of `parity page`. Can be given more than once.",
)
@OUTPUTS
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--html", metavar="PATH", type=PATH, help="Write a page.")
def score(
    folder: Path, *, margin: float, ratings: tuple[Path, ...], outputs: int, as_json: bool, html: Path | None
) -> int:
    """Say what the fleets of a comparison found, and whether the cheap one is as good.

    No model is asked. FOLDER is that of `chargehand parity run`. What counts is what is known of the changes,
    what the judge of `parity judge` said, and what people did.
    """
    from chargehand.parity.comparing import score as scored
    from chargehand.parity.shown.document import document
    from chargehand.parity.shown.html import page as shown_page
    from chargehand.parity.shown.table import table
    from chargehand.parity.trial.folder import Folder
    from chargehand.reports.write import check_writable, write

    if html:
        check_writable(html, "Nothing was scored")
    scores = scored(Folder(folder), margin / 100, ratings, outputs)
    if html:
        write(html, shown_page(scores))
    click.echo(document(scores) if as_json else table(scores), nl=False)
    return exit_codes.PASSED
