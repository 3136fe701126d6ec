import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal

import pytest

from chargehand.core.errors import OverBudget
from chargehand.cost.ledger import Ledger
from chargehand.cost.reservation import Reservation
from tests.unit.llm.asking import at_worst, prompt, result

CENT = Decimal("0.01")


# An attempt that cost nothing: the server turned it away, say.
FREE = result(cost_usd=Decimal(0))


class Desk:
    """Attempts that reserve in threads of their own."""

    def __init__(self, ledger: Ledger, pool: ThreadPoolExecutor) -> None:
        self._ledger = ledger
        self._pool = pool

    def ask_for(self, task: str, worst: Decimal = CENT) -> "Future[Reservation]":
        """Begin to wait for money, and return once that is under way."""
        future = self._pool.submit(self._ledger.reserve, prompt(task=task), at_worst(worst))
        threading.Event().wait(0.02)
        return future


@contextmanager
def desk(ledger: Ledger) -> Iterator[Desk]:
    with ThreadPoolExecutor(4) as pool:
        yield Desk(ledger, pool)


def test_a_later_task_waits_until_an_earlier_one_has_had_its_turn() -> None:
    ledger = Ledger(2 * CENT)
    ledger.set_order(["a", "b"])
    with desk(ledger) as at:
        second = at.ask_for("b")
        assert not second.done()
        ledger.reserve(prompt(task="a"), at_worst(CENT))
        assert second.result(timeout=5).prompt.task == "b"


def test_a_task_that_ends_without_asking_holds_nobody_up() -> None:
    ledger = Ledger(CENT)
    ledger.set_order(["a", "b"])
    with desk(ledger) as at:
        second = at.ask_for("b")
        ledger.finish("a")
        assert second.result(timeout=5).worst_usd == CENT


def test_another_attempt_of_an_earlier_task_goes_before_later_tasks() -> None:
    ledger = Ledger(CENT)
    ledger.set_order(["a", "b", "c"])
    first = ledger.reserve(prompt(task="a"), at_worst(CENT))
    with desk(ledger) as at:
        second, third = at.ask_for("b"), at.ask_for("c")
        again = at.ask_for("a")
        ledger.settle(first, FREE)
        held = again.result(timeout=5)
        assert not second.done()
        ledger.settle(held, FREE)
        ledger.finish("a")
        ledger.release(second.result(timeout=5))
        ledger.finish("b")
        assert third.result(timeout=5).worst_usd == CENT


def test_between_two_attempts_a_task_keeps_its_claim_before_later_ones_only() -> None:
    ledger = Ledger(2 * CENT)
    ledger.set_order(["a", "b", "c"])
    first, second = (ledger.reserve(prompt(task=task), at_worst(CENT)) for task in "ab")
    ledger.settle(second, FREE)  # overloaded, say: it will come again
    with desk(ledger) as at:
        third = at.ask_for("c")
        assert not third.done()  # a has one cent, and b may want the other
        ledger.settle(first, FREE)
        ledger.reserve(prompt(task="a"), at_worst(CENT))  # b's claim is nothing to a
        ledger.finish("b")
        assert third.result(timeout=5).worst_usd == CENT


def test_what_cannot_fit_is_refused_at_its_turn_and_the_next_gets_the_money() -> None:
    ledger = Ledger(CENT)
    ledger.set_order(["a", "b"])
    with desk(ledger) as at:
        second = at.ask_for("b")
        with pytest.raises(OverBudget):
            ledger.reserve(prompt(task="a"), at_worst(2 * CENT))
        assert second.result(timeout=5).worst_usd == CENT


def test_who_is_not_ranked_waits_for_nobody() -> None:
    ledger = Ledger(CENT)
    ledger.set_order(["a"])
    assert ledger.reserve(prompt(task="judge"), at_worst(CENT)).prompt.task == "judge"
