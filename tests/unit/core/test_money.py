from decimal import Decimal

import pytest

from chargehand.core.money import decimal_string, usd, usd_exact, usd_rounded_up


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (None, "unknown"),
        ("0", "$0.0000"),
        ("0.00000031", "under $0.0001"),
        ("0.0001", "$0.0001"),
        ("0.01715", "$0.0172"),
        ("1234.5", "$1,234.5000"),
    ],
)
def test_dollars_show_four_decimals_and_never_nothing_for_something(amount: str | None, shown: str) -> None:
    assert usd(None if amount is None else Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("amount", "decimals", "shown"),
    [
        ("0.001", 2, "under $0.01"),
        ("480", 2, "$480.00"),
        ("0.0000005", 6, "under $0.000001"),
        (None, 2, "unknown"),
    ],
)
def test_dollars_may_have_other_decimals(amount: str | None, decimals: int, shown: str) -> None:
    assert usd(None if amount is None else Decimal(amount), decimals) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("0.01", "$0.0100"), ("0.0100000001", "$0.0101"), ("0.01019", "$0.0102"), ("0", "$0.0000")],
)
def test_a_cap_to_set_is_never_rounded_down(amount: str, shown: str) -> None:
    assert usd_rounded_up(Decimal(amount)) == shown


@pytest.mark.parametrize(("amount", "shown"), [("0.020", "$0.020"), ("1E+1", "$10"), ("1E-7", "$0.0000001")])
def test_what_the_user_set_keeps_its_digits(amount: str, shown: str) -> None:
    assert usd_exact(Decimal(amount)) == shown
    assert decimal_string(Decimal(amount)) == shown.removeprefix("$")


def test_what_is_not_known_is_no_number() -> None:
    assert decimal_string(None) is None
    assert usd_exact(None) == "unknown"
