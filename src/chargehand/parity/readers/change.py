"""What readers are shown of a change: masked, as models are shown it in a review."""

from collections.abc import Sequence

from chargehand.app.material import read_material
from chargehand.app.preparing import crew_of, planning_of
from chargehand.change import Checkout
from chargehand.config import Settings
from chargehand.core.diff import Diff, Line
from chargehand.parity.as_run import run_of
from chargehand.parity.sample.case import Case
from chargehand.parity.score.spoken import Spot

_ROUND = 8


def masked(case: Case, settings: Settings, checkout: Checkout) -> Diff:
    """Return the change as models read it."""
    material = read_material(run_of(case, settings, checkout))
    return material.for_models(planning_of(settings, crew_of(settings)))


def lines_round(diff: Diff, spot: Spot) -> Sequence[Line]:
    """Return the lines of the change round a finding; of a whole file, how it begins."""
    lines = [line for file in diff.files if file.path == spot.file for line in file.lines()]
    start, end = spot.start_line or 1, spot.end_line or spot.start_line or 1
    near = [
        index
        for index, line in enumerate(lines)
        if line.new_number is not None and start - _ROUND <= line.new_number <= end + _ROUND
    ]
    return lines[near[0] : near[-1] + 1] if near else lines[: 2 * _ROUND]
