"""When the finding of an earlier comment is called gone: only if it was looked for, and its line changed."""

import pytest

from chargehand.core.diff import Diff, FileDiff
from chargehand.core.finding import BY_CHECK, Finding
from chargehand.forges.comment import Marker
from chargehand.forges.gone import is_gone
from chargehand.forges.report import Report
from chargehand.forges.wanted import marker_of
from tests.unit.forges.reports import FILE, LENS, at, report
from tests.unit.reports.samples import gap, looked

ADDED, KEPT = at("added = 3", 21), at("kept_too = 5", 23)
REMOVED = at("removed = 2", 20, old_line=11)


def marker(finding: Finding) -> Marker:
    stored = report(finding)
    return marker_of(stored.findings[0], stored)


def now(body: str) -> FileDiff:
    return FILE.evolve(hunks=(FILE.hunks[0].evolve(body=body),))


def after(body: str) -> Report:
    return report(file=now(body))


def test_a_line_that_was_added_is_gone_if_the_change_no_longer_shows_it() -> None:
    assert is_gone(marker(ADDED), after(" kept = 1\n+added = 4"))
    assert not is_gone(marker(ADDED), after(" kept = 1\n+  added  =  3"))
    assert not is_gone(marker(ADDED), after(" added = 3\n+more = 1"))


def test_a_line_that_was_there_before_is_gone_only_if_the_change_takes_it_out() -> None:
    assert is_gone(marker(KEPT), after("-kept_too = 5\n+kept_too = 6"))
    assert not is_gone(marker(KEPT), after(" other = 1\n+more = 4"))
    assert not is_gone(marker(KEPT), after("-kept_too = 5\n+kept_too = 5"))


def test_a_line_that_was_removed_is_gone_if_it_is_back() -> None:
    assert is_gone(marker(REMOVED), after(" removed = 2\n+added = 3"))
    assert not is_gone(marker(REMOVED), after("-removed = 2\n+added = 4"))
    assert not is_gone(marker(REMOVED), after(" other = 2\n+added = 4"))


CHANGED = now(" kept = 1\n+added = 4")


@pytest.mark.parametrize(
    "later",
    [
        report(file=CHANGED, coverage=(gap(FILE.path, LENS, "failed", "no answer"),)),
        report(file=CHANGED, coverage=(looked(FILE.path, "tests"),)),
        report(file=CHANGED, coverage=(looked(FILE.path, LENS), gap(FILE.path, "tests", "refused", "no"))),
        report(file=CHANGED, mode="offline"),
        report(file=CHANGED, gaps=("The judge did not answer.",)),
        report(diff=Diff(files=(CHANGED.evolve(path="src/other.py"),))),
        report(file=CHANGED, is_interrupted=True),
    ],
    ids=["not-read", "other-lens", "incomplete", "offline", "gap", "other-file", "interrupted"],
)
def test_nothing_is_gone_that_was_not_looked_at(later: Report) -> None:
    assert is_gone(marker(ADDED), report(file=CHANGED))
    assert not is_gone(marker(ADDED), later)


def test_what_a_free_check_found_needs_no_lens_to_read_the_file_again() -> None:
    checked = at("added = 3", 21, model=f"{BY_CHECK}secrets")
    other_lens = report(file=CHANGED, coverage=(looked(FILE.path, "tests"),))
    assert is_gone(marker(checked), other_lens)
    assert not is_gone(marker(checked), report(file=CHANGED, mode="offline"))


def test_without_a_quoted_line_nobody_can_know() -> None:
    about_file = at("", 20, anchor="file", start_line=None, end_line=None, line=None)
    assert not is_gone(marker(about_file), report(file=CHANGED))


def test_what_another_tool_said_is_gone_only_if_the_log_of_one_was_read() -> None:
    said = marker(ADDED.evolve(lens="tool", rule="tool/ruff/F401", model="tool: ruff"))
    changed = after(" kept = 1\n+added = 4")
    assert not is_gone(said, changed)
    assert is_gone(said, changed.model_copy(update={"tools": ("ruff",)}))
