import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal

import pytest

from chargehand.core.errors import OverBudget, RunEnding
from chargehand.core.prompt import Prompt
from chargehand.core.tokens import estimate_prompt_tokens
from chargehand.core.usage import Call, Role, Usage
from chargehand.cost.ledger import Ledger
from tests.unit.cost.waiting import waiting_for
from tests.unit.llm.asking import PROMPT, Clock, at_worst, call, prompt, result

CENT = Decimal("0.01")
LLAMA = prompt(model="llama")
ESTIMATE = estimate_prompt_tokens(PROMPT)


def test_a_call_is_booked_at_its_cost_and_not_at_its_worst_case() -> None:
    ledger = Ledger(Decimal(1))
    reservation = ledger.reserve(PROMPT, at_worst(CENT * 10))
    assert (ledger.spent_usd, ledger.committed_usd) == (Decimal(0), CENT * 10)
    ledger.settle(reservation, result(cost_usd=CENT))
    assert (ledger.spent_usd, ledger.committed_usd) == (CENT, CENT)
    assert [each.cost_usd for each in ledger.calls] == [CENT]


def test_a_call_of_unknown_end_stays_at_its_worst_case_and_is_marked() -> None:
    ledger = Ledger(Decimal(1))
    ledger.settle_at_worst(ledger.reserve(PROMPT, at_worst(CENT)), result(cost_usd=Decimal(0)))
    (booked,) = ledger.calls
    assert (ledger.spent_usd, booked.cost_usd, booked.is_assumed) == (CENT, CENT, True)


def test_a_call_that_was_never_sent_leaves_no_trace() -> None:
    ledger = Ledger(Decimal(1))
    ledger.release(ledger.reserve(PROMPT, at_worst(CENT)))
    assert ledger.committed_usd == 0
    assert ledger.calls == ()


def test_what_does_not_fit_is_refused_with_the_figure_that_would() -> None:
    ledger = Ledger(CENT)
    ledger.settle(ledger.reserve(PROMPT, at_worst(CENT)), result(cost_usd=Decimal("0.004")))
    with pytest.raises(OverBudget) as refused:
        ledger.reserve(PROMPT, at_worst(Decimal("0.00601")))
    assert str(refused.value) == (
        "A call to claude-haiku-5-5 was not sent: at least $0.0061 has to be put aside for it, and $0.0040 "
        "of the cap of $0.01 is spent or set aside. $0.0101 or more would be enough."
    )
    ledger.release(ledger.reserve(PROMPT, at_worst(Decimal("0.006"))))


def test_without_a_price_a_cap_cannot_be_kept_and_nothing_is_sent() -> None:
    with pytest.raises(OverBudget) as refused:
        Ledger(Decimal(100)).reserve(LLAMA, at_worst(None))
    assert str(refused.value) == (
        "A call to llama was not sent: its price is not known, so the cap of $100 cannot be kept. "
        "Give the model a price in the configuration, or remove the cap."
    )


def test_without_a_cap_a_price_is_not_needed() -> None:
    ledger = Ledger()
    ledger.settle(ledger.reserve(LLAMA, at_worst(None)), result(cost_usd=None))
    ledger.settle_at_worst(ledger.reserve(LLAMA, at_worst(None)), result(cost_usd=None))
    assert ledger.spent_usd == 0
    assert [each.cost_usd for each in ledger.calls] == [None, None]


def test_a_call_waits_for_money_that_calls_in_flight_may_give_back() -> None:
    ledger = Ledger(CENT)
    first = ledger.reserve(PROMPT, at_worst(CENT))
    with waiting_for(ledger) as pool:
        waiting = pool.submit(ledger.reserve, PROMPT, at_worst(CENT))
        threading.Event().wait(0.02)
        assert not waiting.done()
        ledger.settle(first, result(cost_usd=Decimal(0)))
        assert waiting.result(timeout=5).worst_usd == CENT


def test_a_waiting_call_is_refused_once_the_money_is_gone() -> None:
    ledger = Ledger(CENT)
    first = ledger.reserve(PROMPT, at_worst(CENT))
    with waiting_for(ledger) as pool:
        waiting = pool.submit(ledger.reserve, PROMPT, at_worst(CENT))
        ledger.settle(first, result(cost_usd=CENT))
        with pytest.raises(OverBudget):
            waiting.result(timeout=5)


@pytest.mark.parametrize("seed", range(5))
def test_the_cap_is_never_passed_by_sixteen_threads(seed: int) -> None:
    cap = Decimal("0.05")
    ledger = Ledger(cap)
    chance = random.Random(seed)  # noqa: S311  # no secret
    jobs = [(Decimal(chance.randint(1, 100)) / 10_000, chance.random(), chance.random()) for _ in range(300)]
    seen: list[Decimal] = []

    def job(worst: Decimal, share: float, end: float) -> bool:
        try:
            reservation = ledger.reserve(PROMPT, at_worst(worst))
        except OverBudget:
            return False
        seen.append(ledger.committed_usd)
        if end < 0.1:
            ledger.release(reservation)
        elif end < 0.2:
            ledger.settle_at_worst(reservation, result())
        else:
            ledger.settle(reservation, result(cost_usd=worst * Decimal(round(share, 3))))
        seen.append(ledger.committed_usd)
        return True

    with ThreadPoolExecutor(16) as pool:
        sent = list(pool.map(lambda each: job(*each), jobs))
    assert any(sent)
    assert not all(sent)
    assert max(seen) <= cap
    assert ledger.committed_usd == ledger.spent_usd == sum(each.cost_usd or 0 for each in ledger.calls)


def test_calls_are_told_in_the_order_of_a_run_with_their_attempts_numbered() -> None:
    ledger = Ledger()
    for role, task in [
        (Role.JUDGE, "judge"),
        (Role.WORKER, "tests-1"),
        (Role.WORKER, "security-10"),
        (Role.WORKER, "security-2"),
        (Role.ESCALATION, "security-2"),
        (Role.WORKER, "security-2"),
        (Role.PLAN, "plan"),
    ]:
        ledger.settle(ledger.reserve(prompt(role=role, task=task), at_worst(CENT)), result())
    assert [(each.role.value, each.task, each.attempt) for each in ledger.calls] == [
        ("plan", "plan", 1),
        ("worker", "security-2", 1),
        ("worker", "security-2", 2),
        ("worker", "security-10", 1),
        ("worker", "tests-1", 1),
        ("escalation", "security-2", 1),
        ("judge", "judge", 1),
    ]


def test_estimates_are_measured_by_what_is_reported() -> None:
    ledger = Ledger()
    assert ledger.token_ratio is None
    for usage in (
        Usage(input_tokens=ESTIMATE - 100, cache_read_tokens=100),
        Usage(input_tokens=ESTIMATE // 2),
        None,
    ):
        ledger.settle(ledger.reserve(PROMPT, at_worst(CENT)), result(usage=usage))
    ledger.settle_at_worst(ledger.reserve(PROMPT, at_worst(CENT)), result())
    assert ledger.token_ratio == Decimal(ESTIMATE + ESTIMATE // 2) / (2 * ESTIMATE)


def test_what_a_call_costs_beyond_its_worst_case_is_told() -> None:
    ledger = Ledger()
    ledger.settle(ledger.reserve(PROMPT, at_worst(CENT)), result(cost_usd=CENT))
    assert ledger.excess_usd == 0
    for cost in (CENT * 3, CENT / 2, CENT * 2):
        ledger.settle(ledger.reserve(PROMPT, at_worst(CENT)), result(cost_usd=cost))
    assert ledger.excess_usd == CENT * 3


def test_every_booked_call_is_told_once_with_its_number() -> None:
    reported: list[Call] = []
    ledger = Ledger(on_call=reported.append)
    ledger.settle(ledger.reserve(PROMPT, at_worst(CENT)), result())
    ledger.settle_at_worst(ledger.reserve(PROMPT, at_worst(CENT)), result())
    ledger.release(ledger.reserve(PROMPT, at_worst(CENT)))
    assert tuple(reported) == ledger.calls
    assert [(each.attempt, each.is_assumed) for each in reported] == [(1, False), (2, True)]


def test_an_answer_of_an_earlier_run_is_a_call_that_took_no_time_and_no_money() -> None:
    reported: list[Call] = []
    ledger = Ledger(on_call=reported.append)
    ledger.record_reuse(Role.WORKER, "security-1", "security", "claude-haiku-5-5")
    reused = call(outcome="cached", usage=None, cost_usd=Decimal(0), seconds=0, request_id=None)
    assert ledger.calls == (reused,) == tuple(reported)
    assert reused.is_reused
    assert ledger.spent_usd == 0


def test_the_callback_of_a_call_may_ask_the_ledger() -> None:
    spent: list[Decimal] = []
    ledger = Ledger(on_call=lambda _call: spent.append(ledger.spent_usd))
    ledger.settle(ledger.reserve(PROMPT, at_worst(CENT)), result(cost_usd=CENT))
    assert spent == [CENT]


def test_a_call_that_nobody_waits_for_any_more_is_booked_at_its_worst_case() -> None:
    clock, reported = Clock(), list[Call]()
    ledger = Ledger(Decimal(1), reported.append, clock)
    ledger.settle(ledger.reserve(PROMPT, at_worst(CENT)), result(cost_usd=CENT))
    ledger.reserve(PROMPT, at_worst(CENT * 10))
    clock.sleep(3)
    ledger.reserve(
        prompt(role=Role.JUDGE, task="judge", lens=None, model="claude-opus-5-5"), at_worst(CENT * 20)
    )
    ledger.abandon()
    assert ledger.spent_usd == ledger.committed_usd == CENT * 31
    _, left, judge = ledger.calls
    assert left == call(
        attempt=2,
        outcome="abandoned",
        usage=None,
        cost_usd=CENT * 10,
        is_assumed=True,
        seconds=3.0,
        request_id=None,
    )
    assert (judge.role, judge.task, judge.lens, judge.model) == (Role.JUDGE, "judge", None, "claude-opus-5-5")
    assert (judge.attempt, judge.seconds, judge.cost_usd) == (1, 0.0, CENT * 20)
    assert tuple(reported) == ledger.calls


def test_what_ends_after_the_ledger_is_abandoned_changes_nothing() -> None:
    reported: list[Call] = []
    ledger = Ledger(on_call=reported.append)
    settled, kept, released = (ledger.reserve(PROMPT, at_worst(CENT)) for _ in range(3))
    ledger.abandon()
    booked = ledger.calls
    ledger.settle(settled, result(usage=Usage(input_tokens=500)))
    ledger.settle_at_worst(kept, result())
    ledger.release(released)
    ledger.record_reuse(Role.JUDGE, "judge", None, "claude-opus-5-5")
    ledger.abandon()
    assert ledger.calls == booked == tuple(reported)
    assert ledger.spent_usd == ledger.committed_usd == CENT * 3
    assert ledger.token_ratio is None


def test_after_the_ledger_is_abandoned_no_attempt_begins() -> None:
    ledger = Ledger()
    ledger.abandon()
    with pytest.raises(RunEnding):
        ledger.reserve(PROMPT, at_worst(CENT))
    with pytest.raises(RunEnding):
        ledger.try_reserve(PROMPT, at_worst(CENT))
    assert ledger.calls == ()
    assert ledger.committed_usd == 0


def test_who_waits_for_money_or_for_a_turn_is_told_that_the_run_ends() -> None:
    ledger = Ledger(CENT)
    ledger.set_order(["a", "b", "c"])
    ledger.reserve(prompt(task="a"), at_worst(CENT))
    with waiting_for(ledger) as pool:
        waiting = [pool.submit(ledger.reserve, prompt(task=task), at_worst(CENT)) for task in "bc"]
        threading.Event().wait(0.02)
        ledger.abandon()
        for each in waiting:
            with pytest.raises(RunEnding):
                each.result(timeout=5)


def test_a_call_without_a_price_is_abandoned_without_a_cost() -> None:
    ledger = Ledger()
    ledger.reserve(LLAMA, at_worst(None))
    ledger.abandon()
    assert [(each.cost_usd, each.is_assumed) for each in ledger.calls] == [(None, True)]


@pytest.mark.parametrize("seed", range(5))
def test_the_book_closes_at_one_moment_whatever_sixteen_threads_do(seed: int) -> None:
    cap = Decimal("0.05")
    ledger = Ledger(cap)
    chance = random.Random(seed)  # noqa: S311  # no secret
    worsts = [Decimal(chance.randint(1, 100)) / 10_000 for _ in range(300)]
    is_under_way, is_closed = threading.Event(), threading.Event()

    def job(number: int) -> None:
        with suppress(OverBudget, RunEnding):
            reservation = ledger.reserve(PROMPT, at_worst(worsts[number]))
            if number == 100:
                is_under_way.set()
                is_closed.wait(5)
            ledger.settle(reservation, result(cost_usd=Decimal(0)))

    with ThreadPoolExecutor(16) as pool:
        jobs = [pool.submit(job, number) for number in range(300)]
        is_under_way.wait(5)
        ledger.abandon()
        booked, spent = ledger.calls, ledger.spent_usd
        is_closed.set()
        for each in jobs:
            each.result(timeout=5)
    assert ledger.calls == booked
    assert any(each.outcome == "abandoned" for each in booked)
    assert ledger.committed_usd == ledger.spent_usd == spent <= cap


BIT = Decimal("0.000001")


def test_money_that_is_there_at_once_is_taken_up_to_the_last_bit_of_the_cap() -> None:
    ledger = Ledger(3 * CENT)
    ledger.settle(ledger.reserve(PROMPT, at_worst(CENT)), result(cost_usd=CENT))
    assert ledger.try_reserve(PROMPT, at_worst(CENT))
    assert ledger.try_reserve(PROMPT, at_worst(CENT + BIT)) is None
    assert ledger.try_reserve(PROMPT, at_worst(CENT))
    assert ledger.committed_usd == 3 * CENT
    assert ledger.try_reserve(PROMPT, at_worst(BIT)) is None


def test_money_is_not_taken_at_once_if_an_earlier_attempt_waits_for_it() -> None:
    ledger = Ledger(3 * CENT)
    first = ledger.reserve(PROMPT, at_worst(2 * CENT))
    with waiting_for(ledger) as pool:
        waiting = pool.submit(ledger.reserve, PROMPT, at_worst(2 * CENT))
        threading.Event().wait(0.02)
        assert ledger.try_reserve(PROMPT, at_worst(CENT)) is None
        ledger.release(first)
        assert waiting.result(timeout=5).worst_usd == 2 * CENT
    assert ledger.try_reserve(PROMPT, at_worst(CENT))


@pytest.mark.parametrize("spent", [CENT, CENT + BIT])
def test_a_waiting_call_gets_exactly_what_is_left_and_not_a_bit_more(spent: Decimal) -> None:
    ledger = Ledger(2 * CENT)
    first = ledger.reserve(PROMPT, at_worst(2 * CENT))
    with waiting_for(ledger) as pool:
        waiting = pool.submit(ledger.reserve, PROMPT, at_worst(CENT))
        threading.Event().wait(0.02)
        ledger.settle(first, result(cost_usd=spent, usage=None))
        if spent == CENT:
            assert waiting.result(timeout=5).worst_usd == CENT
        else:
            with pytest.raises(OverBudget):
                waiting.result(timeout=5)


def test_what_is_kept_at_its_worst_is_not_given_to_whoever_waits() -> None:
    ledger = Ledger(CENT)
    first = ledger.reserve(PROMPT, at_worst(CENT))
    with waiting_for(ledger) as pool:
        waiting = pool.submit(ledger.reserve, PROMPT, at_worst(BIT))
        threading.Event().wait(0.02)
        ledger.settle_at_worst(first, result(cost_usd=Decimal(0)))
        with pytest.raises(OverBudget):
            waiting.result(timeout=5)


def test_a_call_outside_the_order_does_not_wait_for_the_claims_of_tasks_in_it() -> None:
    ledger = Ledger(CENT)
    ledger.set_order(["a", "b"])
    ledger.release(ledger.reserve(prompt(task="a"), at_worst(CENT)))
    assert ledger.try_reserve(prompt(task="c"), at_worst(CENT))


def test_a_task_that_has_its_money_does_not_hold_up_the_next_one_in_the_order() -> None:
    ledger = Ledger(3 * CENT)
    ledger.set_order(["a", "b", "c"])
    ledger.reserve(prompt(task="a"), at_worst(CENT))
    with waiting_for(ledger) as pool:
        last = pool.submit(ledger.reserve, prompt(task="c"), at_worst(CENT))
        threading.Event().wait(0.02)
        assert not last.done()
        pool.submit(ledger.reserve, prompt(task="b"), at_worst(CENT)).result(timeout=5)
        assert last.result(timeout=5).worst_usd == CENT


def test_the_money_of_an_attempt_that_failed_is_kept_for_the_next_one_of_its_task() -> None:
    ledger = Ledger(3 * CENT)
    ledger.set_order(["a", "b"])
    ledger.release(ledger.reserve(prompt(task="a"), at_worst(2 * CENT)))
    with waiting_for(ledger) as pool:
        later = pool.submit(ledger.reserve, prompt(task="b"), at_worst(2 * CENT))
        threading.Event().wait(0.02)
        assert not later.done()
        ledger.settle(ledger.reserve(prompt(task="a"), at_worst(2 * CENT)), result(cost_usd=CENT))
        threading.Event().wait(0.02)
        assert not later.done()
        ledger.finish("a")
        assert later.result(timeout=5).worst_usd == 2 * CENT


def test_a_count_is_worth_it_only_between_the_least_and_the_estimate() -> None:
    asked: list[str] = []

    def count(each: Prompt) -> int:
        asked.append(each.task)
        return ESTIMATE // 2

    def dear(tokens: int) -> Decimal:
        return Decimal(tokens)

    least, estimated = Decimal(ESTIMATE // 5), Decimal(ESTIMATE)
    for room in (least - 1, estimated):
        assert Ledger().worst_case_usd(PROMPT, dear, room, count) == estimated
    assert asked == []
    for room in (least, estimated - 1):
        found = Ledger().worst_case_usd(PROMPT, dear, room, count)
        assert found is not None
        assert found <= estimated
    assert len(asked) == 2
