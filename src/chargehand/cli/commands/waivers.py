"""`chargehand waivers`: which findings people let through in a request."""

import os
import time
from pathlib import Path

import click

from chargehand.cli.options import PATH, REQUEST


@click.command()
@REQUEST
@click.option("--output", metavar="FILE", type=PATH, help="Write to FILE instead of standard output.")
def waivers(*, request: int | None, output: Path | None) -> int:
    """Print which findings people let through.

    They did so in comments of the pull or merge request; the output is JSON. `chargehand review --waivers
    FILE` takes it, so that what asks models needs no token of the forge. Reading is all that the token has to
    be able to do.
    """
    from chargehand.app.waiving import hear
    from chargehand.core.escaping import json_for_log
    from chargehand.core.shape import to_json
    from chargehand.forges.table import open_request
    from chargehand.reports.write import check_writable, write

    if output:
        check_writable(output, "Nothing was written")
    text = json_for_log(to_json(hear(open_request(os.environ, time.sleep, request)), indent=2)) + "\n"
    if output:
        write(output, text)
    else:
        click.echo(text, nl=False)
    return 0
