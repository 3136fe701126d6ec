"""What a fleet saves against the same agents all on its orchestrator."""

from decimal import Decimal

from chargehand.core.fleets import Fleet
from chargehand.core.value import Value
from chargehand.cost.prices import Prices, Rates

NOTE = (
    "Prices of plain input and output, without caching. An agent's tokens are those of many requests, so a "
    "price that rises with the length of one request counts at its base. Every model gets the same tokens."
)
_MTOK = 1_000_000


class Workload(Value):
    """What is compared: equal agents, tokens of each, and runs a month."""

    agents: int = 5
    input_tokens: int = 500_000
    output_tokens: int = 100_000
    runs_a_month: int = 30


class Mix(Value):
    """One orchestrator agent, the others on `worker`; None if a price is not known."""

    worker: str
    workers: int
    cost_usd: Decimal | None
    saved_percent: Decimal | None
    saved_a_month_usd: Decimal | None


class Arithmetic(Value):
    """The comparison: every agent on the orchestrator, then with workers, then with escalation models."""

    fleet: Fleet
    workload: Workload
    all_orchestrator_usd: Decimal | None
    mixes: tuple[Mix, ...]
    note: str = NOTE
    prices_from: str


def compare(fleet: Fleet, prices: Prices, workload: Workload | None = None) -> Arithmetic:
    """Return what `workload` costs on the orchestrator alone and on each mix with the fleet's models."""
    work = workload or Workload()
    agent = _agent_usd(prices.rates(fleet.orchestrator), work)
    baseline = None if agent is None else agent * work.agents
    workers = dict.fromkeys((fleet.worker, fleet.escalation))
    return Arithmetic(
        fleet=fleet,
        workload=work,
        all_orchestrator_usd=baseline,
        mixes=tuple(_mix(model, agent, prices, work) for model in workers),
        prices_from=prices.version,
    )


def _agent_usd(rates: Rates | None, work: Workload) -> Decimal | None:
    if rates is None:
        return None
    return (work.input_tokens * rates.input + work.output_tokens * rates.output) / _MTOK


def _mix(worker: str, orchestrator_usd: Decimal | None, prices: Prices, work: Workload) -> Mix:
    workers = max(work.agents - 1, 0)
    worker_usd = _agent_usd(prices.rates(worker), work)
    if orchestrator_usd is None or worker_usd is None:
        return Mix(worker=worker, workers=workers, cost_usd=None, saved_percent=None, saved_a_month_usd=None)
    baseline = orchestrator_usd * work.agents
    cost = orchestrator_usd + worker_usd * workers
    saved = baseline - cost
    return Mix(
        worker=worker,
        workers=workers,
        cost_usd=cost,
        saved_percent=saved / baseline * 100 if baseline else Decimal(0),
        saved_a_month_usd=saved * work.runs_a_month,
    )
