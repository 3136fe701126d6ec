"""Runs the tasks of a plan in parallel threads and says how each of them ended."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from decimal import Decimal
from functools import partial
from queue import Empty, SimpleQueue

from chargehand.change.diff.chunks import files_of, show
from chargehand.core.cancellation import INTERRUPTED, POLL_S, Cancellation, provider_stopped
from chargehand.core.diff import Diff
from chargehand.core.errors import Failure, ModelError, NoAnswer, OverBudget, ProviderStopped
from chargehand.core.escaping import one_line, printable
from chargehand.core.finding import Claim
from chargehand.core.fleets import Fleet
from chargehand.core.plan import BUDGET, Failed, Lens, Outcome, Plan, Refused, Reviewed, Skipped, Task
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.core.usage import Role
from chargehand.core.value import Value
from chargehand.cost.ledger import Ledger
from chargehand.lenses import rule_for, rules_of
from chargehand.pipeline.answers import ClaimAnswer, WorkerAnswer
from chargehand.pipeline.escalated_prompt import escalated
from chargehand.pipeline.prompt_cache import Sharing
from chargehand.pipeline.prompts import frame, render

WORKER_TOKENS = 6000
TITLE_LENGTH, TEXT_LENGTH = 200, 4000


OnBegin = Callable[[], object]
# Does a task: with a prefix that others share or not, and with a word when the reply begins.
Do = Callable[[Task, bool, OnBegin | None], Outcome]


class Crew(Value):
    """Who does the tasks, with which lenses, and how many at a time.

    `escalation_share` is how much of the tasks the escalation model gets at most.
    """

    fleet: Fleet
    lenses: tuple[Lens, ...]
    threads: int
    project_instructions: str = ""
    escalation_share: Decimal = Decimal("0.3")

    @property
    def workers(self) -> tuple[str, ...]:
        """The models that read chunks, each once: the fleet's, and those that lenses name."""
        own = (lens.model for lens in self.lenses if lens.model)
        return tuple(dict.fromkeys((self.fleet.worker, *own)))

    @property
    def instructions(self) -> str:
        """What every worker is told before its chunk."""
        return render("worker", project_instructions=self.project_instructions)

    def lens(self, name: str) -> Lens:
        """Return the lens of this name."""
        return next(lens for lens in self.lenses if lens.name == name)

    def model_for(self, task: Task) -> str:
        """Return the model that is asked first: the lens's own, else the fleet's worker."""
        return self.lens(task.lens).model or self.fleet.worker


def run_tasks(
    plan: Plan,
    diff: Diff,
    crew: Crew,
    model: Model,
    cancellation: Cancellation,
    *,
    sharing: Sharing | None = None,
    ledger: Ledger | None = None,
    escalate_to: str | None = None,
    on_reply: Callable[[Task, Reply], None] = lambda _task, _reply: None,
    on_outcome: Callable[[Outcome], None] = lambda _outcome: None,
) -> tuple[Outcome, ...]:
    """Return how each task ended, in the plan's order; no task is left out.

    `on_reply` hears of every usable reply at once, in the thread that got it; `on_outcome` of every
    outcome, in this one.

    A task that `sharing` has wait begins when the reply to its leader does. Where the money of `ledger` may
    run out, no task begins before an earlier one, so that the first ones get it.

    With `escalate_to`, this model is asked in place of each task's own.

    When the run is cancelled nothing more begins. What has not begun, and what has not ended where the run
    has to end, is `Skipped` with the cancellation's reason.
    """
    ended: dict[str, Outcome] = {}
    if cancellation.reason is None and plan.tasks:
        pool = ThreadPoolExecutor(min(crew.threads, len(plan.tasks)), thread_name_prefix="task")
        ask = partial(_prompt, diff, crew, escalate_to)
        do = partial(_run, ask, crew, model, cancellation, on_reply)
        in_order = ledger is not None and ledger.has_cap
        if ledger and in_order:
            ledger.line_up([task.id for task in plan.tasks])
            do = partial(_stepping_out, ledger, do)
        shift = _Shift(plan.tasks, sharing or Sharing(), do, pool, in_order=in_order)
        for outcome in shift.outcomes(cancellation):
            ended[outcome.task.id] = outcome
            on_outcome(outcome)
        pool.shutdown(wait=False, cancel_futures=True)
    return tuple(
        ended.get(task.id, Skipped(task=task, reason=cancellation.reason or INTERRUPTED))
        for task in plan.tasks
    )


def worker_prompt(task: Task, diff: Diff, crew: Crew) -> Prompt:
    """Return what is asked for `task`, before anything is known of a cached prefix."""
    lens = crew.lens(task.lens)
    rules = ", ".join(rule.name for rule in rules_of(lens.name))
    return Prompt(
        role=Role.WORKER,
        task=task.id,
        lens=task.lens,
        model=crew.model_for(task),
        instructions=crew.instructions,
        material=frame(show(task.chunk, diff)),
        question=render(
            "worker_question",
            lens=lens.name,
            instructions=lens.instructions,
            rules=rules,
            focus=task.focus or "nothing in particular",
        ),
        answer=WorkerAnswer,
        max_tokens=WORKER_TOKENS,
    )


def reviewed(task: Task, reply: Reply, crew: Crew) -> Reviewed:
    """Return what a verified reply to `task` says."""
    answer = reply.answer_as(WorkerAnswer)
    claims = (_claim(each, task, crew.lens(task.lens), reply.model) for each in answer.claims)
    return Reviewed(task=task, model=reply.model, claims=tuple(claims))


class _Shift:
    """The tasks of one run in a pool: leaders and loners first, followers as their leaders are answered."""

    def __init__(
        self,
        tasks: Sequence[Task],
        sharing: Sharing,
        do: Do,
        pool: ThreadPoolExecutor,
        *,
        in_order: bool,
    ) -> None:
        self._do = do
        self._pool = pool
        self._in_order = in_order
        self._leader_of = sharing.leader_of
        self._leaders = frozenset(sharing.leader_of.values())
        self._is_cached: dict[str, bool] = {}
        self._waiting = list(tasks)
        self._pending: set[Future[Outcome]] = set()
        self._news: SimpleQueue[Future[Outcome] | str] = SimpleQueue()
        self._begin_ready()

    def outcomes(self, cancellation: Cancellation) -> Iterator[Outcome]:
        """Yield each outcome as it comes; where the run has to end, what still ends within the grace."""
        while self._pending and not cancellation.has_to_end:
            try:
                news = self._news.get(timeout=POLL_S)
            except Empty:
                continue
            if isinstance(news, str):
                self._let_followers_begin(news, is_cached=True)
                continue
            self._pending.remove(news)
            outcome = news.result()
            self._let_followers_begin(outcome.task.id, is_cached=isinstance(outcome, Reviewed))
            yield outcome
        begun = [future for future in self._pending if not future.cancel()]
        done, _ = wait(begun, timeout=cancellation.grace_s)
        yield from (future.result() for future in done)

    def _let_followers_begin(self, task: str, *, is_cached: bool) -> None:
        """Take note that the prefix of `task` is in the provider's cache, or that it will not be."""
        if task in self._leaders and task not in self._is_cached:
            self._is_cached[task] = is_cached
            self._begin_ready()

    def _begin_ready(self) -> None:
        """Begin every task whose leader has begun to answer; in order, none behind one that has to wait."""
        left: list[Task] = []
        for task in self._waiting:
            leader = self._leader_of.get(task.id)
            if (leader and leader not in self._is_cached) or (left and self._in_order):
                left.append(task)
            else:
                leads = task.id in self._leaders
                shares = self._is_cached[leader] if leader else leads
                on_begin = partial(self._news.put, task.id) if leads else None
                future = self._pool.submit(self._do, task, shares, on_begin)
                self._pending.add(future)
                future.add_done_callback(self._news.put)
        self._waiting = left


def _stepping_out(
    ledger: Ledger,
    do: Do,
    task: Task,
    cache_prefix: bool,  # noqa: FBT001 - never a literal
    on_begin: OnBegin | None,
) -> Outcome:
    try:
        return do(task, cache_prefix, on_begin)
    finally:
        ledger.step_out(task.id)


def _prompt(diff: Diff, crew: Crew, escalate_to: str | None, task: Task) -> Prompt:
    prompt = worker_prompt(task, diff, crew)
    return escalated(prompt, escalate_to) if escalate_to else prompt


def _run(
    ask: Callable[[Task], Prompt],
    crew: Crew,
    model: Model,
    cancellation: Cancellation,
    on_reply: Callable[[Task, Reply], None],
    task: Task,
    cache_prefix: bool,  # noqa: FBT001 - as above
    on_begin: OnBegin | None,
) -> Outcome:
    if cancellation.reason:
        return Skipped(task=task, reason=cancellation.reason)
    prompt = ask(task).model_copy(update={"cache_prefix": cache_prefix, "on_begin": on_begin})
    try:
        reply = model.ask(prompt)
    except ModelError as error:
        return _unanswered(task, prompt.model, error, cancellation)
    on_reply(task, reply)
    return reviewed(task, reply, crew)


def _unanswered(task: Task, model: str, error: ModelError, cancellation: Cancellation) -> Outcome:
    match error:
        case NoAnswer(failure=Failure.REFUSED):
            return Refused(task=task, model=model, reason=error.detail)
        case NoAnswer():
            return Failed(task=task, model=model, reason=str(error))
        case OverBudget():
            return Skipped(task=task, reason=BUDGET)
        case ProviderStopped():
            cancellation.cancel(provider_stopped(error))
        case _:
            pass  # the run is ending
    return Skipped(task=task, reason=cancellation.reason or INTERRUPTED)


def _claim(answer: ClaimAnswer, task: Task, lens: Lens, model: str) -> Claim:
    """Return the claim with what code can fill in; a file number that does not exist has no path."""
    return Claim(
        rule=rule_for(answer.rule, lens.name).id,
        lens=lens.name,
        severity=answer.severity,
        confidence=answer.confidence,
        title=one_line(answer.title)[:TITLE_LENGTH],
        message=printable(answer.message)[:TEXT_LENGTH],
        path=files_of(task.chunk).get(answer.file, ""),
        line=max(answer.line, 0),
        end_line=max(answer.end_line, answer.line, 0),
        quote=printable(answer.quote)[:TEXT_LENGTH],
        suggestion=printable(answer.suggestion)[:TEXT_LENGTH],
        model=model,
    )
