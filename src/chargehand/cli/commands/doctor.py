"""`chargehand doctor`: what would fail, before it does."""

import os
from pathlib import Path

import click

from chargehand.cli.options import PATH
from chargehand.cli.running import working_folder


@click.command()
@click.option("--config", metavar="PATH", type=PATH, help="As `review` would get it.")
@click.option("--cache", metavar="DIR", type=PATH, help="As `review` would get it.")
@click.option("--state", metavar="FILE", type=PATH, help="As `review` would get it.")
@click.option("--comment", is_flag=True, help="Look at what posting takes, too.")
@click.option(
    "--online", is_flag=True, help="Ask the provider whether key and models are good: free, but a request."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(
    *,
    config: Path | None,
    cache: Path | None,
    state: Path | None,
    comment: bool,
    online: bool,
    as_json: bool,
) -> int:
    """Find what would fail, and say with which line it is mended.

    Looked at are the configuration here and at the tip of the target branch, variables, keys, the way to the
    provider, models and prices, git's history, extras, caches, and the workflows and hooks here.
    No model is asked, and nothing is changed.

    Exit codes: 0 nothing would fail, 2 something would.
    """
    from chargehand.app.doctor import Asked, examine, look_around
    from chargehand.app.doctor.concealing import without_secrets
    from chargehand.cli.doctor_table import doctor_json, doctor_table
    from chargehand.core import exit_codes
    from chargehand.core.escaping import for_log

    asked = Asked(config, cache, state, is_commenting=comment, is_online=online)
    examined = without_secrets(examine(look_around(asked, working_folder(), os.environ)))
    shown = doctor_json(examined) if as_json else for_log(doctor_table(examined))
    click.echo(shown, nl=False)
    is_failing = any(each.state == "fails" for each in examined)
    return exit_codes.INPUT_ERROR if is_failing else exit_codes.PASSED
