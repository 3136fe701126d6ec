"""Whether the cap holds: randomised runs against a server that keeps a bill of its own.

    python benchmarks/cap.py [--runs 200] [--first 0] [--each]

Everything about a run is drawn from its number: the cap ($0.001 to $0.50), 1 to 16 threads, the change, the
fleet, whether the server counts tokens (up to 2 % too few), and which faults strike how often, among them
timeouts and broken connections that are billed all the same, a gateway that answers with a dearer model, at
times or always, and Ctrl-C. Ends with 1 if the server's bill was above the cap, above what was booked, or at
any moment above what was put aside, or if a call cost more than was put aside for it, even once. Only where
a dearer model answered may the cap be passed, and by no more than the report says. `--first 17 --runs 1`
repeats run 17.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.contract.capped_run import Seen, drawn, run_once


def main() -> int:
    """Run, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the number of the first run")
    parser.add_argument("--each", action="store_true", help="a line for each run")
    asked = parser.parse_args()
    started = time.monotonic()
    runs = []
    for seed in range(asked.first, asked.first + asked.runs):
        seen = run_once(drawn(seed))
        runs.append(seen)
        if asked.each or seen.violations:
            print(_line(seen), *seen.violations, sep="\n  ", flush=True)
    _print_all(runs, time.monotonic() - started)
    return 1 if any(seen.violations for seen in runs) else 0


def _line(seen: Seen) -> str:
    draw = seen.draw
    ended = ", ".join(f"{number} {name.lower()}" for name, number in sorted(seen.outcomes.items()))
    said = "refused before any call" if seen.is_refused else ended
    return (
        f"run {draw.seed}: fleet {draw.fleet.name}, {draw.threads} threads, cap ${draw.cap_usd}, "
        f"billed ${seen.billed_usd:.6f}, booked ${seen.booked_usd:.6f}, {seen.calls} calls, "
        f"{seen.faults.total()} faults: {said}"
    )


def _print_all(runs: Sequence[Seen], seconds: float) -> None:
    faults = sum((seen.faults for seen in runs), Counter[str]())
    outcomes = sum((seen.outcomes for seen in runs), Counter[str]())
    used = sorted(seen.billed_usd / seen.draw.cap_usd for seen in runs if seen.calls)
    counts = sum(seen.counts for seen in runs)
    calls = sum(seen.calls for seen in runs)
    print(f"{len(runs)} runs in {seconds:.0f} s, {calls} calls, {counts} prompts counted for nothing")
    print(f"  refused before any call: {sum(seen.is_refused for seen in runs)}")
    print(f"  stopped by the cap: {sum(bool(seen.outcomes['Skipped']) for seen in runs)}")
    print(f"  interrupted: {sum(seen.draw.interrupted_after is not None for seen in runs)}")
    print(f"  tasks: {', '.join(f'{number} {name.lower()}' for name, number in sorted(outcomes.items()))}")
    print(f"  faults: {', '.join(f'{number} {name}' for name, number in faults.most_common())}")
    if used:
        print(f"  billed of the cap: median {used[len(used) // 2]:.0%}, at most {used[-1]:.1%}")
    billed = sum((seen.billed_usd for seen in runs), Decimal(0))
    booked = sum((seen.booked_usd for seen in runs), Decimal(0))
    print(f"  billed ${billed:.4f}, booked ${booked:.4f}: the rest is calls whose end is unknown")
    switched = [seen for seen in runs if seen.faults["substituted"]]
    above = [seen for seen in switched if seen.billed_usd > seen.draw.cap_usd]
    print(
        f"  answered by a dearer model: {len(switched)} runs, {len(above)} of them above the cap, as they say"
    )
    print(f"  violations: {sum(len(seen.violations) for seen in runs)}")


if __name__ == "__main__":
    sys.exit(main())
