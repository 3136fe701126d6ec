"""Who may put money aside next: what is worth more before what is worth less, however threads race."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple


class Turn(NamedTuple):
    """A place in the queue: by the task's rank, then by arrival. Tasks that nobody ranked come first."""

    rank: int
    number: int


class Turns:
    """The queue of attempts that want money, and the tasks that will still come. The ledger's lock guards it.

    A task is awaited from `line_up` until it first joins the queue, and nobody of a higher rank gets a turn
    before. From its first attempt until it steps out, a task keeps a claim on the money of its next attempt
    before later tasks: it may be waiting to ask again.
    """

    def __init__(self) -> None:
        self._ranks: dict[str, int] = {}
        self._awaited: set[str] = set()
        self._claims: dict[str, Decimal] = {}
        self._queue: list[Turn] = []
        self._numbers = 0

    def line_up(self, tasks: Sequence[str]) -> None:
        """Rank `tasks` in their order; each must step out in the end, whether it joined or not."""
        self._ranks = {task: rank for rank, task in enumerate(tasks)}
        self._awaited = set(tasks)

    def step_out(self, task: str) -> None:
        """Wait for `task` no longer, and give up its claim."""
        self._awaited.discard(task)
        self._claims.pop(task, None)
        self._ranks.pop(task, None)

    def join(self, task: str) -> Turn:
        """Return the place of a new attempt in the queue."""
        self._numbers += 1
        turn = Turn(self._ranks.get(task, -1), self._numbers)
        self._queue.append(turn)
        self._claims.pop(task, None)
        return turn

    def leave(self, turn: Turn, task: str) -> None:
        """Take the attempt out of the queue: it has the money, or does not get it."""
        self._queue.remove(turn)
        self._awaited.discard(task)

    def is_next(self, turn: Turn) -> bool:
        """Tell whether nobody is before `turn`, in the queue or awaited."""
        return min(self._queue) == turn and all(self._ranks[task] >= turn.rank for task in self._awaited)

    def claim(self, task: str, worst_usd: Decimal) -> None:
        """Keep the money of an attempt that has ended for the next one of the same task."""
        if task in self._ranks:
            self._claims[task] = worst_usd

    def claimed_before(self, turn: Turn) -> Decimal:
        """Return what tasks before `turn` may want for another attempt."""
        claims = (usd for task, usd in self._claims.items() if self._ranks[task] < turn.rank)
        return sum(claims, Decimal(0))

    @property
    def is_empty(self) -> bool:
        """Tell whether nobody waits."""
        return not self._queue
