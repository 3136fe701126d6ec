"""How far bills lie from what was expected of them, by the size of the change.

    python benchmarks/estimates.py FOLDER [--fleet 5] [--draws 5] [--lines 1 3000]

Each `*.diff` of a folder is reviewed by the crew of cost.py, which says nothing, one claim a lens, or claims
whose number, lens and severity are drawn as docs/cost.md says that an estimate takes them: that shows whether
the sums are right, not whether the assumptions are. A ratio is that of all bills of a size to
all that was expected.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.contenders import chargehand
from benchmarks.cost import HIGH_EVERY, changes_of, lines_of, shown_of
from benchmarks.same_findings import Findings
from chargehand.core.diff import Diff
from chargehand.core.fleets import FLEETS
from chargehand.cost.assumptions import ASSUMED
from chargehand.lenses import BUILT_IN_LENSES
from tests.messages_api import MessagesApi

SIZES = (1, 20, 100, 500, 3001)


class Course(NamedTuple):
    """What one review cost, in US dollars, and what was expected of it; `said` is what the crew claimed."""

    said: str
    lines: int
    billed: Decimal
    expected: Decimal


def main() -> None:
    """Print a table for each fleet."""
    asked = _arguments()
    found = dict(changes_of(sorted(asked.folder.glob("*.diff")), *asked.lines))
    for fleet in asked.fleet:
        courses = [
            course for path, diff in found.items() for course in _courses(path, diff, fleet, asked.draws)
        ]
        print(f"\nFleet {fleet}: bills over what was expected")
        for fewest, beyond in pairwise(SIZES):
            of_size = [each for each in courses if fewest <= each.lines < beyond]
            if of_size:
                _print_size(f"{fewest} to {beyond - 1} lines", of_size)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of *.diff files")
    parser.add_argument("--fleet", nargs="+", choices=FLEETS, default=list(FLEETS))
    parser.add_argument("--draws", type=int, default=5, help="reviews of each change with drawn claims")
    parser.add_argument("--lines", nargs=2, type=int, default=[1, 3000], help="changed lines, from and to")
    return parser.parse_args()


def _courses(path: Path, diff: Diff, fleet: str, draws: int) -> Iterator[Course]:
    shown, lenses = shown_of(diff), list(BUILT_IN_LENSES)
    scripts = [
        ("no claim", Findings(shown, lenses, 0)),
        ("one a lens, none blocks", Findings(shown, lenses, 1)),
        ("one a lens, one in five blocks", Findings(shown, lenses, 1, HIGH_EVERY)),
        *(("drawn", Findings.saying(shown, lenses, _drawn(diff, f"{path.stem} {n}"))) for n in range(draws)),
    ]
    for said, script in scripts:
        with tempfile.TemporaryDirectory() as folder, MessagesApi(script=script) as api:
            bill = chargehand(api, path, fleet, Path(folder))["bill"]
        yield Course(said, lines_of(diff), Decimal(bill["total_usd"]), Decimal(bill["estimate_usd"]))


def _drawn(diff: Diff, seed: str) -> list[tuple[str, str]]:
    """Return the lens and severity of each claim of one review, drawn."""
    chance = random.Random(seed)  # no secret
    per_line = float(ASSUMED.claims_per_100_lines) * len(BUILT_IN_LENSES) / 100
    left, claims = lines_of(diff) * per_line, []
    while (left := left - chance.expovariate(1)) > 0:  # so their number has a Poisson distribution
        severity = "high" if chance.random() * HIGH_EVERY < 1 else "medium"
        claims.append((chance.choice(list(BUILT_IN_LENSES)), severity))
    return claims


def _print_size(name: str, courses: Sequence[Course]) -> None:
    print(f"  {name}, {len({each.expected for each in courses})} changes")
    for said in dict.fromkeys(each.said for each in courses):
        own = [each for each in courses if each.said == said]
        billed, expected = sum(each.billed for each in own), sum(each.expected for each in own)
        ratios = sorted(float(each.billed / each.expected) for each in own)
        print(
            f"    {said:31} {billed / expected:6.2f}   each: median {ratios[len(ratios) // 2]:.2f}, "
            f"from {ratios[0]:.2f} to {ratios[-1]:.2f}"
        )


if __name__ == "__main__":
    main()
