"""How often the intervals of `chargehand parity` hold the truth, and what it says of fleets of known quality.

    python benchmarks/intervals.py [SIMULATIONS]

Each simulation makes a sample of changes with known defects, and two fleets that find each with a known
chance, and make noise. Some defects are harder than others for both. 95 of 100 intervals should hold the
truth.
"""

import sys
from collections import Counter
from random import Random
from typing import NamedTuple

from chargehand.parity.score.bootstrap import intervals
from chargehand.parity.score.parity import compare
from chargehand.parity.score.scores import FIGURES

MARGIN = 0.05
RESAMPLES = 400


class Fleet(NamedTuple):
    recall: float
    noise: float  # false alarms for each defect there is


GOOD, LESS, SILENT, CHANCE = Fleet(0.9, 0.1), Fleet(0.8, 0.1), Fleet(0.0, 0.0), Fleet(0.15, 1.5)


def main() -> None:
    simulations = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print(
        f"{simulations} simulations; coverage of recall, precision, and their differences; verdict on recall"
    )
    for changes in (30, 100, 400):
        for name, own in (("same", GOOD), ("less", LESS), ("silent", SILENT), ("random", CHANCE)):
            _print(changes, name, own, simulations)


def _print(changes: int, name: str, own: Fleet, simulations: int) -> None:
    random, held, told, verdicts = Random(f"{changes} {name}"), [0] * 4, [0] * 4, Counter[str]()
    truth = (own.recall, _right(own), own.recall - GOOD.recall, _minus(_right(own), _right(GOOD)))
    for _ in range(simulations):
        rows = [_change(random, own) for _ in range(changes)]
        found = intervals(rows, FIGURES, RESAMPLES)
        for index, (interval, true) in enumerate(zip(found, truth, strict=True)):
            if interval and true is not None:
                told[index] += 1
                held[index] += interval.low - 1e-9 <= true <= interval.high + 1e-9
        if found[2]:
            verdicts[compare(found[2], MARGIN, changes, sum(row[0] for row in rows)).parity.value] += 1
    shares = "  ".join(f"{100 * h / t:5.1f} %" if t else "      -" for h, t in zip(held, told, strict=True))
    print(f"{changes:5} changes, {name:7} {shares}   {dict(verdicts)}")


def _right(fleet: Fleet) -> float | None:
    made = fleet.recall + fleet.noise
    return fleet.recall / made if made else None


def _minus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _change(random: Random, own: Fleet) -> tuple[int, ...]:
    known = random.choice((1, 1, 2, 3, 5))
    luck = [random.random() for _ in range(known)]  # how hard each defect is, for both fleets
    return (*_counts(random, own, luck), *_counts(random, GOOD, luck))


def _counts(random: Random, fleet: Fleet, luck: list[float]) -> tuple[int, int, int, int]:
    found = sum((each if random.random() < 0.5 else random.random()) < fleet.recall for each in luck)
    whole, rest = divmod(fleet.noise, 1)
    alarms = sum(int(whole) + (random.random() < rest) for _ in luck)
    return len(luck), found, found + alarms, found


if __name__ == "__main__":
    main()
