"""How one model becomes the two that a review asks: metered, retried, and for workers escalated."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from chargehand.llm.escalating import Escalating
from chargehand.llm.ledger import Ledger
from chargehand.llm.metered import Metered
from chargehand.llm.model import Model
from chargehand.llm.prices import Prices
from chargehand.llm.retrying import Retrying
from chargehand.spend import Call


class Chain(NamedTuple):
    """What a review asks, and the book that is kept of it.

    `attempt` makes one metered attempt; `worker_over` builds a worker on something that makes attempts.
    """

    orchestrator: Model
    worker: Model
    ledger: Ledger
    prices: Prices
    attempt: Model
    worker_over: Callable[[Model], Model]


def build_chain(
    base: Model,
    escalation: str,
    prices: Prices,
    cap_usd: Decimal | None = None,
    *,
    on_call: Callable[[Call], None] = lambda _call: None,
    sleep: Callable[[float], object] = time.sleep,
) -> Chain:
    """Return the chain over `base`: every attempt passes the ledger, whoever makes it."""
    ledger = Ledger(cap_usd, on_call)
    attempt = Metered(base, ledger, prices)

    def worker_over(model: Model) -> Model:
        return Escalating(Retrying(model, sleep=sleep), escalation)

    return Chain(
        orchestrator=Retrying(attempt, sleep=sleep),
        worker=worker_over(attempt),
        ledger=ledger,
        prices=prices,
        attempt=attempt,
        worker_over=worker_over,
    )
