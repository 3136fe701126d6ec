"""How many twins code merges, and whether it joins distinct defects, over the sets of tests/twins.

    python benchmarks/twins.py [--each]

Twins of one place are merged by code, and those in several places are left to the judge. Exits with 1 if code
merges fewer than nine in ten of the former, or loses a distinct defect.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.twins import LEFT_TO_THE_JUDGE, Part, Score, load_sets, score

LEAST_MERGED = 0.9
PARTS: tuple[Part, ...] = ("seen", "aside", "later")


def main() -> int:
    """Print both figures for each part of the corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--each", action="store_true", help="a line for each set that came out wrong, too")
    asked = parser.parse_args()
    results = {part: _scores(part, is_each=asked.each) for part in PARTS}
    everything = [scored for part in PARTS for scored in results[part]]
    of_one_place = [scored for scored in everything if scored.kind != LEFT_TO_THE_JUDGE]
    print(f"{'part':14}{'sets':>6}{'twins':>8}{'merged':>8}{'distinct':>10}{'lost':>6}")
    for name, scores in (*results.items(), ("all", everything), ("of one place", of_one_place)):
        twins, merged, distinct, lost = _sums(scores)
        print(f"{name:14}{len(scores):>6}{twins:>8}{merged / twins:>8.0%}{distinct:>10}{lost:>6}")
    twins, merged, *_ = _sums(of_one_place)
    *_, lost = _sums(everything)
    return int(merged / twins < LEAST_MERGED or lost > 0)


def _scores(part: Part, *, is_each: bool) -> list[Score]:
    scores = []
    for each in load_sets(part):
        scored = score(each)
        scores.append(scored)
        if is_each and (scored.merged < scored.twins or scored.lost):
            left = " (left to the judge)" if each.kind == LEFT_TO_THE_JUDGE else ""
            merged = f"{scored.merged} of {scored.twins} merged{left}"
            print(f"{part} {each.kind} {each.name}: {merged}, {scored.lost} lost")
    return scores


def _sums(scores: Sequence[Score]) -> tuple[int, int, int, int]:
    return (
        sum(each.twins for each in scores),
        sum(each.merged for each in scores),
        sum(each.distinct for each in scores),
        sum(each.lost for each in scores),
    )


if __name__ == "__main__":
    sys.exit(main())
