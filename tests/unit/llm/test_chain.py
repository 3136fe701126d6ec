import time
from decimal import Decimal

import pytest

from chargehand.core.cancellation import INTERRUPTED, Cancellation
from chargehand.core.errors import Failure, NoAnswer, OverBudget, ProviderStopped, RunEnding
from chargehand.core.prompt import Prompt, Reply
from chargehand.core.usage import Usage
from chargehand.cost.prices import Prices
from chargehand.llm.attempts.metered import worst_case_usd
from chargehand.llm.chain import build_chain
from tests.unit.cost.waiting import waiting_for
from tests.unit.llm.asking import GOOD, Script, no_answer, prompt, reply

PRICES = Prices()
ASKED = prompt(material="1234567890" * 4000)
ESTIMATED = worst_case_usd(ASKED, PRICES) or Decimal(0)


def count(_prompt: Prompt) -> int:
    return 10_000


class Doubted:
    """Answers each question in vain at first; then it refuses, or, to a task that is ranked, says something.

    The first answer to `late` takes a while, and the one to `dear` costs nearly all that it may.
    """

    def __init__(self, late: str, dear: str) -> None:
        self._late = late
        self._dear = dear
        self._asked: set[str] = set()

    def ask(self, prompt: Prompt) -> Reply:
        is_ranked, is_again = prompt.task in {self._late, self._dear}, prompt.task in self._asked
        self._asked.add(prompt.task)
        if is_again and not is_ranked:
            raise no_answer(Failure.REFUSED)
        if prompt.task == self._late and not is_again:
            time.sleep(0.1)
        written = 900 if prompt.task == self._dear and not is_again else 1
        usage = Usage(input_tokens=1000, output_tokens=written)
        return reply(GOOD if is_again else "no JSON", usage=usage)


def test_a_task_whose_turn_it_is_to_repeat_does_not_wait_for_money_of_those_that_wait_for_theirs() -> None:
    asked = prompt(material="1" * 1000)
    worst = worst_case_usd(asked, PRICES) or Decimal(0)
    chain = build_chain(Doubted(late="first", dear="second"), PRICES, worst * Decimal("2.6"))
    for number in range(3):
        with pytest.raises(NoAnswer):
            chain.model.ask(asked.evolve(task=f"in-vain-{number}"))
    chain.ledger.set_order(["first", "second"])

    def do(task: str) -> Reply:
        try:
            return chain.model.ask(asked.evolve(task=task))
        finally:
            chain.ledger.finish(task)

    with waiting_for(chain.ledger) as threads:
        ends = [threads.submit(do, task) for task in ("first", "second")]
        assert [end.result(timeout=20).text for end in ends] == [GOOD, GOOD]


def test_what_fits_by_the_count_is_sent() -> None:
    chain = build_chain(Script([reply()]), PRICES, ESTIMATED / 2, count=count)
    assert chain.model.ask(ASKED).text


@pytest.mark.parametrize("error", [no_answer(Failure.RATE_LIMITED), ProviderStopped("no such key")])
def test_where_the_count_fails_the_estimate_decides(error: NoAnswer | ProviderStopped) -> None:
    def fail(_prompt: Prompt) -> int:
        raise error

    chain = build_chain(Script([]), PRICES, ESTIMATED / 2, count=fail)
    assert chain.worst_case_usd(ASKED, ESTIMATED / 2) == ESTIMATED
    with pytest.raises(OverBudget):
        chain.model.ask(ASKED)


def test_once_the_run_is_cancelled_nothing_is_counted() -> None:
    asked: list[Prompt] = []

    def counting(each: Prompt) -> int:
        asked.append(each)
        return 10_000

    cancellation = Cancellation()
    chain = build_chain(Script([]), PRICES, ESTIMATED / 2, cancellation=cancellation, count=counting)
    cancellation.cancel(INTERRUPTED)
    with pytest.raises(RunEnding):
        chain.model.ask(ASKED)
    assert chain.worst_case_usd(ASKED, ESTIMATED / 2) is None
    assert asked == []


def test_a_worst_case_is_counted_only_if_that_may_bring_it_down_far_enough() -> None:
    asked: list[Prompt] = []

    def counting(each: Prompt) -> int:
        asked.append(each)
        return 10_000

    chain = build_chain(Script([reply()]), PRICES, ESTIMATED / 2, count=counting)
    assert chain.worst_case_usd(ASKED, ESTIMATED) == ESTIMATED
    assert chain.worst_case_usd(ASKED, ESTIMATED / 10) == ESTIMATED
    assert chain.worst_case_usd(prompt(model="llama"), Decimal(1)) is None
    assert asked == []
    quoted = chain.worst_case_usd(ASKED, ESTIMATED / 2)
    assert quoted is not None
    assert quoted < ESTIMATED / 2
    assert chain.model.ask(ASKED).text  # by the same count
    assert asked == [ASKED]
