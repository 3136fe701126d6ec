"""docs/ci.md says what a job of each platform reviews."""

from pathlib import Path

import pytest

from tests.contract.ci_events import PAGE, ROWS, Row, told


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.platform} {row.event}")
def test_the_page_tells_what_the_command_does(row: Row, tmp_path: Path) -> None:
    """If this fails: `python -m tests.contract.ci_events`, and read the difference."""
    line = f"| {' | '.join(told(row, tmp_path))} |\n"
    assert PAGE.read_text("utf-8").count(line) == 1
