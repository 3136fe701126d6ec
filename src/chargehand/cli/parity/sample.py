"""`chargehand parity sample`: which changes are cut from history."""

import os
from pathlib import Path

import click

from chargehand.cli.options import PATH, QUIET
from chargehand.cli.parity.options import CONFIG
from chargehand.cli.running import progress, working_folder

KINDS = ("planted", "reversed", "merged")


@click.command()
@click.argument("revision", default="HEAD", metavar="[REV]")
@click.option(
    "--into", metavar="FILE", type=PATH, required=True, help="Write the sample here, as JSON Lines."
)
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(KINDS),
    multiple=True,
    help="planted: defects in the lines that changes added (default); reversed: bug fixes backwards; merged: "
    "changes as they were. Can be given more than once.",
)
@click.option("-n", "--number", default=100, show_default=True, type=click.IntRange(1, 10_000), metavar="N")
@click.option(
    "--commits",
    default=2_000,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="Look back so far.",
)
@click.option("--seed", default=1, show_default=True, metavar="N", help="Cut another sample.")
@CONFIG
@QUIET
def sample(
    revision: str,
    *,
    into: Path,
    kinds: tuple[str, ...],
    number: int,
    commits: int,
    seed: int,
    config: Path | None,
    quiet: bool,
) -> int:
    """Cut a sample from the history of this repository, up to REV. No model is asked.

    It is masked as what models read is: no secret of the history gets into the file.
    """
    from chargehand.change import NoRepository, find_repository
    from chargehand.core.counting import count
    from chargehand.core.errors import InputError
    from chargehand.parity.configured import configured
    from chargehand.parity.sample.cut import Wanted, cut
    from chargehand.parity.sample.file import as_lines
    from chargehand.reports.write import check_writable, write

    checkout = find_repository(working_folder(), os.environ)
    if isinstance(checkout, NoRepository):
        raise InputError("No sample was cut: there is no repository here, and a sample is cut from history.")
    check_writable(into, "No sample was cut")
    wanted = Wanted.model_validate(
        {
            "number": number,
            "kinds": kinds or KINDS[:1],
            "revision": revision,
            "commits": commits,
            "seed": seed,
        }
    )
    shown = progress(-1 if quiet else 0)
    cases = cut(checkout, configured(checkout, config, os.environ, {}), wanted, shown.say)
    write(into, as_lines(cases))
    by_kind = ", ".join(f"{sum(each.kind == kind for each in cases):,} {kind}" for kind in wanted.kinds)
    click.echo(f"{into}: {count(len(cases), 'change')} ({by_kind})")
    return 0
