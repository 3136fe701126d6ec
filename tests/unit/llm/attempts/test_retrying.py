import threading

import pytest

from chargehand.core.cancellation import INTERRUPTED, Cancellation
from chargehand.core.errors import Failure, ModelError, NoAnswer, OverBudget, ProviderStopped, RunEnding
from chargehand.core.prompt import Reply
from chargehand.llm.attempts.retrying import REMEDIES, Remedy, Retrying, RetryPolicy
from tests.unit.llm.asking import GOOD, PROMPT, Clock, Script, no_answer, prompt, reply

WAITING = [each for each, remedy in REMEDIES.items() if remedy is Remedy.WAIT]
AT_ONCE = [Failure.EMPTY, Failure.UNKNOWN_STOP, Failure.INVALID, Failure.TRUNCATED]


class Run:
    """One prompt asked of a script of ends, with a clock that stands still but for waits; jitter is full."""

    def __init__(
        self, *ends: Reply | ModelError, policy: RetryPolicy | None = None, deadline: float | None = None
    ) -> None:
        self.script = Script(ends)
        self.clock = Clock()
        cancellation = Cancellation(clock=self.clock)
        if deadline is not None:
            cancellation.set_deadline(deadline)
        self.retrying = Retrying(
            self.script, policy, cancellation=cancellation, sleep=self.clock.sleep, jitter=lambda: 1.0
        )

    def failure(self) -> NoAnswer:
        with pytest.raises(NoAnswer) as caught:
            self.retrying.ask(PROMPT)
        return caught.value


def test_every_failure_has_a_remedy() -> None:
    assert REMEDIES.keys() == set(Failure)


@pytest.mark.parametrize("failure", WAITING)
def test_what_passes_is_waited_for_longer_each_time(failure: Failure) -> None:
    run = Run(no_answer(failure), no_answer(failure), no_answer(failure), reply())
    assert run.retrying.ask(PROMPT).text == GOOD
    assert run.clock.naps == [0.5, 1.0, 2.0]
    assert run.script.asked == [PROMPT] * 4


@pytest.mark.parametrize("failure", AT_ONCE)
def test_an_answer_of_no_use_is_asked_for_again_at_once(failure: Failure) -> None:
    run = Run(no_answer(failure), reply())
    assert run.retrying.ask(PROMPT).text == GOOD
    assert run.clock.naps == []


@pytest.mark.parametrize("failure", [Failure.REFUSED, Failure.REJECTED])
def test_what_would_end_the_same_is_not_asked_again(failure: Failure) -> None:
    run = Run(no_answer(failure), reply())
    assert run.failure().failure is failure


@pytest.mark.parametrize("error", [OverBudget("no"), ProviderStopped("no"), RunEnding()])
def test_errors_that_are_no_attempt_fly_at_once(error: ModelError) -> None:
    run = Run(error, reply())
    with pytest.raises(type(error)):
        run.retrying.ask(PROMPT)


def test_attempts_are_bounded() -> None:
    run = Run(*[no_answer(Failure.OVERLOADED)] * 9)
    assert run.failure().failure is Failure.OVERLOADED
    assert len(run.script.asked) == RetryPolicy().attempts


def test_answers_of_no_use_which_are_paid_for_are_bounded_sooner() -> None:
    ends = [no_answer(each) for each in (Failure.TIMEOUT, Failure.EMPTY, Failure.INVALID, Failure.EMPTY)]
    run = Run(*ends, reply())
    assert run.failure().failure is Failure.EMPTY
    assert len(run.script.asked) == 4


def test_calls_of_unknown_end_which_may_be_paid_for_are_bounded_as_soon() -> None:
    broken = NoAnswer(Failure.CONNECTION, "it broke", may_be_charged=True)
    run = Run(broken, no_answer(Failure.OVERLOADED), broken, broken, reply())
    assert run.failure() is broken
    assert len(run.script.asked) == 4


def test_waits_are_jittered_and_bounded() -> None:
    policy = RetryPolicy(attempts=4, first_wait_s=10, longest_backoff_s=15)
    clock = Clock()
    jitter = iter([0.0, 0.5, 1.0])
    script = Script([no_answer(Failure.TIMEOUT)] * 3 + [reply()])
    Retrying(script, policy, sleep=clock.sleep, jitter=lambda: next(jitter)).ask(PROMPT)
    assert clock.naps == [5.0, 11.25, 15.0]


def test_the_server_says_how_long_to_wait() -> None:
    run = Run(no_answer(Failure.RATE_LIMITED, retry_after_s=42), reply())
    run.retrying.ask(PROMPT)
    assert run.clock.naps == [42]


def test_a_wait_past_the_deadline_is_not_begun() -> None:
    run = Run(no_answer(Failure.RATE_LIMITED, retry_after_s=42), reply(), deadline=40)
    met = run.failure()
    assert met.failure is Failure.RATE_LIMITED
    assert met.detail == "as the test says; given up: a wait of 42.0 s would pass the deadline"
    assert run.clock.naps == []


def test_a_senseless_wait_is_not_obeyed_even_without_a_deadline() -> None:
    run = Run(no_answer(Failure.RATE_LIMITED, retry_after_s=86_400), reply())
    assert "asks for a wait of 86400 s" in run.failure().detail
    assert run.clock.naps == []


def test_a_wait_ends_when_the_run_does() -> None:
    cancellation = Cancellation()
    threading.Timer(0.05, cancellation.cancel, (INTERRUPTED,)).start()
    script = Script([no_answer(Failure.RATE_LIMITED, retry_after_s=60), RunEnding()])
    with pytest.raises(RunEnding):
        Retrying(script, cancellation=cancellation).ask(PROMPT)


def test_what_was_possibly_charged_stays_so_when_given_up() -> None:
    error = NoAnswer(Failure.TIMEOUT, "silence", may_be_charged=True)
    assert Run(error, deadline=0.1).failure().may_be_charged


def test_an_invalid_answer_is_asked_for_again_with_the_reason_and_only_the_last() -> None:
    first = NoAnswer(Failure.INVALID, "not JSON: expected value")
    second = NoAnswer(Failure.INVALID, "claims: Field required")
    run = Run(first, second, reply())
    run.retrying.ask(PROMPT)
    _, asked, again = run.script.asked
    assert asked.question.startswith("Any claims?\n\nAn earlier answer")
    assert "(not JSON: expected value)" in asked.question
    assert "not JSON" not in again.question
    assert "(claims: Field required)" in again.question
    assert again.evolve(question=PROMPT.question, before_sent=None) == PROMPT


@pytest.mark.parametrize("failure", [Failure.INVALID, Failure.TRUNCATED, Failure.OVERLOADED])
def test_whoever_waits_for_the_reply_to_begin_waits_for_that_of_the_next_attempt(failure: Failure) -> None:
    begun: list[str] = []
    run = Run(no_answer(failure), reply())
    run.retrying.ask(PROMPT.evolve(on_begin=lambda _served: begun.append("begun")))
    for asked in run.script.asked:
        assert asked.on_begin
        asked.on_begin(None)
    assert begun == ["begun"] * 2


def test_a_truncated_answer_gets_twice_the_room_once() -> None:
    run = Run(no_answer(Failure.TRUNCATED), no_answer(Failure.TRUNCATED), reply())
    assert run.failure().failure is Failure.TRUNCATED
    assert [each.max_tokens for each in run.script.asked] == [1000, 2000]


def test_what_a_cap_had_cut_short_gets_all_the_room_that_was_meant_for_it() -> None:
    cut = no_answer(Failure.TRUNCATED)
    cut.allowed_tokens = 300
    run = Run(cut, reply())
    run.retrying.ask(PROMPT)
    assert [(each.max_tokens, each.least_tokens) for each in run.script.asked] == [(1000, None), (1000, 600)]


def test_a_reason_outlives_a_truncation() -> None:
    run = Run(NoAnswer(Failure.INVALID, "not JSON"), no_answer(Failure.TRUNCATED), reply())
    run.retrying.ask(PROMPT)
    assert "not JSON" in run.script.asked[2].question
    assert run.script.asked[2].max_tokens == 2000


def test_room_ends_at_the_models_limit() -> None:
    script = Script([no_answer(Failure.TRUNCATED), no_answer(Failure.TRUNCATED)])
    with pytest.raises(NoAnswer):
        Retrying(script).ask(prompt(model="claude-haiku-4-5", max_tokens=60_000))
    assert [each.max_tokens for each in script.asked] == [60_000, 64_000]


def test_a_context_that_is_full_is_not_asked_for_more_room() -> None:
    script = Script([no_answer(Failure.TRUNCATED)])
    with pytest.raises(NoAnswer):
        Retrying(script).ask(prompt(model="claude-haiku-4-5", material="a b" * 200_000))
    assert len(script.asked) == 1
