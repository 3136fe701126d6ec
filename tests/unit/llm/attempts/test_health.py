"""When a model counts as down or as broken: no attempt is made then, and none is paid."""

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from chargehand.core.cancellation import Cancellation
from chargehand.core.errors import Failure, NoAnswer, NotAsked
from chargehand.core.prompt import Prompt, Reply
from chargehand.core.usage import Role
from chargehand.llm.attempts.health import BROKEN, DECLINED, Health
from chargehand.llm.attempts.retrying import Retrying
from tests.unit.llm.asking import ORCHESTRATOR, SONNET, WORKER, Clock, Script, no_answer, prompt, reply


class Sending(Script):
    """A script that is sent to once there is money for it, as a metered model is."""

    def ask(self, prompt: Prompt) -> Reply:
        if prompt.before_sent:
            prompt.before_sent()
        return super().ask(prompt)


class Patient:
    """A health whose time only these attempts move."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.health = Health(Cancellation(clock=self.clock), self.clock)

    def fail(self, model: str, failure: Failure, times: int, *, seconds: float) -> None:
        """Have so many attempts in a row end so, the last one after so many seconds."""
        for number in range(times):
            self.clock.now += seconds / (times - 1) if number else 0
            self.health.learn(model, no_answer(failure))

    def is_asked(self, model: str) -> bool:
        try:
            self.health.check(model)
        except NotAsked:
            return False
        return True


@pytest.mark.parametrize("failure", [Failure.OVERLOADED, Failure.SERVER_ERROR, Failure.CONNECTION])
def test_a_model_that_nobody_reaches_for_two_calls_is_down(failure: Failure) -> None:
    run = Patient()
    run.fail(WORKER, failure, 11, seconds=20)
    assert run.is_asked(WORKER)
    run.fail(WORKER, failure, 1, seconds=0)
    assert not run.is_asked(WORKER)
    assert run.is_asked(SONNET)


def test_a_moment_without_answers_is_no_outage_however_many_threads_it_strikes() -> None:
    run = Patient()
    run.fail(WORKER, Failure.OVERLOADED, 64, seconds=9)
    assert run.is_asked(WORKER)


def test_a_limit_of_the_rate_gets_its_minute() -> None:
    run = Patient()
    run.fail(WORKER, Failure.RATE_LIMITED, 40, seconds=59)
    assert run.is_asked(WORKER)
    run.fail(WORKER, Failure.RATE_LIMITED, 2, seconds=2)
    assert not run.is_asked(WORKER)


@pytest.mark.parametrize("answer", [None, no_answer(Failure.INVALID), no_answer(Failure.REFUSED)])
def test_whatever_answer_says_that_somebody_is_there(answer: NoAnswer | None) -> None:
    run = Patient()
    run.fail(WORKER, Failure.SERVER_ERROR, 20, seconds=100)
    run.health.learn(WORKER, answer)
    assert run.is_asked(WORKER)


def test_beside_a_model_that_fails_half_a_call_is_enough() -> None:
    run = Patient()
    run.fail(WORKER, Failure.OVERLOADED, 12, seconds=30)
    run.fail(SONNET, Failure.OVERLOADED, 3, seconds=3)
    assert not run.is_asked(SONNET)
    assert run.is_asked(ORCHESTRATOR)


@pytest.mark.parametrize(("is_charged", "is_given_up"), [(False, False), (True, True)])
def test_attempts_that_may_be_charged_are_as_patient_as_two_models_together(
    is_charged: bool, is_given_up: bool
) -> None:
    run = Patient()
    broken = NoAnswer(Failure.CONNECTION, "it broke", may_be_charged=is_charged)
    run.fail(ORCHESTRATOR, Failure.CONNECTION, 6, seconds=1.5)
    for _ in range(3):
        run.health.learn(WORKER, broken)
    assert run.is_asked(WORKER)
    run.clock.now += 1.5
    run.health.learn(WORKER, broken)
    assert run.is_asked(WORKER) is not is_given_up


def test_a_model_whose_answers_are_all_of_no_use_is_broken_after_a_few_and_then_the_stronger_one() -> None:
    health = Health(Cancellation())

    def answers_in_vain(model: str, tasks: int) -> int:
        """Return how many answers so many tasks at once pay for."""
        script = Sending([no_answer(Failure.INVALID)] * 99)

        def do(number: int) -> None:
            with suppress(NoAnswer):
                Retrying(script, health=health).ask(prompt(task=f"t-{number}", model=model))

        threads = [threading.Thread(target=do, args=(number,)) for number in range(tasks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(script.asked)

    assert answers_in_vain(WORKER, 16) <= 16 + 6
    assert answers_in_vain(WORKER, 16) == 0
    assert answers_in_vain(SONNET, 16) <= 3
    assert answers_in_vain(SONNET, 2) == 0


@pytest.mark.parametrize(
    ("failure", "is_charged", "of_the_worker", "of_the_stronger"),
    [
        (Failure.TRUNCATED, False, 16 + 3, 2),
        (Failure.REFUSED, True, 16, 3),
        (Failure.REFUSED, False, 32, 16),
    ],
    ids=["cut off", "declined half-way", "declined for nothing"],
)
def test_what_costs_most_or_is_never_repeated_is_given_up_as_soon(
    failure: Failure, is_charged: bool, of_the_worker: int, of_the_stronger: int
) -> None:
    health = Health(Cancellation())
    in_vain = NoAnswer(failure, "as the test says", may_be_charged=is_charged)

    def answers(model: str, tasks: int) -> int:
        script = Sending([in_vain] * 99)

        def do(number: int) -> None:
            with suppress(NoAnswer):
                Retrying(script, health=health).ask(prompt(task=f"t-{number}", model=model))

        with ThreadPoolExecutor(8) as pool:
            deque(pool.map(do, range(tasks)), maxlen=0)
        return len(script.asked)

    assert answers(WORKER, 32) <= of_the_worker
    assert answers(SONNET, 16) <= of_the_stronger


@pytest.mark.parametrize("failure", [Failure.INVALID, Failure.TRUNCATED])
@pytest.mark.parametrize(("role", "is_told"), [(Role.PLAN, False), (Role.WORKER, True)])
def test_a_question_in_vain_speaks_for_others_unless_it_is_the_plan(
    failure: Failure, role: Role, is_told: bool
) -> None:
    health = Health(Cancellation())
    with pytest.raises(NoAnswer):
        Retrying(Script([no_answer(failure)] * 9), health=health).ask(prompt(role=role))
    health.check(WORKER)
    assert health.is_beside_broken(SONNET) is is_told


def test_a_model_that_was_of_use_is_not_broken_for_others_either() -> None:
    health = Health(Cancellation())
    health.learn(WORKER, None)
    for _ in range(3 * BROKEN):
        health.learn(WORKER, no_answer(Failure.INVALID), is_repeat=True)
    assert not health.is_beside_broken(SONNET)


def test_a_model_that_declined_all_says_so_where_it_is_not_asked() -> None:
    health = Health(Cancellation())
    for _ in range(DECLINED):
        health.learn(WORKER, NoAnswer(Failure.REFUSED, "as the test says", may_be_charged=True))
    with pytest.raises(NotAsked) as caught:
        Retrying(Script([]), health=health).ask(prompt())
    assert str(caught.value) == f"refused: {WORKER} is not asked any more: its last 8 answers were of no use"


def test_a_stronger_model_that_is_of_use_beside_a_broken_one_is_asked_by_all_at_once() -> None:
    health = Health(Cancellation())
    for _ in range(BROKEN):
        health.learn(WORKER, no_answer(Failure.INVALID), is_repeat=True)
    assert health.is_beside_broken(SONNET)
    asked = Retrying(Sending([no_answer(Failure.INVALID), reply()]), health=health)
    asked.ask(prompt(model=SONNET))
    assert not health.is_beside_broken(SONNET)
    script = Sending([reply()])
    Retrying(script, health=health).ask(prompt(model=SONNET))
    assert script.asked[0].before_sent is None


def test_a_model_that_answers_well_when_it_is_told_what_was_wrong_is_not_broken() -> None:
    health = Health(Cancellation())
    for number in range(9):
        script = Script([no_answer(Failure.INVALID), reply()])
        Retrying(script, health=health).ask(prompt(task=f"t-{number}"))


def test_a_model_that_was_of_use_once_is_not_broken_by_one_lens() -> None:
    health = Health(Cancellation())
    Retrying(Script([reply()]), health=health).ask(prompt())
    for number in range(9):
        with pytest.raises(NoAnswer, match="invalid: as the test says"):
            Retrying(Script([no_answer(Failure.INVALID)] * 3), health=health).ask(prompt(task=f"t-{number}"))


def test_a_call_that_is_not_made_any_more_says_for_how_long_nobody_answered() -> None:
    run = Patient()
    run.fail(WORKER, Failure.OVERLOADED, 12, seconds=30)
    with pytest.raises(NotAsked) as caught:
        Retrying(Script([]), health=run.health).ask(prompt())
    assert str(caught.value) == f"overloaded: {WORKER} is not asked any more: no attempt got through for 30 s"
