"""Which tasks share the beginning of their prompt, and whether one should run ahead so that it is cached."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from chargehand.llm.models import capabilities
from chargehand.llm.prices import Prices
from chargehand.llm.tokens import estimate_tokens
from chargehand.plan import Task
from chargehand.spend import Usage
from chargehand.value import Value

# A follower starts one worker's call later, some ten seconds; a minute of a CI machine costs about a cent.
WORTH_THE_WAIT_USD = Decimal("0.01")
# Chunks are measured rather too large; a prefix must reach the smallest that is cached all the same.
_SURELY = Decimal("0.7")


class Sharing(Value):
    """Who waits for whom: `leader_of` a task's id is the id of the task that runs ahead of it.

    `saved_usd` is what the prices promise for it.
    """

    leader_of: Mapping[str, str] = {}
    saved_usd: Decimal = Decimal(0)


def share_prefixes(
    tasks: Sequence[Task], models: Mapping[str, str], prices: Prices, instructions: str = ""
) -> Sharing:
    """Return which tasks wait: those over one chunk and by one model (by task id), where that pays.

    `instructions` stand before every chunk and are cached with it. An entry of the cache can be read only
    after the first reply has begun, so tasks that start together would each write it, which costs more than
    no cache at all. All leaders run at once, so their followers wait once, for the saving of all.
    """
    groups: dict[tuple[int, str], list[Task]] = {}
    for task in tasks:
        groups.setdefault((task.chunk.number, models[task.id]), []).append(task)
    leader_of: dict[str, str] = {}
    saved = Decimal(0)
    for (_, model), (leader, *followers) in groups.items():
        tokens = leader.chunk.tokens + estimate_tokens(instructions, model)
        saving = _saving(tokens, len(followers), model, prices)
        if saving > 0:
            leader_of |= {task.id: leader.id for task in followers}
            saved += saving
    return Sharing(leader_of=leader_of, saved_usd=saved) if saved >= WORTH_THE_WAIT_USD else Sharing()


def _saving(tokens: int, followers: int, model: str, prices: Prices) -> Decimal:
    """Return what caching `tokens` saves a leader and its followers; 0 where it cannot, or nobody knows."""
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
