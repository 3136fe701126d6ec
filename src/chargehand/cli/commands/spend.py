"""`chargehand spend`: what many reports add up to."""

from decimal import Decimal
from pathlib import Path

import click

from chargehand.cli.options import PATH, usd


@click.command()
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...", type=PATH)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--html", metavar="PATH", type=PATH, help="Write a page with charts.")
@click.option("--reprice", is_flag=True, help="Compute every call again by the prices installed here.")
@click.option("--target-simple", default="0.01", show_default=True, metavar="USD", callback=usd)
@click.option("--target-complex", default="0.05", show_default=True, metavar="USD", callback=usd)
@click.option(
    "--simple-lines",
    default=100,
    show_default=True,
    metavar="N",
    type=click.IntRange(0),
    help="A run over at most so many changed lines is simple.",
)
def spend(
    reports: tuple[Path, ...],
    *,
    as_json: bool,
    html: Path | None,
    reprice: bool,
    target_simple: Decimal,
    target_complex: Decimal,
    simple_lines: int,
) -> int:
    """Add up what many runs cost.

    The sums are by day, month, repository, model, lens and role. REPORT is a JSON report, a folder or a zip
    archive that holds some. Each run counts once.
    """
    from chargehand.cost.prices import Prices
    from chargehand.reports.spend import Targets, add_up, document, page, read_runs, table
    from chargehand.reports.write import check_writable, write

    targets = Targets(simple_usd=target_simple, complex_usd=target_complex, simple_lines=simple_lines)
    if html:
        check_writable(html, "Nothing was added up")
    spending = add_up(read_runs(reports), targets, Prices() if reprice else None)
    if html:
        write(html, page(spending))
    click.echo(document(spending) if as_json else table(spending), nl=False)
    return 0
