"""Runs tasks in parallel threads, none before the leader whose cached prefix it reads."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from queue import Empty, Queue

from chargehand.core.cancellation import INTERRUPTED, POLL_S, Cancellation
from chargehand.core.plan import Outcome, Reviewed, Skipped, Task
from chargehand.llm.chain import Chain
from chargehand.pipeline.precedence import Precedence
from chargehand.pipeline.prompt_cache import Sharing
from chargehand.pipeline.worker import Worker


def run_tasks(
    tasks: Sequence[Task],
    worker: Worker,
    *,
    sharing: Sharing | None = None,
    chain: Chain | None = None,
    on_outcome: Callable[[Outcome], None] = lambda _outcome: None,
    on_wait: Callable[[], None] = lambda: None,
) -> tuple[Outcome, ...]:
    """Return how each task ended, in their order; no task is left out.

    `on_outcome` is called with every outcome, and `on_wait` about ten times a second in between, in this
    thread.

    A task that `sharing` has wait begins when the reply to its leader does. If the money of `chain` may run
    out, no task begins before an earlier one unless there surely is enough for both, so that the first ones
    get it.

    When the run is cancelled nothing more begins. What has not begun, and what has not ended when the run
    has to end, is `Skipped` with the cancellation's reason.
    """
    ended: dict[str, Outcome] = {}
    cancellation = worker.cancellation
    if cancellation.reason is None and tasks:
        most = min(worker.crew.threads, len(tasks))
        precedence = Precedence(tasks, worker, chain) if chain and chain.ledger.may_run_out else None
        pool = _TaskPool(tasks, sharing or Sharing(), worker, most, precedence)
        for outcome in pool.outcomes(cancellation, on_wait):
            ended[outcome.task.id] = outcome
            on_outcome(outcome)
    return tuple(
        ended.get(task.id, Skipped(task=task, reason=cancellation.reason or INTERRUPTED)) for task in tasks
    )


class _TaskPool:
    """The tasks of one run in threads: a follower begins when its leader is answered, all others in order.

    With `precedence`, money may run out, and it says who may begin before a follower that waits.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        sharing: Sharing,
        worker: Worker,
        most: int,
        precedence: Precedence | None,
    ) -> None:
        self._worker = worker
        self._most = most
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="task")
        self._precedence = precedence
        self._leader_of = sharing.leader_of
        self._leaders = frozenset(sharing.leader_of.values())
        self._has_prefix_cached: dict[str, bool] = {}
        self._waiting = list(tasks)
        self._pending: set[Future[Outcome]] = set()
        # A signal that comes when the time of SimpleQueue.get is up makes it wait for ever (CPython 3.11).
        self._events: Queue[Future[Outcome] | str] = Queue()
        self._begin_ready()

    def outcomes(self, cancellation: Cancellation, on_wait: Callable[[], None]) -> Iterator[Outcome]:
        """Yield each outcome as it comes; if the run has to end, what still ends within the grace."""
        while self._pending and not cancellation.has_to_end:
            try:
                event = self._events.get(timeout=POLL_S)
            except Empty:
                on_wait()
                continue
            if isinstance(event, str):
                self._go_on(event, has_prefix_cached=True)
                continue
            self._pending.remove(event)
            outcome = event.result()
            self._go_on(outcome.task.id, has_prefix_cached=isinstance(outcome, Reviewed))
            yield outcome
        for task in self._waiting:
            self._give_way(task)
        begun = [future for future in self._pending if not future.cancel()]
        done, _ = wait(begun, timeout=cancellation.grace_s)
        yield from (future.result() for future in done)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _go_on(self, task: str, *, has_prefix_cached: bool) -> None:
        """Begin what can now: `task` has ended, or its prefix is in the provider's cache."""
        if task in self._leaders:
            self._has_prefix_cached.setdefault(task, has_prefix_cached)
        self._begin_ready()

    def _begin_ready(self) -> None:
        """Begin, in order, as many tasks as threads are free, but those whose leader has yet to answer."""
        held: list[Task] = []
        for place, task in enumerate(self._waiting):
            leader = self._leader_of.get(task.id)
            if leader and leader not in self._has_prefix_cached:
                held.append(task)
            elif len(self._pending) < self._most and self._may_pass(task, held):
                self._begin(task, leader)
            else:
                held += self._waiting[place:]
                break
        self._waiting = held

    def _may_pass(self, task: Task, held: Sequence[Task]) -> bool:
        return not held or self._precedence is None or self._precedence.lets_pass(task, held)

    def _begin(self, task: Task, leader: str | None) -> None:
        leads = task.id in self._leaders
        do = partial(
            self._worker.do,
            task,
            shares_prefix=self._has_prefix_cached[leader] if leader else leads,
            on_begin=(lambda _served: self._events.put(task.id)) if leads else None,
        )
        future = self._threads.submit(self._do, task, do)
        self._pending.add(future)
        future.add_done_callback(self._events.put)

    def _do(self, task: Task, do: Callable[[], Outcome]) -> Outcome:
        try:
            return do()
        finally:
            self._give_way(task)

    def _give_way(self, task: Task) -> None:
        """Let nobody wait for the money of `task` any more."""
        if self._precedence:
            self._precedence.finish(task)
