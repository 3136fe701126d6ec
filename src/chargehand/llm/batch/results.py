"""What the results of a batch are worth: what each request cost, and whether its answer can be used."""

from decimal import Decimal
from typing import NamedTuple

from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.prompt import Reply
from chargehand.core.usage import BATCH
from chargehand.cost.prices import Prices
from chargehand.llm.attempts.metered import settle_failure, settle_reply
from chargehand.llm.batch.sending import Held
from chargehand.llm.chain import Chain

Ends = dict[str, Reply | NoAnswer]


class Taken(NamedTuple):
    """What a batch gave: replies and unusable answers; how many requests it left open; and what it saved."""

    ends: Ends
    left_open: int
    saved_usd: Decimal


def take_over(results: Ends, held: Held, chain: Chain, seconds: float) -> Taken:
    """Book what was put aside in `held` by how each request ended."""
    ends: Ends = {}
    left_open, saved = 0, Decimal(0)
    missing = NoAnswer(Failure.INVALID, "the batch has no result for it", may_be_charged=True)
    for name, reservation in held.items():
        end = results.get(name, missing)
        if isinstance(end, NoAnswer):
            settle_failure(chain.ledger, reservation, end, seconds)
            left_open += 1
            continue
        reply = _at_batch_prices(end, seconds)
        saved += _saved_usd(reply, reservation.prompt.model, chain.prices)
        try:
            ends[name] = settle_reply(chain.ledger, chain.prices, reservation, reply)
        except NoAnswer as error:
            ends[name] = error
    return Taken(ends, left_open, saved)


def _at_batch_prices(reply: Reply, seconds: float) -> Reply:
    """Return `reply` as of a batch, also where the server names no tier."""
    usage = reply.usage
    if usage and usage.service_tier is None:
        usage = usage.evolve(service_tier=BATCH)
    return reply.evolve(usage=usage, seconds=seconds)


def _saved_usd(reply: Reply, model: str, prices: Prices) -> Decimal:
    if reply.usage is None or not reply.is_charged:
        return Decimal(0)
    paid = prices.cost(reply.usage, model)
    full = prices.cost(reply.usage.evolve(service_tier=None), model)
    return Decimal(0) if paid is None or full is None else full - paid
