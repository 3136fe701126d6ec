"""Which task may begin before earlier ones, where money may run out: the first ones are to get it."""

from collections.abc import Sequence

from chargehand.core.plan import Task
from chargehand.llm.chain import Chain
from chargehand.pipeline.worker import Worker


class Precedence:
    """The order in which `tasks` get money, which the ledger of `chain` keeps to from now on.

    A task goes before earlier ones only if the worst cases of these and its own fit beside all that is under
    way. They are kept for the others until they come, so that the same tasks run as if each had waited.
    """

    def __init__(self, tasks: Sequence[Task], worker: Worker, chain: Chain) -> None:
        self._tasks = tasks
        self._ranks = {task.id: rank for rank, task in enumerate(tasks)}
        self._kept = 0
        self._worker = worker
        self._chain = chain
        chain.ledger.set_order(list(self._ranks))

    def lets_pass(self, task: Task, before: Sequence[Task]) -> bool:
        """Tell whether `task`, which has not begun, may do so before these, which are earlier."""
        if self._worker.cancellation.reason:
            return False
        after = self._ranks[task.id] + 1
        for each in self._tasks[self._kept : after]:
            self._chain.keep(self._worker.prompt(each, shares_prefix=True))
        self._kept = max(self._kept, after)
        return self._chain.ledger.let_pass(task.id, [each.id for each in before])

    def finish(self, task: Task) -> None:
        """Let nobody wait for `task` any more."""
        self._chain.ledger.finish(task.id)
