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
        _Shared(group[0], group[1:], model, _prefix(group[0], instructions, model))
        for (_, model), group in groups.items()
    ]
    everyone = _worth_a_word(shared, prices)
    in_time = _worth_a_word(_free(everyone, seats=max(-(-len(tasks) // threads) - 1, 0) * threads), prices)
    waiting, at_once = _sharing(everyone, prices), _sharing(in_time, prices)
    return waiting if waiting.saved_usd - at_once.saved_usd >= WORTH_THE_WAIT_USD else at_once


def surely(tokens: int) -> int:
    """Return how many tokens a text has at least that is estimated at so many."""
    return int(tokens * _SURELY)


class _Shared(NamedTuple):
    """A task whose prefix of so many tokens is cached, and those by the same model that wait for it."""

    leader: Task
    followers: Sequence[Task]
    model: str
    tokens: int

    def saved_usd(self, prices: Prices) -> Decimal:
        """Return what sharing saves."""
        return _saving(self.tokens, len(self.followers), self.model, prices)


def _prefix(task: Task, instructions: str, model: str) -> int:
    return task.chunk.tokens + estimate_tokens(instructions, model)


def _worth_a_word(groups: Sequence[_Shared], prices: Prices) -> list[_Shared]:
    """Return the groups that save something, the most first."""
    paying = [each for each in groups if each.saved_usd(prices) >= WORTH_A_WORD_USD]
    return sorted(paying, key=lambda each: -each.saved_usd(prices))


def _free(groups: Sequence[_Shared], seats: int) -> list[_Shared]:
    """Return the groups with as many followers as fit into the `seats` after the first round of calls.

    The last ones of a group wait, so that the money goes to the first.
    """
    free = []
    for group in groups:
        waiting = group.followers[max(len(group.followers) - seats, 0) :]
        free.append(group._replace(followers=waiting))
        seats -= len(waiting)
    return free


def _sharing(groups: Sequence[_Shared], prices: Prices) -> Sharing:
    leader_of = {task.id: group.leader.id for group in groups for task in group.followers}
    saved_usd = sum((group.saved_usd(prices) for group in groups), Decimal(0))
    return Sharing(leader_of=leader_of, saved_usd=saved_usd)


def _saving(tokens: int, followers: int, model: str, prices: Prices) -> Decimal:
    """Return what caching `tokens` saves a leader and its followers; 0 if it cannot, or nobody knows."""
    smallest = capabilities(model).min_cache_tokens
    sure = surely(tokens)
    if smallest is None or sure < smallest or not followers:
        return Decimal(0)
    plain = prices.cost(Usage(input_tokens=sure), model)
    write = prices.cost(Usage(cache_write_5m_tokens=sure), model)
    read = prices.cost(Usage(cache_read_tokens=sure), model)
    if plain is None or write is None or read is None:
        return Decimal(0)
    return max((1 + followers) * plain - write - followers * read, Decimal(0))
