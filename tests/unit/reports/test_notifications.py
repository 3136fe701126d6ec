import pytest

from chargehand.core.diff import Authority, Diff, SkipReason
from chargehand.reports import codequality, terminal
from chargehand.reports.notifications import Kind, is_complete, looked_at, notifications, of_kind
from tests.unit.reports.samples import (
    APP,
    CLEAN,
    KNOWN,
    NOTHING,
    OFFLINE,
    REPORTS,
    RICH,
    gap,
    judged,
    looked,
    review,
    skip,
)


def test_gaps_with_the_same_lenses_and_reason_are_one_group() -> None:
    cells = (
        gap("a", "tests", "failed", "timeout"),
        gap("a", "style", "failed", "timeout"),
        gap("b", "tests", "failed", "timeout"),
        gap("b", "style", "failed", "timeout"),
        gap("c", "tests", "failed", "timeout"),
        gap("d", "tests", "failed", "overloaded"),
        looked("d", "style"),
    )
    reviewed = review(coverage=cells)
    groups = [(told.paths, told.lenses, told.sentence) for told in of_kind(reviewed, Kind.NOT_REVIEWED)]
    assert groups == [
        (("a", "b"), ("tests", "style"), "timeout"),
        (("c",), ("tests",), "timeout"),
        (("d",), ("tests",), "overloaded"),
    ]


def test_every_gap_is_in_exactly_one_group() -> None:
    told = [
        (path, lens, each.reason, each.sentence)
        for each in of_kind(RICH, Kind.NOT_REVIEWED)
        for path in each.paths
        for lens in each.lenses
    ]
    gaps = [(cell.path, cell.lens, cell.outcome, cell.reason) for cell in RICH.coverage if cell.is_gap]
    assert sorted(told) == sorted(gaps)


@pytest.mark.parametrize("by", Authority)
def test_a_file_that_nobody_wanted_left_out_is_a_gap(by: Authority) -> None:
    reviewed = review(diff=Diff(files=(APP, skip("a", SkipReason.BINARY, "why", by))))
    assert is_complete(reviewed) == (by is not Authority.NOBODY)


def test_every_file_that_is_left_out_is_told_of_once_and_those_that_could_not_be_read_come_first() -> None:
    paths = [path for told in of_kind(RICH, Kind.UNREADABLE, Kind.SKIPPED) for path in told.paths]
    assert sorted(paths) == sorted(file.path for file in RICH.diff.skipped)
    kinds = [told.kind for told in notifications(RICH)]
    assert kinds == sorted(kinds, key=list(Kind).index)


EVERYTHING = review(
    mode="scripted",
    diff=Diff(
        files=(
            APP,
            skip("a.py", SkipReason.MERGE, "TOLD-unreadable.", Authority.NOBODY),
            skip("b.py", SkipReason.BINARY, "No text."),
        ),
    ),
    notices=("TOLD-notice",),
    coverage=(gap("src/app.py", "tests", "failed", "TOLD-failed"),),
    gaps=("TOLD-gap",),
    baseline=KNOWN.baseline,
)


def test_there_is_a_review_with_every_kind() -> None:
    assert {told.kind for told in notifications(EVERYTHING)} == set(Kind)


@pytest.mark.parametrize("name", ["terminal", "markdown", "json", "sarif", "codequality"])
def test_no_report_leaves_out_what_makes_the_review_incomplete(name: str) -> None:
    text = REPORTS[name](*judged(EVERYTHING))
    said = [told.sentence for told in notifications(EVERYTHING) if told.level == "error"]
    assert said == ["TOLD-gap", "TOLD-failed", "TOLD-unreadable."]
    assert all(sentence in text for sentence in said)


def test_a_report_with_an_order_of_its_own_has_a_place_for_every_kind() -> None:
    for order in (terminal.ORDER, codequality.ORDER):
        assert sorted(order) == sorted(Kind)


def test_a_review_is_complete_without_gaps_in_coverage_stages_and_reading() -> None:
    assert is_complete(CLEAN)
    assert is_complete(NOTHING)
    assert is_complete(OFFLINE)
    assert not is_complete(review(gaps=("not judged",)))
    assert not is_complete(review(coverage=(gap("a", "tests", "skipped", "budget"),)))
    assert not is_complete(review(is_interrupted=True))


def test_how_much_was_looked_at_never_reads_as_all_where_nobody_looked() -> None:
    assert looked_at(CLEAN) == "1 file read under both lenses"
    assert looked_at(RICH) == "7 of 16 readings done (5 files under the lenses that apply)"
    assert looked_at(OFFLINE) == "no model looked"
    assert looked_at(NOTHING) == "nothing to review"
    assert looked_at(NOTHING.evolve(gaps=("1 file could not be read",))) == "nothing could be read"
