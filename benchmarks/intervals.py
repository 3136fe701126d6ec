"""How often the intervals of `chargehand parity` hold the truth, and what it says of fleets of known quality.

    python benchmarks/intervals.py [SIMULATIONS [CHANGES...]]

Each simulation makes a sample of changes with known defects, and two fleets that find each with a known
chance, and make noise. Some defects are harder than others for both. 95 of 100 intervals should hold the
truth. Then, how many comparisons tell if they are made with as many changes as one over 60 changes, which
was too few and saw about the truth, says are needed: 4 of 5 should. numpy, if it is installed, draws the
same way in a tenth of the time.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from random import Random
from statistics import median
from typing import NamedTuple

from chargehand.parity.score.bootstrap import RESAMPLES, Interval, Rows, intervals, intervals_of
from chargehand.parity.score.parity import Difference, Parity, compare, needed_by, worst
from chargehand.parity.score.scores import FIGURES

MARGIN = 0.05


class Fleet(NamedTuple):
    recall: float
    noise: float  # false alarms for each defect there is


GOOD, BIT, LESS = Fleet(0.9, 0.1), Fleet(0.88, 0.1), Fleet(0.8, 0.1)
SILENT, CHANCE = Fleet(0.0, 0.0), Fleet(0.15, 1.5)


def main() -> None:
    simulations = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    sizes = [int(each) for each in sys.argv[2:]] or [30, 100, 400]
    print(
        f"{simulations} simulations; coverage of recall, precision, and their differences; verdict on recall"
    )
    for changes in sizes:
        for name, own in (("same", GOOD), ("less", LESS), ("silent", SILENT), ("random", CHANCE)):
            _print(changes, name, own, simulations)
    print("As many changes as 60 of them say are needed")
    for name, own in (("same", GOOD), ("less", LESS), ("a bit less", BIT)):
        _print_needed(name, own, max(simulations // 4, 40))


def _print(changes: int, name: str, own: Fleet, simulations: int) -> None:
    random, held, told, verdicts = Random(f"{changes} {name}"), [0] * 4, [0] * 4, Counter[str]()
    truth = (own.recall, _right(own), own.recall - GOOD.recall, _minus(_right(own), _right(GOOD)))
    for _ in range(simulations):
        rows = [_change(random, own) for _ in range(changes)]
        found = _intervals(rows)
        for index, (interval, true) in enumerate(zip(found, truth, strict=True)):
            if interval and true is not None:
                told[index] += 1
                held[index] += interval.low - 1e-9 <= true <= interval.high + 1e-9
        if found[2]:
            verdicts[compare(found[2], MARGIN, changes, sum(row[0] for row in rows)).parity.value] += 1
    shares = "  ".join(f"{100 * h / t:5.1f} %" if t else "      -" for h, t in zip(held, told, strict=True))
    print(f"{changes:5} changes, {name:7} {shares}   {dict(verdicts)}", flush=True)


def _print_needed(name: str, own: Fleet, simulations: int) -> None:
    """Print how many changes are needed by samples of 60 that are about the truth, and what so many tell."""
    random = Random(f"needed {name}")
    truth = (own.recall - GOOD.recall, _minus(_right(own), _right(GOOD)) or 0.0)
    needed: list[int] = []
    while len(needed) < 25:
        seen = _compared(random, own, 60)
        is_near = all(abs(each.value - true) < 0.015 for each, true in zip(seen, truth, strict=True))
        if is_near and _together(seen) is Parity.TOO_FEW:
            needed.append(needed_by(seen, MARGIN) or 10**6)
    changes = int(median(needed))
    then = Counter(_together(_compared(random, own, changes)).value for _ in range(simulations))
    print(f"{name:11} {changes:5} are needed; of {simulations} over so many: {dict(then)}", flush=True)


def _compared(random: Random, own: Fleet, changes: int) -> list[Difference]:
    rows = [_change(random, own) for _ in range(changes)]
    recall, precision = _intervals(rows)[2:]
    made = min(sum(row[2] for row in rows), sum(row[6] for row in rows))
    pairs = ((recall, sum(row[0] for row in rows)), (precision, made))
    return [compare(interval, MARGIN, changes, seen) for interval, seen in pairs if interval]


def _together(differences: Sequence[Difference]) -> Parity:
    return worst([each.parity for each in differences])


def _intervals(rows: Rows) -> list[Interval | None]:
    if not find_spec("numpy"):
        return intervals(rows, FIGURES)
    return intervals_of(rows, FIGURES, _numpy_draws(rows))


def _numpy_draws(rows: Rows) -> list[list[int]]:
    numpy = import_module("numpy")
    picked = numpy.random.default_rng(1).integers(len(rows), size=(RESAMPLES, len(rows)))
    of_all = picked + len(rows) * numpy.arange(RESAMPLES)[:, None]
    often = numpy.bincount(of_all.ravel(), minlength=RESAMPLES * len(rows)).reshape(picked.shape)
    sums: list[list[int]] = (often.astype(float) @ numpy.array(rows)).tolist()
    return sums


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
