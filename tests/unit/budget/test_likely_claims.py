from decimal import Decimal
from fractions import Fraction

import pytest

from chargehand.budget.likely_claims import Claims, likeliest_claims, likely_claims

FIFTH = Fraction(1, 5)


@pytest.mark.parametrize("mean", ["0.015", "1.5", "6", "18", "225"])
def test_chances_add_up_to_one_and_keep_the_mean(mean: str) -> None:
    likely = list(likely_claims(Decimal(mean), FIFTH))
    assert sum(each.chance for each in likely) == pytest.approx(1, abs=Decimal("0.001"))
    claims = sum(each.chance * sum(each.claims) for each in likely)
    grave = sum(each.chance * each.claims.grave for each in likely)
    assert claims == pytest.approx(Decimal(mean), rel=Decimal("0.03"))
    assert grave == pytest.approx(Decimal(mean) / 5, rel=Decimal("0.05"))


def test_a_lone_claim_is_as_probable_as_a_poisson_distribution_has_it() -> None:
    chances = {each.claims: each.chance for each in likely_claims(Decimal("1.5"), FIFTH)}
    none = Decimal("-1.5").exp()
    assert chances[Claims(0, 0)] == pytest.approx(none)
    assert chances[Claims(1, 0)] == pytest.approx(none * Decimal("0.3"))
    assert chances[Claims(0, 1)] == pytest.approx(none * Decimal("1.2"))


def test_without_a_line_to_read_there_is_no_claim() -> None:
    assert list(likely_claims(Decimal(0), FIFTH)) == [(Decimal(1), Claims(0, 0))]


def test_where_nothing_can_fail_the_build_all_claims_are_mild() -> None:
    assert not any(each.claims.grave for each in likely_claims(Decimal(30), Fraction(0)))


def test_many_claims_are_a_handful_of_cases() -> None:
    assert len(list(likely_claims(Decimal(10_000), FIFTH))) == 1
    assert len(list(likely_claims(Decimal(20), FIFTH))) <= 100


@pytest.mark.parametrize(
    ("mean", "claims"), [("0.4", Claims(0, 0)), ("1.5", Claims(0, 2)), ("2.6", Claims(1, 2))]
)
def test_the_likeliest_claims_are_whole_ones(mean: str, claims: Claims) -> None:
    assert likeliest_claims(Decimal(mean), FIFTH) == claims
