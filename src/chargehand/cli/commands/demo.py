"""`chargehand demo`: the packaged change with its scripted replies."""

from typing import Any

import click

from chargehand.cli.options import outputs, reporting
from chargehand.cli.running import run_job


@click.command()
@reporting
def demo(**options: Any) -> int:  # Any: the reporting options
    """Review a packaged change: no key, no network.

    The whole pipeline runs with scripted replies. They were written by hand; what they would have cost is
    shown, and nothing is spent.
    The demo ends with the verdict that a real review would end with, but always exits with 0.
    """
    from chargehand.app.demo import demo_replies
    from chargehand.app.job import Job

    job = Job(selection=None, flags={}, replay=demo_replies(), outputs=outputs(options))
    code = run_job(job, options)
    click.echo(f"chargehand: a real review of this change would exit with {code}", err=True)
    if not options["quiet"]:
        click.echo("chargehand: to review your own: cd into its clone, then chargehand init", err=True)
    return 0
