import pytest

from chargehand.core.diff import Diff, SkipReason
from chargehand.reports.places import is_inside, place_of, remark
from chargehand.reports.unseen import is_complete, left_out, looked_at, unseen
from tests.unit.reports.samples import APP, CLEAN, NOTHING, OFFLINE, RICH, finding, gap, looked, review, skip


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
    groups = [(group.paths, group.lenses, group.reason) for group in unseen(review(coverage=cells))]
    assert groups == [
        (("a", "b"), ("tests", "style"), "timeout"),
        (("c",), ("tests",), "timeout"),
        (("d",), ("tests",), "overloaded"),
    ]


def test_every_gap_is_in_exactly_one_group() -> None:
    told = [
        (path, lens, group.outcome, group.reason)
        for group in unseen(RICH)
        for path in group.paths
        for lens in group.lenses
    ]
    gaps = [(cell.path, cell.lens, cell.outcome, cell.reason) for cell in RICH.coverage if cell.is_gap]
    assert sorted(told) == sorted(gaps)


@pytest.mark.parametrize("reason", SkipReason)
def test_a_file_that_could_not_be_read_is_a_gap_and_one_that_nobody_wants_read_is_none(
    reason: SkipReason,
) -> None:
    reviewed = review(diff=Diff(files=(APP, skip("a", reason, "why"))))
    assert is_complete(reviewed) == (not reason.is_unreadable)


def test_files_that_could_not_be_read_come_first() -> None:
    reasons = [group.reason.is_unreadable for group in left_out(RICH)]
    assert reasons == sorted(reasons, reverse=True)
    assert sum(len(group.paths) for group in left_out(RICH)) == len(RICH.diff.skipped)


def test_a_review_is_complete_without_gaps_in_coverage_stages_and_reading() -> None:
    assert is_complete(CLEAN)
    assert is_complete(NOTHING)
    assert is_complete(OFFLINE)
    assert not is_complete(review(gaps=("not judged",)))
    assert not is_complete(review(coverage=(gap("a", "tests", "skipped", "budget"),)))
    assert not is_complete(review(is_interrupted=True))


def test_how_much_was_looked_at_never_reads_as_all_where_nobody_looked() -> None:
    assert looked_at(CLEAN) == "looked at all 2 file × lens"
    assert looked_at(RICH) == "looked at 7 of 16 file × lens"
    assert looked_at(OFFLINE) == "no model looked"
    assert looked_at(NOTHING) == "nothing to review"


@pytest.mark.parametrize("path", ["src/app.py", "a", "..a/b..", "a:b", "dir with blank/ü", "caf\udce9"])
def test_a_path_of_the_repository_is_inside(path: str) -> None:
    assert is_inside(path)


@pytest.mark.parametrize(
    "path", ["", "/", "/etc/passwd", "..", "a/../b", "\\\\host\\share", "a\\..\\b", "\ud800"]
)
def test_a_path_that_leads_elsewhere_is_not(path: str) -> None:
    assert not is_inside(path)


def test_a_place_has_its_lines_or_is_the_whole_file() -> None:
    place = place_of(finding(end_line=14))
    assert place
    assert (place.start_line, place.end_line, place.is_whole_file) == (12, 14, False)
    whole = place_of(finding(start_line=None, end_line=None, anchor="file"))
    assert whole
    assert (whole.start_line, whole.end_line, whole.is_whole_file) == (1, 1, True)
    assert place_of(finding(start_line=None, end_line=None, anchor="summary")) is None


def test_a_remark_joins_what_is_missing_with_how_the_place_differs() -> None:
    assert remark(finding()) == ""
    assert remark(finding(note="snapped to line 12")) == "Snapped to line 12."
    lost = finding(start_line=None, end_line=None, anchor="summary", path="x.py", note="not in the change")
    assert remark(lost) == "No place in the diff was found for this: x.py. Not in the change."
