"""What is counted as found, how sure a figure is, and when a fleet is as good as the baseline."""

from random import Random

import pytest

from chargehand.parity.score.bootstrap import Interval, intervals
from chargehand.parity.score.matching import match
from chargehand.parity.score.parity import Parity, compare, needed_by, with_unseen
from chargehand.parity.score.scores import View, paired, view
from chargehand.parity.score.tally import ALL, Count, tally
from tests.unit.parity.samples import case, golden, said, spoken


def test_a_finding_finds_one_defect_within_three_lines_and_the_closest_first() -> None:
    known = (golden(10), golden(12), golden(20, 28))
    assert match(known, [said(12), said(9)]) == {0: 1, 1: 0}
    assert match(known, [said(11)]) == {0: 0}
    assert match(known, [said(16), said(None), said(10, file="other.py")]) == {}
    assert match(known, [said(31)]) == {2: 0}  # beside its other place
    assert match((golden(10, words=("await",)),), [said(10)]) == {}
    assert match((golden(10, words=("await",)),), [said(10, title="No AWAIT here")]) == {0: 0}


def test_what_is_found_is_counted_by_lens_and_severity_and_a_repeat_counts_twice() -> None:
    cases = [
        case("a", golden(5), golden(15, lens="security")),
        case("b", golden(5)),
        case("c").evolve(golden=None),
    ]
    reviews = [
        spoken("a", 1, said(5), said(15), said(25), said(5, title="Again")),
        spoken("a", 1, said(5), repeat=1),
        spoken("b", 1),
        spoken("c", 1, said(1)),
    ]
    counted = tally(cases, reviews, 1)
    assert counted[ALL] == {"a": Count(4, 3, 5, 3), "b": Count(1, 0, 0, 0)}
    # A lens is not credited with what another one said, nor blamed for what it said of others' defects.
    assert counted["lens security"]["a"] == Count(known=2, found=0, made=0, hit=0)
    assert counted["lens correctness"]["a"] == Count(known=2, found=2, made=5, hit=3)
    assert counted["severity high"]["a"] == Count(known=4, found=3, made=0, hit=0)
    assert counted["severity medium"]["a"] == Count(known=0, found=0, made=5, hit=3)


def test_what_a_free_check_says_finds_a_defect_and_is_no_finding_of_a_fleet() -> None:
    fact = said(15, title="A secret").evolve(is_fact=True)
    reviews = [spoken("a", 0, said(5), fact, said(25).evolve(is_fact=True))]
    assert tally([case("a", golden(5), golden(15))], reviews, 0)[ALL]["a"] == Count(2, 2, 1, 1)
    # Where a worker says it too, it is the worker's.
    reviews = [spoken("a", 0, fact, said(16))]
    assert tally([case("a", golden(15))], reviews, 0)[ALL]["a"] == Count(1, 1, 1, 1)


def test_only_changes_that_every_fleet_reviewed_are_compared() -> None:
    reviews = [spoken("a", 0), spoken("a", 1), spoken("b", 0), spoken("a", 0, repeat=1)]
    assert paired([case("a"), case("b")], reviews) == tuple(reviews[:2])


def test_an_interval_is_narrower_for_more_changes_and_none_if_nothing_tells_the_figure() -> None:
    few, many = ([(1, index % 4 > 0) for index in range(size)] for size in (12, 120))
    (narrow,), (wide,) = ([*intervals(rows, [lambda sums: sums[1] / sums[0]], 500)] for rows in (many, few))
    assert narrow
    assert wide
    assert narrow.value == wide.value == 0.75
    assert 0.05 < narrow.high - narrow.low < 0.2 < wide.high - wide.low
    assert intervals([(0, 0)], [lambda sums: sums[1] / sums[0] if sums[0] else None], 10) == [None]


@pytest.mark.parametrize(
    ("difference", "seen", "parity"),
    [
        (Interval(0.0, -0.03, 0.03), 200, Parity.WITHIN),
        (Interval(0.1, 0.05, 0.15), 200, Parity.WITHIN),
        (Interval(0.0, 0.0, 0.0), 200, Parity.WITHIN),
        (Interval(0.0, 0.0, 0.0), 10, Parity.TOO_FEW),  # alike in ten cases: that is not much
        (Interval(0.0, -0.2, 0.2), 200, Parity.TOO_FEW),
        (Interval(-0.1, -0.2, -0.02), 200, Parity.TOO_FEW),
        (Interval(-0.2, -0.3, -0.1), 200, Parity.BELOW),
        (Interval(-0.9, -0.9, -0.9), 30, Parity.BELOW),
    ],
)
def test_a_fleet_is_as_good_if_the_whole_interval_is_within_the_margin(
    difference: Interval, seen: int, parity: Parity
) -> None:
    found = compare(difference, 0.05, 50, seen)
    assert found.parity is parity
    assert (found.needed or 0) > 50 if parity is Parity.TOO_FEW else found.needed is None


def test_how_many_changes_are_needed_follows_from_how_many_there_are() -> None:
    found = compare(Interval(0.0, -0.1, 0.1), 0.05, 100, 1000)
    # Half as wide takes four times as many, and twice that, or every other sample would not tell.
    assert found.needed == 818
    assert compare(Interval(-0.05, -0.1, 0.1), 0.05, 100, 1000).needed is None


def test_one_figure_that_is_below_tells_alone_and_all_have_to_tell_that_a_fleet_is_as_good() -> None:
    below, near = Interval(-0.08, -0.2, 0.04), Interval(0.0, -0.1, 0.1)
    many, few = (compare(each, 0.05, 100, 1000) for each in (below, near))
    assert few.needed
    assert many.needed
    assert many.needed > few.needed
    assert needed_by([many, few], 0.05) == many.needed
    assert needed_by([few, few.evolve(needed=9_000)], 0.05) == 9_000
    assert needed_by([few, few.evolve(needed=None)], 0.05) is None


def test_a_share_of_nothing_and_of_all_leaves_room_for_what_was_not_seen() -> None:
    assert with_unseen(Interval(1.0, 1.0, 1.0), 1).low == pytest.approx(0.025)
    assert with_unseen(Interval(0.0, 0.0, 0.0), 100).high == pytest.approx(0.036, abs=0.001)
    assert with_unseen(Interval(0.5, 0.4, 0.6), 1) == Interval(0.5, 0.4, 0.6)


_QUALITY = {"same": (0.9, Parity.WITHIN), "less": (0.7, Parity.BELOW), "silent": (0.0, Parity.BELOW)}


def test_fleets_of_known_quality_are_measured_as_what_they_are() -> None:
    found = _measured(*(recall for recall, _ in _QUALITY.values()), cases=200)
    for (recall, parity), (row,) in zip(_QUALITY.values(), found.fleets[1:], strict=True):
        assert row.recall
        assert row.recall.low <= recall <= row.recall.high
        assert row.parity is parity


def test_a_few_changes_are_too_few_and_a_baseline_that_finds_nothing_is_no_measure() -> None:
    assert _measured(0.9, cases=6).fleets[1][0].parity is Parity.TOO_FEW
    nobody = view(
        "golden findings", [{ALL: {"a": Count(9, 0, 0, 0)}}] * 1 + [{ALL: {"a": Count(9, 0, 0, 0)}}], 0.05, 1
    )
    assert nobody.fleets[1][0].recall_difference is None
    assert nobody.fleets[1][0].parity is Parity.TOO_FEW


def _measured(*recalls: float, cases: int) -> View:
    """Return how fleets that find so much are measured by one that finds 90 %, with false alarms of all."""
    random = Random(3)  # noqa: S311 - no secret

    def counts(share: float) -> dict[str, Count]:
        found = [sum(random.random() < share for _ in range(3)) for _ in range(cases)]
        noise = [sum(random.random() < 0.1 for _ in range(each)) for each in found]
        return {
            str(index): Count(3, hit, hit + more, hit)
            for index, (hit, more) in enumerate(zip(found, noise, strict=True))
        }

    return view("golden findings", [{ALL: counts(each)} for each in (0.9, *recalls)], 0.05, 1)
