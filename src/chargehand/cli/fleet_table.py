"""How the arithmetic of fleets is printed."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from chargehand import __version__
from chargehand.core.errors import ConfigError
from chargehand.core.escaping import one_line
from chargehand.core.fleets import FLEETS, Fleet
from chargehand.core.money import decimal_string, usd
from chargehand.cost.fleet_arithmetic import Arithmetic, Mix, Workload, compare
from chargehand.cost.prices import Prices
from chargehand.reports.document import Json, as_text

SCHEMA_VERSION = 1
UNKNOWN = "price unknown"


def fleet_table(names: Sequence[str], models: Mapping[str, str | None], work: Workload) -> str:
    """Return the arithmetic of the named fleets, or of all, with `models` in place of their own by role.

    Raises ConfigError for a name that is no fleet.
    """
    compared = _compared(names, models, work)
    last = compared[-1]
    parts = ("\n".join(_lines(each)) for each in compared)
    return "\n\n".join(parts) + f"\n\n{last.note}\nPrices: {last.prices_from}.\n"


def fleet_json(names: Sequence[str], models: Mapping[str, str | None], work: Workload) -> str:
    """Return the same as JSON, spelled out field by field; money is a decimal string. Raises as above."""
    compared = _compared(names, models, work)
    return as_text(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "chargehand", "version": __version__},
            "agents": work.agents,
            "input_tokens": work.input_tokens,
            "output_tokens": work.output_tokens,
            "runs_a_month": work.runs_a_month,
            "fleets": [_json(each) for each in compared],
            "note": compared[-1].note,
            "prices_from": compared[-1].prices_from,
        }
    )


def _compared(names: Sequence[str], models: Mapping[str, str | None], work: Workload) -> list[Arithmetic]:
    prices = Prices()
    own = {role: model for role, model in models.items() if model}
    return [compare(_fleet(name).evolve(**own), prices, work) for name in names or FLEETS]


def _json(arithmetic: Arithmetic) -> Json:
    fleet = arithmetic.fleet
    return {
        "name": fleet.name,
        "orchestrator": fleet.orchestrator,
        "all_orchestrator_usd": decimal_string(arithmetic.all_orchestrator_usd),
        "mixes": [
            {
                "worker": mix.worker,
                "workers": mix.workers,
                "cost_usd": decimal_string(mix.cost_usd),
                "saved_percent": decimal_string(mix.saved_percent),
                "saved_a_month_usd": decimal_string(mix.saved_a_month_usd),
            }
            for mix in arithmetic.mixes
        ],
    }


def _fleet(name: str) -> Fleet:
    if name not in FLEETS:
        raise ConfigError(f"there is no fleet {one_line(name)!r}; there is {', '.join(FLEETS)}")
    return FLEETS[name]


def _lines(arithmetic: Arithmetic) -> Iterator[str]:
    work, fleet = arithmetic.workload, arithmetic.fleet
    yield (
        f"Fleet {fleet.name}: {work.agents} agents, each {work.input_tokens:,} tokens in and "
        f"{work.output_tokens:,} out, {work.runs_a_month} runs a month"
    )
    yield f"  {_price(arithmetic.all_orchestrator_usd):>13}  a run, {work.agents} × {fleet.orchestrator}"
    for mix in arithmetic.mixes:
        yield f"  {_price(mix.cost_usd):>13}  a run, 1 × {fleet.orchestrator} + {_saving(mix)}"


def _saving(mix: Mix) -> str:
    crew = f"{mix.workers} × {mix.worker}"
    if mix.saved_percent is None or mix.saved_a_month_usd is None:
        return crew
    percent = mix.saved_percent.quantize(Decimal(1), ROUND_HALF_UP)
    return f"{crew}: {percent} % less, {usd(mix.saved_a_month_usd, 2)} a month"


def _price(amount: Decimal | None) -> str:
    return UNKNOWN if amount is None else usd(amount, 2)
