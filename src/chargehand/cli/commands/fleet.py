"""`chargehand fleet`: the arithmetic of fleets."""

import click


@click.command()
@click.option("--agents", default=5, show_default=True, type=click.IntRange(2), help="Agents in all.")
@click.option("--input-tokens", default=500_000, show_default=True, type=click.IntRange(0), metavar="N")
@click.option("--output-tokens", default=100_000, show_default=True, type=click.IntRange(0), metavar="N")
@click.option("--runs", default=30, show_default=True, type=click.IntRange(1), help="Runs a month.")
@click.option("--orchestrator", metavar="MODEL", help="Instead of the fleet's.")
@click.option("--worker", metavar="MODEL", help="Instead of the fleet's.")
@click.option("--escalation", metavar="MODEL", help="Instead of the fleet's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.argument("names", nargs=-1, metavar="[FLEET]...")
def fleet(
    names: tuple[str, ...],
    *,
    agents: int,
    input_tokens: int,
    output_tokens: int,
    runs: int,
    as_json: bool,
    **models: str | None,
) -> int:
    """Compare what fleets of agents cost.

    All agents may be strong, or one strong and the others cheap.
    """
    from chargehand.cli.fleet_table import fleet_json, fleet_table
    from chargehand.core.escaping import for_log
    from chargehand.cost.fleet_arithmetic import Workload

    work = Workload(agents=agents, input_tokens=input_tokens, output_tokens=output_tokens, runs_a_month=runs)
    shown = fleet_json(names, models, work) if as_json else for_log(fleet_table(names, models, work))
    click.echo(shown, nl=False)
    return 0
