"""docs/ci.md says what a missing key means, and no report of such a run looks like one with models."""

from pathlib import Path

import pytest

from tests.contract.ci_events import PAGE
from tests.contract.missing_key import DOORS, Door, reported, told


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_the_page_tells_what_a_missing_key_means(door: Door, tmp_path: Path) -> None:
    """If this fails: `python -m tests.contract.missing_key`, and read the difference."""
    line = f"| {' | '.join(told(door, tmp_path))} |\n"
    assert PAGE.read_text("utf-8").count(line) == 1


@pytest.mark.parametrize("door", DOORS[:3], ids=lambda door: door.name)
def test_its_reports_name_the_mode_the_reason_and_are_not_complete(door: Door, tmp_path: Path) -> None:
    report = reported(door, tmp_path)
    assert (report["mode"], report["verdict"]["complete"]) == ("offline", False)
    page = (tmp_path / "report.md").read_text()
    assert "(offline)" in page.partition("\n")[0]
    assert "no usable credentials" in page or "There is no key for models, because" in page
    assert "✅" not in page
