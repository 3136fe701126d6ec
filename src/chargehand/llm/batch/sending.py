"""Which prompts go into a batch together, and what is put aside for them before."""

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import partial

from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.prompt import Prompt
from chargehand.core.usage import BATCH
from chargehand.core.value import Value
from chargehand.cost.reservation import Reservation, WorstCase
from chargehand.llm.attempts.metered import settle_failure, worst_case_usd
from chargehand.llm.batch.state_file import Sent
from chargehand.llm.chain import Chain
from chargehand.llm.provider.request import request_of

Requests = Mapping[str, Prompt]
Held = dict[str, Reservation]


class Limits(Value):
    """How much one batch holds (the API takes 100,000 requests and 256 MB), and how patient its owner is.

    Between two looks `first_wait_s` pass, then half as long again each time, up to `longest_wait_s`; a
    `retry-after` is obeyed up to `longest_asked_s`. So many `failures` in a row end the wait. A run that has
    stopped notices it after `slice_s`.
    """

    requests: int = 100_000
    request_bytes: int = 200_000_000
    first_wait_s: float = 2.0
    longest_wait_s: float = 60.0
    longest_asked_s: float = 300.0
    failures: int = 10
    slice_s: float = 1.0


def reserve(requests: Requests, chain: Chain) -> Held:
    """Put aside what fits under the cap, at batch prices, in the order of `requests`."""
    held = {}
    for name, prompt in requests.items():
        worst_case = partial(worst_case_usd, prompt, chain.prices, BATCH)
        if reservation := chain.ledger.try_reserve(prompt, worst_case):
            held[name] = reservation
    return held


def reserve_again(sent: tuple[Sent, ...], requests: Requests, chain: Chain) -> Held | None:
    """Put aside what an earlier run did for what is under way; None where that passes the cap."""
    held: Held = {}
    for each in sent:
        reservation = chain.ledger.try_reserve(requests[each.custom_id], _always(each.worst_usd))
        if reservation is None:
            release(held, chain)
            return None
        held[each.custom_id] = reservation
    return held


def _always(worst_usd: Decimal | None) -> WorstCase:
    return lambda _tokens: worst_usd


def release(held: Mapping[str, Reservation], chain: Chain) -> None:
    """Give back what was put aside for requests that were certainly not sent."""
    for reservation in held.values():
        chain.ledger.release(reservation)


def settle_unknown(names: Iterable[str], held: Held, chain: Chain) -> None:
    """Settle requests of which nobody knows whether they were sent, at their worst case."""
    unknown = NoAnswer(Failure.CONNECTION, "nobody knows whether it was sent", may_be_charged=True)
    for name in names:
        settle_failure(chain.ledger, held[name], unknown, 0.0)


def groups(requests: Requests, limits: Limits) -> Iterator[dict[str, Prompt]]:
    """Yield the requests in as many groups as there must be batches."""
    group: dict[str, Prompt] = {}
    group_bytes = 0
    for name, prompt in requests.items():
        size = len(json.dumps(request_of(prompt)))
        if group and (len(group) == limits.requests or group_bytes + size > limits.request_bytes):
            yield group
            group, group_bytes = {}, 0
        group[name] = prompt
        group_bytes += size
    if group:
        yield group
