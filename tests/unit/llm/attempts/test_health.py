"""When a model counts as down or as broken: no attempt is made then, and none is paid."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from chargehand.core.cancellation import Cancellation
from chargehand.core.errors import Failure, NoAnswer, NotAsked
from chargehand.core.prompt import Prompt, Reply
from chargehand.core.usage import Role
from chargehand.llm.attempts.health import BROKEN, Health
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


class Run:
    """A health, and how many answers models give in vain by it."""

    def __init__(self) -> None:
        self.health = Health(Cancellation())

    def in_vain(self, model: str, tasks: int, error: NoAnswer, role: Role = Role.WORKER) -> int:
        """Return how many answers so many tasks in eight threads pay for."""
        script = Sending([error] * 99)

        def do(number: int) -> None:
            with suppress(NoAnswer):
                asked = prompt(task=f"t-{number}", model=model, role=role)
                Retrying(script, health=self.health).ask(asked)

        with ThreadPoolExecutor(8) as pool:
            deque(pool.map(do, range(tasks)), maxlen=0)
        return len(script.asked)


DECLINED = NoAnswer(Failure.REFUSED, "as the test says", may_be_charged=True)


@pytest.mark.parametrize(
    ("error", "of_the_worker", "of_the_stronger"),
    [
        (no_answer(Failure.INVALID), 8 + 6, 3),
        (no_answer(Failure.TRUNCATED), 8 + 4, 1),
        (DECLINED, 32, 3),  # each task may be the first that it takes, and another attempt none
        (no_answer(Failure.REFUSED), 32, 16),  # which costs nothing
    ],
    ids=["invalid", "cut off", "declined half-way", "declined for nothing"],
)
def test_models_whose_answers_are_all_of_no_use_are_given_up_after_a_few(
    error: NoAnswer, of_the_worker: int, of_the_stronger: int
) -> None:
    run = Run()
    assert run.in_vain(WORKER, 32, error) <= of_the_worker
    assert run.in_vain(SONNET, 16, error, Role.ESCALATION) <= of_the_stronger


def test_a_worker_beside_another_one_or_a_judge_gets_its_attempts_whatever_that_one_was_worth() -> None:
    run = Run()
    run.in_vain(WORKER, 32, no_answer(Failure.INVALID))
    for role in (Role.WORKER, Role.JUDGE):
        script = Script([no_answer(Failure.TRUNCATED), reply()])
        Retrying(script, health=run.health).ask(prompt(model=SONNET, role=role))
        assert len(script.asked) == 2


def test_of_a_plan_in_vain_nothing_follows() -> None:
    run = Run()
    for role, is_told in ((Role.PLAN, False), (Role.WORKER, True)):
        run.in_vain(WORKER, 1, no_answer(Failure.INVALID), role)
        assert run.health.is_beside_vain(SONNET) is is_told


def test_a_model_that_was_of_use_is_not_in_vain_for_others() -> None:
    health = Health(Cancellation())
    health.learn(WORKER, None)
    for _ in range(3 * BROKEN):
        health.learn(WORKER, no_answer(Failure.INVALID), is_repeat=True)
    assert not health.is_beside_vain(SONNET)


def test_a_stronger_model_that_is_of_use_beside_a_broken_one_is_asked_by_all_at_once() -> None:
    run = Run()
    run.in_vain(WORKER, 4, no_answer(Failure.INVALID))
    stronger = prompt(model=SONNET, role=Role.ESCALATION)
    assert run.health.is_beside_vain(SONNET)
    Retrying(Sending([no_answer(Failure.INVALID), reply()]), health=run.health).ask(stronger)
    assert not run.health.is_beside_vain(SONNET)
    script = Sending([reply()])
    Retrying(script, health=run.health).ask(stronger)
    assert script.asked[0].before_sent is None


def test_an_answer_that_is_paid_for_is_taken_whatever_the_model_is_worth() -> None:
    run = Run()
    run.in_vain(WORKER, 32, no_answer(Failure.INVALID))
    with pytest.raises(NotAsked, match="is not asked any more: its last"):
        Retrying(Script([reply()]), health=run.health).ask(prompt())
    Retrying(Script([reply()]), health=run.health, is_at_hand=lambda _prompt: True).ask(prompt())


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
