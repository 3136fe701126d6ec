"""Which attempt may reserve money next: the more valuable task first, whichever thread is faster."""

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import NamedTuple


class QueuePosition(NamedTuple):
    """A place in the queue: by the task's rank, then by arrival. Tasks that nobody ranked come first."""

    rank: int
    number: int


class Claim(NamedTuple):
    """Money that is kept from later tasks for an attempt of `model`; `worst_usd` is its worst case by now."""

    model: str
    usd: Decimal
    worst_usd: Callable[[], Decimal | None]

    def raised(self) -> "Claim":
        """Return the claim with the worst case by now, if that is more."""
        return self._replace(usd=max(self.usd, self.worst_usd() or self.usd))


class ReservationQueue:
    """The attempts that wait for money, and the tasks that will still come. The ledger's lock guards it.

    A task is awaited from `set_order` until it first joins the queue, and no later task is next before,
    unless it was let pass. From its first attempt until it has finished, a task keeps a claim on the money of
    its next attempt before later tasks: it may be waiting to ask again. So may one that is still awaited.
    """

    def __init__(self) -> None:
        self._ranks: dict[str, int] = {}
        self._awaited: set[str] = set()
        self._claims: dict[str, Claim] = {}
        self._queue: list[QueuePosition] = []
        self._numbers = 0

    def set_order(self, tasks: Sequence[str]) -> None:
        """Rank `tasks` in their order; each must finish in the end, whether it joined or not."""
        self._ranks = {task: rank for rank, task in enumerate(tasks)}
        self._awaited = set(tasks)

    def finish(self, task: str) -> None:
        """Wait for `task` no longer, and give up its claim."""
        self._awaited.discard(task)
        self._claims.pop(task, None)
        self._ranks.pop(task, None)

    def join(self, task: str) -> QueuePosition:
        """Return the place of a new attempt in the queue."""
        self._numbers += 1
        position = QueuePosition(self._ranks.get(task, -1), self._numbers)
        self._queue.append(position)
        return position

    def leave(self, position: QueuePosition, task: str) -> None:
        """Take the attempt out of the queue: it has the money, or does not get it."""
        self._queue.remove(position)
        self._awaited.discard(task)
        self._claims.pop(task, None)

    def is_next(self, position: QueuePosition) -> bool:
        """Tell whether nobody is before `position`, in the queue or awaited."""
        return min(self._queue) == position and all(
            self._ranks[task] >= position.rank for task in self._awaited
        )

    def claim(self, task: str, claim: Claim) -> None:
        """Keep the money of an attempt that has ended for the next one of the same task."""
        if task in self._ranks:
            self._claims[task] = claim

    def keep(self, task: str, claim: Claim) -> None:
        """Keep the money of a task's first attempt, if that is still awaited."""
        if task in self._awaited:
            self._claims[task] = claim

    def let_pass(self, tasks: Collection[str]) -> None:
        """Let others go before these, which come later: there is a claim for each."""
        self._awaited.difference_update(tasks)

    def raise_claims(self, model: str) -> None:
        """Claim what attempts of `model` cost at worst by now."""
        raised = {task: each.raised() for task, each in self._claims.items() if each.model == model}
        self._claims.update(raised)

    def claimed_before(self, position: QueuePosition) -> Decimal:
        """Return what tasks before `position` may want for another attempt, or their first."""
        claims = (each.usd for task, each in self._claims.items() if self._ranks[task] < position.rank)
        return sum(claims, Decimal(0))

    def claimed_up_to(self, task: str) -> Decimal:
        """Return what the tasks before `task` and it itself may want."""
        return self.claimed_before(QueuePosition(self._ranks[task] + 1, 0))

    @property
    def is_empty(self) -> bool:
        """Tell whether nobody waits."""
        return not self._queue
