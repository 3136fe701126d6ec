from decimal import Decimal

import pytest

from chargehand.core.cancellation import INTERRUPTED, Cancellation
from chargehand.core.errors import Failure, NoAnswer, OverBudget, ProviderStopped, RunEnding
from chargehand.core.prompt import Prompt
from chargehand.cost.prices import Prices
from chargehand.llm.attempts.metered import worst_case_usd
from chargehand.llm.chain import build_chain
from tests.unit.llm.asking import Script, no_answer, prompt, reply

PRICES = Prices()
ASKED = prompt(material="1234567890" * 4000)
ESTIMATED = worst_case_usd(ASKED, PRICES) or Decimal(0)


def count(_prompt: Prompt) -> int:
    return 10_000


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
