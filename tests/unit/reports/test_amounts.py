from decimal import Decimal

import pytest

from chargehand.core.counting import count
from chargehand.core.usage import REUSED, Role
from chargehand.reports.amounts import assumed, estimated, known, saving, share, total
from tests.unit.reports.samples import BILL, LOCAL, bill, call


def test_an_estimate_that_nobody_made_is_not_shown() -> None:
    assert estimated(BILL) == "estimated $0.0198"
    assert estimated(bill(())) == ""


def test_what_nobody_confirmed_is_told() -> None:
    sure = call(Role.WORKER, "style-1", LOCAL, "0.001")
    unsure = call(Role.WORKER, "style-1", LOCAL, "0.0036", is_assumed=True)
    assert assumed([sure]) == ""
    assert assumed([sure, unsure]) == ("$0.0036 is assumed: 1 call of unknown end at the worst case")


def test_a_total_with_unpriced_calls_is_a_lower_bound() -> None:
    assert total(BILL) == "$0.0172"
    assert total(BILL.evolve(unpriced=(LOCAL,))) == "at least $0.0172"


def test_a_sum_is_known_if_one_of_its_calls_is_priced_or_there_are_none() -> None:
    priced, unpriced = call(Role.PLAN, "plan", "m", "0.1"), call(Role.PLAN, "plan", LOCAL, None)
    assert known(Decimal("0.1"), (priced, unpriced)) == Decimal("0.1")
    assert known(Decimal(0), (unpriced, unpriced)) is None
    assert known(Decimal(0), ()) == 0


@pytest.mark.parametrize(
    ("paid", "instead", "shown"),
    [
        ("0.36", "1", "64 % less"),
        ("0.995", "1", "1 % less"),
        ("1", "1", "0 % less"),
        ("2.4", "1", "140 % more"),
        ("0.0001", "1", "99 % less"),
        ("0", "1", "100 % less"),
        ("1", "0", ""),
        ("1", None, ""),
    ],
)
def test_a_saving_is_said_as_less_or_more(paid: str, instead: str | None, shown: str) -> None:
    paid_bill = bill((call(Role.PLAN, "plan", "m", paid),))
    assert saving(paid_bill, None if instead is None else Decimal(instead)) == shown


def test_nothing_is_saved_for_certain_where_a_price_is_unknown() -> None:
    assert saving(BILL.evolve(unpriced=(LOCAL,)), Decimal(1)) == ""


def test_a_share_of_nothing_is_no_number() -> None:
    assert share(Decimal(1), Decimal(0)) == "–"
    assert share(1, 8) == "13 %"


def test_counts_have_their_noun() -> None:
    assert [count(number, "call") for number in (0, 1, 2, 12000)] == [
        "0 calls",
        "1 call",
        "2 calls",
        "12,000 calls",
    ]


def test_a_call_that_was_not_made_makes_no_unknown_sum_known() -> None:
    unpriced, saved = (
        call(Role.PLAN, "plan", LOCAL, None),
        call(Role.PLAN, "plan", LOCAL, "0", outcome=REUSED),
    )
    assert known(Decimal(0), (unpriced, saved)) is None
    assert known(Decimal(0), (saved,)) == 0
