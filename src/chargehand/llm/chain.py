"""How one model becomes the two that a review asks: paced, metered and retried."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from chargehand.brake import Brake
from chargehand.llm.ledger import Ledger
from chargehand.llm.metered import Metered
from chargehand.llm.model import Model
from chargehand.llm.paced import Paced
from chargehand.llm.prices import Prices
from chargehand.llm.retrying import Retrying
from chargehand.spend import Call


class Chain(NamedTuple):
    """What a review asks, the book that is kept of it, and what stops it.

    `attempt` makes one metered attempt; `worker_over` builds a worker on something that makes attempts.
    """

    orchestrator: Model
    worker: Model
    ledger: Ledger
    brake: Brake
    prices: Prices
    attempt: Model
    worker_over: Callable[[Model], Model]


def build_chain(
    base: Model,
    prices: Prices,
    cap_usd: Decimal | None = None,
    *,
    threads: int = 8,
    brake: Brake | None = None,
    on_call: Callable[[Call], None] = lambda _call: None,
    sleep: Callable[[float], object] | None = None,
) -> Chain:
    """Return the chain over `base`: every attempt passes the ledger, whoever makes it, and none the brake.

    At most `threads` attempts are under way at once. `sleep` is how it waits between attempts, the brake's
    way if it is None.
    """
    brake = brake or Brake()
    ledger = Ledger(cap_usd, on_call)
    attempt = Metered(Paced(base, threads, brake, sleep=sleep), ledger, prices)

    def worker_over(model: Model) -> Model:
        return Retrying(model, brake=brake, sleep=sleep)

    return Chain(
        orchestrator=worker_over(attempt),
        worker=worker_over(attempt),
        ledger=ledger,
        brake=brake,
        prices=prices,
        attempt=attempt,
        worker_over=worker_over,
    )
