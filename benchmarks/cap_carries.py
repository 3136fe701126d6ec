"""Whether the cap that `estimate` prints for a whole review carries one.

    python benchmarks/cap_carries.py [--runs 100] [--first 0]

That cap is twice what is expected, and at least $0.04 more. Everything about a run is drawn from its number:
1 to 16 files of 1 to 200 lines, the fleet, whether the server counts tokens, and up to three claims a lens,
of which one in five could fail the build. Nothing fails. Ends with 1 if fewer than 99 of 100 runs end whole
(all read, all judged), or if one passes its cap.
"""

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from chargehand.lenses import BUILT_IN_LENSES
from tests.contract.capped_run import carried, drawn
from tests.messages_api import Script

LEAST_WHOLE = 0.99


def main() -> int:
    """Run, and print how many were carried."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="the number of the first run")
    asked = parser.parse_args()
    whole, passed, used = 0, 0, []
    for seed in range(asked.first, asked.first + asked.runs):
        draw = drawn(seed, faults=(), interrupted_after=None, lenses=5, is_planned=False, timeout_s=30)
        end = carried(draw, _script(seed, draw.files))
        whole += end.is_whole
        passed += end.billed_usd > end.cap_usd
        used.append(float(end.billed_usd / end.cap_usd))
        if not end.is_whole:
            print(f"run {seed}: fleet {draw.fleet.name}, {end.why}: {end.billed_usd} of {end.cap_usd}")
    used.sort()
    median = used[len(used) // 2]
    print(f"{whole} of {asked.runs} whole, {passed} above the cap; billed of it: median {median:.0%}")
    return int(whole < LEAST_WHOLE * asked.runs or passed > 0)


def _script(seed: int, files: int) -> Script:
    """Return what the lenses claim, each up to three times, and what judges say."""
    chance = random.Random(seed)  # no secret
    workers = [
        {
            "role": "worker",
            "lens": lens,
            "reply": {
                "claims": [
                    {
                        "file": f"src/file{chance.randrange(files)}.py",
                        "line": 1,
                        "rule": f"{lens}/other",
                        "severity": "high" if chance.random() < 0.2 else "medium",
                        "confidence": "high",
                        "title": f"{lens} {number}",
                        "message": "This is not what the caller asked for, since the list may be empty. " * 4,
                    }
                    for number in range(chance.randint(0, 3))
                ]
            },
        }
        for lens in BUILT_IN_LENSES
    ]
    judge = {"role": "judge", "reply": {"summary": "Serious findings in most files. " * 8}}
    return Script.of([*workers, judge])


if __name__ == "__main__":
    sys.exit(main())
