"""Each lens is a folder and a row, and says what a reader of code needs."""

from importlib import import_module
from pathlib import Path

import pytest

import chargehand.lenses
from chargehand.core.plan import Lens
from chargehand.lenses import BUILT_IN_LENSES, built_in_lenses

FOLDER = Path(chargehand.lenses.__file__).parent

each_lens = pytest.mark.parametrize("lens", built_in_lenses(), ids=lambda lens: lens.name)


def test_every_folder_has_its_row_and_every_row_its_folder() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/*") if path.parent.name != "__pycache__"}
    assert folders == set(BUILT_IN_LENSES)
    assert len(BUILT_IN_LENSES) == len(folders)


def test_the_lenses_look_in_the_order_of_their_rows() -> None:
    assert tuple(lens.name for lens in built_in_lenses()) == BUILT_IN_LENSES


@each_lens
def test_a_lens_says_its_purpose_what_to_look_for_and_what_not_to_report(lens: Lens) -> None:
    assert lens.purpose.startswith("Find ")
    assert lens.purpose.endswith(".")
    assert "\n" not in lens.purpose
    sought, _, unwanted = lens.instructions.partition("Do not report:\n")
    assert "Look for:\n- " in sought
    assert unwanted.count("\n- ") >= 4
    assert len(lens.instructions.split()) <= 300


@each_lens
def test_a_lens_tells_its_reader_how_it_grades_and_says_it_nowhere_else(lens: Lens) -> None:
    severity = import_module(f"chargehand.lenses.{lens.name}.rules").SEVERITY
    text = (FOLDER / lens.name / "instructions.md").read_text(encoding="utf-8")
    assert ("$severity" in text) == bool(severity)
    assert severity in lens.instructions
    assert "$" not in lens.instructions
    assert "Severity is" not in text
