"""The money of a comparison is drawn by reviews that run at once, and given back."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

from chargehand.parity.trial.purse import Purse


def test_no_two_reviews_hold_the_same_dollar_and_what_is_left_comes_back() -> None:
    purse = Purse(Decimal(6))
    together = Barrier(2)

    def review(_number: int) -> Decimal:
        drawn = purse.draw(Decimal(2))
        together.wait()
        purse.give_back(drawn, Decimal("0.5"))
        return drawn

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(review, range(6))) == [Decimal(2)] * 6
    assert purse.left_usd == 3


def test_a_review_gets_what_is_left_if_nobody_will_give_any_back() -> None:
    purse = Purse(Decimal(1))
    assert purse.draw(Decimal(3)) == 1
    purse.give_back(Decimal(1), Decimal("0.25"))
    assert purse.draw(None) == Decimal("0.75")
