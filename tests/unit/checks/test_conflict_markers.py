import pytest

from chargehand.checks.conflict_markers import find_conflict_markers
from chargehand.core.finding import Confidence, Severity
from tests.unit.changes import added, changed, diff_of

CONFLICT = ("<<<<<<< HEAD", "a = 1", "=======", "a = 2", ">>>>>>> feature")


def places(path: str, *lines: str) -> list[tuple[int, int]]:
    return [(claim.line, claim.end_line) for claim in find_conflict_markers(diff_of(added(path, *lines)))]


def test_a_conflict_is_one_claim_over_all_its_lines() -> None:
    (claim,) = find_conflict_markers(diff_of(added("a.py", "x = 1", *CONFLICT, "y = 2")))
    assert claim.rule == "correctness/conflict-marker"
    assert (claim.lens, claim.model) == ("correctness", "check: conflict-markers")
    assert (claim.severity, claim.confidence) == (Severity.HIGH, Confidence.HIGH)
    assert (claim.path, claim.line, claim.end_line) == ("a.py", 2, 6)
    assert claim.quote == "<<<<<<< HEAD"


def test_two_conflicts_are_two_claims() -> None:
    assert places("a.py", *CONFLICT, "x = 1", *CONFLICT) == [(1, 5), (7, 11)]


def test_a_conflict_with_its_base_is_found() -> None:
    assert places("a.py", "<<<<<<< ours", "1", "||||||| base", "0", "=======", "2", ">>>>>>> theirs") == [
        (1, 7)
    ]


def test_markers_without_labels_and_with_windows_line_ends_are_found() -> None:
    assert places("a.py", "<<<<<<<\r", "1\r", "=======\r", "2\r", ">>>>>>>\r") == [(1, 5)]


def test_what_is_left_of_a_conflict_is_found() -> None:
    assert places("a.py", "x = 1", "<<<<<<< HEAD", "a = 1") == [(2, 2)]
    assert places("a.py", "a = 1", "=======", "a = 2", ">>>>>>> feature") == [(4, 4)]
    assert places("a.py", "<<<<<<< HEAD", "a = 1", "=======", "a = 2") == [(1, 3)]


def test_an_unclosed_conflict_does_not_swallow_the_next() -> None:
    assert places("a.py", "<<<<<<< HEAD", "a = 1", *CONFLICT) == [(1, 1), (3, 7)]


def test_a_conflict_in_a_lock_file_is_found_though_no_model_reads_it() -> None:
    assert places("package-lock.json", *CONFLICT) == [(1, 5)]


def test_a_document_with_a_conflict_is_less_certain() -> None:
    (claim,) = find_conflict_markers(diff_of(added("README.md", *CONFLICT)))
    assert claim.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    "lines",
    [
        ("Title", "=======", "text"),
        ("=======", "  banner", "======="),
        ("<<<<<<<<< nine", "=======", ">>>>>>>>> nine"),
        ("    <<<<<<< HEAD", "    =======", "    >>>>>>> x"),
        ("<<<<<<<",),
        (">>>>>>>",),
        (">>>>>>> quoted seven times",),
        ("||||||| x",),
        ("cat <<<<<<<EOF",),
        ("if a <<<<<<< b:",),
    ],
)
def test_underlines_banners_indented_and_longer_rows_are_no_conflict(lines: tuple[str, ...]) -> None:
    assert places("a.rst", *lines) == []
    assert places("a.py", *lines) == []


def test_an_example_in_a_fenced_block_of_a_document_is_no_conflict() -> None:
    assert places("docs/git.md", "```", *CONFLICT, "```") == []
    assert places("docs/git.md", "```", "code", "```", *CONFLICT) == [(4, 8)]


def test_markers_that_were_there_before_or_go_away_are_not_claimed() -> None:
    stays = changed("a.py", CONFLICT, (*CONFLICT, "b = 1"))
    goes = changed("a.py", (*CONFLICT, "b = 1"), ("a = 2", "b = 1"))
    assert list(find_conflict_markers(diff_of(stays, goes))) == []
