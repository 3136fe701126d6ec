import pytest

from chargehand.reports.places import is_inside, place_of, remark
from tests.unit.reports.samples import finding


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
