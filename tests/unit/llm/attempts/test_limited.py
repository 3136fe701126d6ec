import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from chargehand.core.cancellation import INTERRUPTED, Cancellation
from chargehand.core.errors import Failure, ModelError, NoAnswer, ProviderStopped, RunEnding
from chargehand.core.prompt import Prompt, Reply
from chargehand.llm.attempts.limited import TOO_MANY, ConcurrencyLimited
from tests.unit.llm.asking import ORCHESTRATOR, PROMPT, Clock, Script, no_answer, prompt, reply

PATIENCE_S = 5.0
MOMENT_S = 0.03


class Server:
    """A model that answers each call when, and how, the test says; told apart by their tasks."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self._changed = threading.Condition()
        self._ends: dict[str, Reply | BaseException] = {}

    def ask(self, asked: Prompt) -> Reply:
        with self._changed:
            self.arrived.append(asked.task)
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: asked.task in self._ends, PATIENCE_S)
            end = self._ends[asked.task]
        if isinstance(end, BaseException):
            raise end
        return end

    def end(self, task: str, with_: Reply | BaseException | None = None) -> None:
        with self._changed:
            self._ends[task] = with_ or reply()
            self._changed.notify_all()

    def has(self, count: int) -> list[str]:
        """Return what has arrived, once that is so much; a moment later, so that any more is seen."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.arrived) >= count, PATIENCE_S), self.arrived
        time.sleep(MOMENT_S)
        return self.arrived


class Queue:
    """Calls in threads of their own, that reach the limiter in the order in which they are made."""

    def __init__(self, server: Server, model: ConcurrencyLimited, pool: ThreadPoolExecutor) -> None:
        self._server = server
        self._model = model
        self._pool = pool

    def ask(self, *tasks: str, model: str = PROMPT.model) -> list["Future[Reply]"]:
        futures = []
        for task in tasks:
            before = self.seen()
            futures.append(self._pool.submit(self._model.ask, prompt(task=task, model=model)))
            deadline = time.monotonic() + PATIENCE_S
            while self.seen() == before and time.monotonic() < deadline:
                time.sleep(0.001)
        return futures

    def seen(self) -> int:
        """Return how many calls have arrived or wait for a slot."""
        return len(self._server.arrived) + sum(
            len(slots._queue) for slots in list(self._model._slots_of.values())
        )


@contextmanager
def limited(most: int, cancellation: Cancellation | None = None) -> Iterator[tuple[Server, Queue]]:
    server = Server()
    with ThreadPoolExecutor(16) as pool:
        yield server, Queue(server, ConcurrencyLimited(server, most, cancellation), pool)


def turn_away(server: Server, futures: list["Future[Reply]"], tasks: str, failure: Failure) -> None:
    for task in tasks:
        server.end(task, no_answer(failure))
    assert all(isinstance(future.exception(PATIENCE_S), NoAnswer) for future in futures)


def test_no_more_are_sent_at_once_than_there_are_places() -> None:
    with limited(2) as (server, queue):
        futures = queue.ask("a", "b", "c")
        assert server.has(2) == ["a", "b"]
        server.end("b")
        assert server.has(3) == ["a", "b", "c"]
        server.end("a")
        server.end("c")
        assert [future.result(PATIENCE_S) for future in futures] == [reply()] * 3


def test_first_come_is_first_served() -> None:
    with limited(1) as (server, queue):
        queue.ask("a", "b", "c", "d")
        for task in "abcd":
            server.has("abcd".index(task) + 1)
            server.end(task)
        assert server.arrived == ["a", "b", "c", "d"]


@pytest.mark.parametrize("failure", sorted(TOO_MANY))
def test_what_the_server_turns_away_leaves_fewer_places(failure: Failure) -> None:
    with limited(4) as (server, queue):
        futures = queue.ask("a", "b", "c", "d")
        server.has(4)
        turn_away(server, futures[2:], "cd", failure)
        queue.ask("e", "f")
        assert len(server.has(4)) == 4
        server.end("a")
        assert server.has(5)[4:] == ["e"]
        for task in "bef":
            server.end(task)


@pytest.mark.parametrize(
    "error",
    [
        *(no_answer(failure) for failure in Failure if failure not in TOO_MANY),
        ProviderStopped("no"),
        KeyboardInterrupt(),
    ],
    ids=str,
)
def test_other_ends_leave_all_places(error: BaseException) -> None:
    failing = ConcurrencyLimited(Script([error] * 5), 2)
    for _ in range(5):
        with pytest.raises(type(error)):
            failing.ask(PROMPT)
    with limited(2) as (server, queue):
        queue.ask("a", "b")
        server.has(2)
        server.end("a", error)
        queue.ask("c")
        assert server.has(3) == ["a", "b", "c"]
        server.end("b")
        server.end("c")


def test_places_come_back_with_answers() -> None:
    with limited(3) as (server, queue):
        futures = queue.ask("a", "b", "c")
        server.has(3)
        turn_away(server, futures[1:], "bc", Failure.RATE_LIMITED)
        queue.ask("d", "e", "f")
        assert len(server.has(3)) == 3
        server.end("a")
        assert sorted(server.has(5)[3:]) == ["d", "e"]
        for task in "def":
            server.end(task)


def test_each_model_has_its_own_places() -> None:
    with limited(1) as (server, queue):
        queue.ask("a")
        queue.ask("b", model=ORCHESTRATOR)
        assert server.has(2) == ["a", "b"]
        server.end("a")
        server.end("b")


def test_who_waits_for_a_place_is_told_that_the_run_ends() -> None:
    cancellation = Cancellation()
    with limited(1, cancellation) as (server, queue):
        (first,) = queue.ask("a")
        waiting = queue.ask("b", "c")
        cancellation.cancel(INTERRUPTED)
        assert all(isinstance(each.exception(PATIENCE_S), RunEnding) for each in waiting)
        assert queue.seen() == 1
        server.end("a")
        assert first.result(PATIENCE_S) == reply()
        assert server.arrived == ["a"]


def test_nothing_is_sent_once_the_run_ends() -> None:
    cancellation = Cancellation()
    cancellation.cancel(INTERRUPTED)
    script = Script([reply()])
    with pytest.raises(RunEnding):
        ConcurrencyLimited(script, 8, cancellation).ask(PROMPT)
    assert script.asked == []


class Alone:
    """One caller at a time, with a clock that only sleeping moves."""

    def __init__(self, *ends: Reply | ModelError) -> None:
        self.clock = Clock()
        self.script = Script(ends)
        self.model = ConcurrencyLimited(self.script, 8, sleep=self.clock.sleep, clock=self.clock)

    def ask(self) -> None:
        with suppress(NoAnswer):
            self.model.ask(PROMPT)


def test_the_next_call_waits_as_long_as_the_server_asked_the_last_one_to() -> None:
    alone = Alone(no_answer(Failure.RATE_LIMITED, retry_after_s=7), reply(), reply())
    for _ in range(3):
        alone.ask()
    assert alone.clock.naps == [7]


def test_what_was_waited_elsewhere_counts() -> None:
    alone = Alone(no_answer(Failure.RATE_LIMITED, retry_after_s=7), reply())
    alone.ask()
    alone.clock.now += 6
    alone.ask()
    assert alone.clock.naps == [1]


def test_an_outage_is_waited_out_without_using_up_the_attempts_of_many() -> None:
    alone = Alone(*[no_answer(Failure.OVERLOADED)] * 5, reply())
    for _ in range(6):
        alone.ask()
    assert alone.clock.naps == [0.5, 1, 2, 4, 8]


def test_who_holds_back_is_told_that_the_run_ends() -> None:
    cancellation = Cancellation()
    script = Script([no_answer(Failure.OVERLOADED, retry_after_s=30), reply()])
    model = ConcurrencyLimited(
        script, 1, cancellation, sleep=lambda _seconds: cancellation.cancel(INTERRUPTED)
    )
    with pytest.raises(NoAnswer):
        model.ask(PROMPT)
    with pytest.raises(RunEnding):
        model.ask(PROMPT)
    assert len(script.asked) == 1
