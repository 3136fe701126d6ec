"""Which tasks share the beginning of their prompt, and whether one should run ahead so that it is cached."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from chargehand.core.models import capabilities
from chargehand.core.plain_value import PlainValue
from chargehand.core.plan import Task
from chargehand.core.tokens import estimate_tokens
from chargehand.core.usage import Usage
from chargehand.cost.prices import Prices

# Everyone waits until a worker's reply begins: some two seconds, but a whole call, some ten, where a gateway
# hands replies on only when they are complete. That must save more than the longer one is worth.
WORTH_THE_WAIT_USD = Decimal("0.0125")
# Below this a shared prefix is not worth a word, even if it costs nobody any time.
WORTH_A_WORD_USD = Decimal("0.001")
# Chunks are measured rather too large; a prefix must reach the smallest that is cached all the same.
_SURELY = Decimal("0.7")


class Sharing(PlainValue):
    """Who waits for whom: `leader_of` a task's id is the id of the task that runs ahead of it.

    `saved_usd` is what the prices promise for it.
    """

    leader_of: Mapping[str, str] = {}
    saved_usd: Decimal = Decimal(0)


def share_prefixes(
    tasks: Sequence[Task], models: Mapping[str, str], prices: Prices, threads: int, instructions: str = ""
) -> Sharing:
    """Return which tasks wait: those over one chunk and by one model (by task id), if that pays.

    `instructions` stand before every chunk and are cached with it. An entry of the cache can be read only
    after the first reply has begun, so tasks that start together would each write it, which costs more than
    no cache at all. If there are more tasks than threads, some have to wait anyhow: that many wait for
    their leader at no cost in time. All wait if the rest saves more than the wait is worth.
    """
    groups: dict[tuple[int, str], list[Task]] = {}
    for task in tasks:
        groups.setdefault((task.chunk.number, models[task.id]), []).append(task)
    shared = [
        _Shared(_saving(_prefix(group[0], instructions, model), len(group) - 1, model, prices), group)
        for (_, model), group in groups.items()
    ]
    paying = sorted(
        (each for each in shared if each.saved_usd >= WORTH_A_WORD_USD), key=lambda each: -each.saved_usd
    )
    free = _free(paying, seats=max(-(-len(tasks) // threads) - 1, 0) * threads)
    everyone, in_time = _sharing(paying), _sharing(free)
    return everyone if everyone.saved_usd - in_time.saved_usd >= WORTH_THE_WAIT_USD else in_time


class _Shared(NamedTuple):
    """Tasks over one chunk by one model, the leader first, and what sharing its prefix saves."""

    saved_usd: Decimal
    tasks: Sequence[Task]


def _prefix(task: Task, instructions: str, model: str) -> int:
    return task.chunk.tokens + estimate_tokens(instructions, model)


def _free(groups: Sequence[_Shared], seats: int) -> list[_Shared]:
    """Return those of the groups whose followers fit into the `seats` after the first round of calls."""
    free = []
    for group in groups:
        if len(group.tasks) - 1 <= seats:
            seats -= len(group.tasks) - 1
            free.append(group)
    return free


def _sharing(groups: Sequence[_Shared]) -> Sharing:
    leader_of = {task.id: group.tasks[0].id for group in groups for task in group.tasks[1:]}
    return Sharing(leader_of=leader_of, saved_usd=sum((group.saved_usd for group in groups), Decimal(0)))


def _saving(tokens: int, followers: int, model: str, prices: Prices) -> Decimal:
    """Return what caching `tokens` saves a leader and its followers; 0 if it cannot, or nobody knows."""
    smallest = capabilities(model).min_cache_tokens
    sure = int(tokens * _SURELY)
    if smallest is None or sure < smallest or not followers:
        return Decimal(0)
    plain = prices.cost(Usage(input_tokens=sure), model)
    write = prices.cost(Usage(cache_write_5m_tokens=sure), model)
    read = prices.cost(Usage(cache_read_tokens=sure), model)
    if plain is None or write is None or read is None:
        return Decimal(0)
    return max((1 + followers) * plain - write - followers * read, Decimal(0))
