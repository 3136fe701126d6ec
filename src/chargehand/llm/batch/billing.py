"""What requests of a batch cost: reserved before they are sent, settled by their results."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from chargehand.core.counting import count
from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.money import usd
from chargehand.core.prompt import Reply
from chargehand.core.usage import BATCH
from chargehand.cost.prices import Prices
from chargehand.cost.reservation import Reservation, WorstCase
from chargehand.llm.attempts.metered import settle_failure, settle_reply, worst_case_usd
from chargehand.llm.batch.requests import Requests
from chargehand.llm.batch.state_file import BatchState, Sent, named
from chargehand.llm.chain import Chain

# Both by custom id.
Reservations = dict[str, Reservation]
Results = dict[str, Reply | NoAnswer]


class Settled(NamedTuple):
    """What a batch gave: verified replies and unusable answers, and what it saved.

    `unanswered` counts the requests that it gave nothing for.
    """

    results: Results
    unanswered: int
    saved_usd: Decimal


def reserve(requests: Requests, chain: Chain) -> Reservations:
    """Reserve what fits under the cap, at batch prices, in the order of `requests`."""
    reserved = {}
    for name, prompt in requests.items():
        worst_case = partial(worst_case_usd, prompt, chain.prices, BATCH)
        if reservation := chain.ledger.try_reserve(prompt, worst_case):
            reserved[name] = reservation
    return reserved


def reserve_again(sent: tuple[Sent, ...], requests: Requests, chain: Chain) -> Reservations | None:
    """Reserve what an earlier run did for what is under way; None if that does not fit under the cap."""
    reserved: Reservations = {}
    for each in sent:
        reservation = chain.ledger.try_reserve(requests[each.custom_id], _always(each.worst_usd))
        if reservation is None:
            release(reserved, chain)
            return None
        reserved[each.custom_id] = reservation
    return reserved


def _always(worst_usd: Decimal | None) -> WorstCase:
    return lambda _prompt_tokens, _max_tokens=None: worst_usd


def release(reserved: Mapping[str, Reservation], chain: Chain) -> None:
    """Give back what was reserved for requests that are not in this run's bill."""
    for reservation in reserved.values():
        chain.ledger.release(reservation)


def settle_unknown(names: Iterable[str], reserved: Reservations, chain: Chain) -> None:
    """Settle requests that may have been sent or not, at their worst case."""
    unknown = NoAnswer(Failure.CONNECTION, "it is not known whether it was sent", may_be_charged=True)
    for name in names:
        settle_failure(chain.ledger, reserved[name], unknown, 0.0)


def settle_results(results: Results, reserved: Reservations, chain: Chain, seconds: float) -> Settled:
    """Settle what was `reserved`, by how each request ended."""
    usable: Results = {}
    unanswered, saved = 0, Decimal(0)
    missing = NoAnswer(Failure.INVALID, "the batch has no result for it", may_be_charged=True)
    for name, reservation in reserved.items():
        end = results.get(name, missing)
        if isinstance(end, NoAnswer):
            settle_failure(chain.ledger, reservation, end, seconds)
            unanswered += 1
            continue
        reply = _at_batch_prices(end, seconds)
        saved += _saved_usd(reply, reservation.prompt.model, chain.prices)
        try:
            usable[name] = settle_reply(chain.ledger, chain.prices, reservation, reply)
        except NoAnswer as error:
            usable[name] = error
    return Settled(usable, unanswered, saved)


def summary(state: BatchState, settled: Settled) -> str:
    """Return how the batch went."""
    requests, unanswered = count(len(state.sent), "request"), settled.unanswered
    if unanswered:
        requests += (
            f"; {unanswered} of them had no answer and {'was' if unanswered == 1 else 'were'} sent again"
        )
    return (
        f"The workers ran as a batch ({named(state)}, {requests}): at batch prices this saved "
        f"{usd(settled.saved_usd)}."
    )


def _at_batch_prices(reply: Reply, seconds: float) -> Reply:
    """Return `reply` as of a batch, also if the server names no tier."""
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
