"""`chargehand parity`: whether the cheap fleet finds what the strong model would."""

import click

from chargehand.cli.parity.audit import audit
from chargehand.cli.parity.judge import judge
from chargehand.cli.parity.page import page
from chargehand.cli.parity.run import run
from chargehand.cli.parity.sample import sample
from chargehand.cli.parity.score import score


@click.group()
def parity() -> None:
    """Compare fleets by what they find: in your own history, or in golden findings.

    The steps: `sample` cuts changes, `run` has fleets review them, `score` says what they differ by. In
    between a model (`judge`) and people (`page`) can say what findings are worth. `audit` proposes a model
    for each lens.
    """


for each in (sample, run, judge, page, score, audit):
    parity.add_command(each)
