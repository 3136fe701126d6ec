import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import pairwise

import pytest

from chargehand.core.cancellation import INTERRUPTED, Cancellation
from chargehand.core.errors import Failure, ModelError, NoAnswer, ProviderStopped, RunEnding
from chargehand.core.prompt import Prompt, Reply
from chargehand.llm.attempts.concurrency import (
    MOST_PAUSED_S,
    TOO_MANY,
    ConcurrencyLimit,
    ConcurrencyLimited,
    answered,
    turned_away,
)
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


def limit(slots: int, most: int = 64, **more: int) -> ConcurrencyLimit:
    return ConcurrencyLimit(slots=slots, most=most, **more)


def shrunk(before: ConcurrencyLimit, *others: int) -> ConcurrencyLimit:
    """Return the limit after calls were turned away, one after the other, beside so many others."""
    for each in others:
        before, _ = turned_away(before, each)
    return before


def grown(before: ConcurrencyLimit, answers: int) -> ConcurrencyLimit:
    """Return the limit after so many answers, at each of which it was full."""
    for _ in range(answers):
        before = answered(before, before.slots)
    return before


def holds(times: int, retry_after_s: float | None = None, now: ConcurrencyLimit | None = None) -> list[float]:
    """Return for how long nobody begins, each time that a call alone in flight is turned away."""
    now, found = now or limit(8), []
    for _ in range(times):
        now, hold_s = turned_away(now, 0, retry_after_s)
        found.append(hold_s)
    return found


def answers_until_one_more(before: ConcurrencyLimit) -> int:
    return next(count for count in range(1, 1000) if grown(before, count).slots > before.slots)


def test_a_burst_leaves_as_many_places_as_the_server_bore() -> None:
    assert shrunk(limit(64), *range(63, 7, -1)).slots == 8


def test_a_single_call_that_is_turned_away_between_answers_changes_nothing() -> None:
    now = limit(8, most=8)
    for _ in range(10):
        now = grown(shrunk(now, 7), 1)
        assert now.slots == 8


def test_two_in_a_row_leave_what_is_in_flight_beside_them() -> None:
    assert shrunk(limit(8), 7, 5).slots == 5


def test_calls_in_flight_beside_it_never_make_room() -> None:
    assert shrunk(limit(4), 9, 9).slots == 4


def test_one_place_is_always_left() -> None:
    assert shrunk(limit(8), *[0] * 10).slots == 1
    assert shrunk(limit(8), 3, 0).slots == 1


def test_a_round_of_answers_makes_room_for_one_more() -> None:
    after_burst = shrunk(limit(64), *range(63, 7, -1))
    assert grown(after_burst, 7).slots == 8
    assert grown(after_burst, 8).slots == 9


def test_a_round_begins_anew_where_calls_are_turned_away() -> None:
    assert answers_until_one_more(shrunk(grown(limit(8), 7), 4, 4)) == 4


def test_there_is_never_more_room_than_at_most() -> None:
    assert grown(limit(8, most=8), 1000).slots == 8


def test_answers_while_places_are_free_prove_nothing() -> None:
    now = limit(8)
    for _ in range(100):
        now = answered(now, 7)
    assert now.slots == 8


def test_who_runs_into_the_same_limit_again_tries_more_seldom() -> None:
    now = shrunk(limit(12), 9, 8)
    waits = []
    for _ in range(6):
        waits.append(answers_until_one_more(now))
        now = shrunk(grown(now, waits[-1]), 8, 8)
        assert now.slots == 8
    assert waits == [8, 16, 32, 64, 64, 64]


def test_who_gets_past_the_limit_tries_more_often_again() -> None:
    now = shrunk(limit(12), 9, 8)._replace(rounds=8)
    rounds = []
    for _ in range(6):
        rounds.append(answers_until_one_more(now) // now.slots)
        now = grown(now, answers_until_one_more(now))
    assert rounds == [8, 8, 4, 2, 1, 1]


def test_a_lower_limit_than_before_is_no_reason_to_be_slow() -> None:
    now = shrunk(limit(12), 9, 8)._replace(rounds=8)
    assert answers_until_one_more(shrunk(now, 4, 3)) == 3


def test_trying_for_more_costs_few_calls_in_the_long_run() -> None:
    now, refusals = limit(64), 0
    for _ in range(1000):
        while now.slots > 8:
            now, _ = turned_away(now, now.slots - 1)
            refusals += 1
        now = answered(now, now.slots)
    assert refusals - 56 < 50


@pytest.mark.parametrize("share", [0.03, 0.06, 0.1])
def test_what_is_turned_away_at_random_costs_few_places(share: float) -> None:
    dice = random.Random(5)  # noqa: S311 - no secret
    now, seen = limit(16, most=16), []
    for _ in range(5000):
        is_turned_away = dice.random() < share
        now = turned_away(now, now.slots - 1)[0] if is_turned_away else answered(now, now.slots)
        seen.append(now.slots)
    assert sum(seen) / len(seen) > 13


def test_nobody_holds_back_while_others_are_in_flight() -> None:
    assert turned_away(limit(8), 1, retry_after_s=30)[1] == 0


def test_everybody_holds_back_where_a_call_alone_was_too_many_but_not_for_ever() -> None:
    found = holds(5000)
    assert found[:9] == [0.5, 1, 2, 4, 8, 16, 20, 0, 0]
    assert sum(found) <= MOST_PAUSED_S


def test_everybody_holds_back_for_as_long_as_the_server_asks() -> None:
    assert holds(6, retry_after_s=7) == [7, 7, 7, 7, 8, 16]


def test_a_server_that_asks_for_less_each_time_and_bears_nothing_is_left_alone_for_longer() -> None:
    assert holds(4, retry_after_s=0) == [0.5, 1, 2, 4]


def test_nobody_else_is_kept_for_longer_than_the_patience() -> None:
    assert holds(2, retry_after_s=86_400) == [0, 0]


def test_an_answer_ends_an_outage() -> None:
    assert holds(20, now=answered(shrunk(limit(8), *[0] * 20), 1)) == holds(20)


def test_after_an_outage_each_answer_makes_room_for_one_more() -> None:
    now = shrunk(limit(16, most=16), *range(15, 0, -1), 0, 0, 0)
    sizes = [grown(now, answers).slots for answers in range(16)]
    assert sizes == list(range(1, 17))


def test_places_change_by_one_at_a_time_on_the_way_up() -> None:
    now = shrunk(limit(64), *range(63, 0, -1))
    sizes = [grown(now, answers).slots for answers in range(0, 200, 10)]
    assert sizes == sorted(sizes)
    assert all(later - earlier <= 10 for earlier, later in pairwise(sizes))
