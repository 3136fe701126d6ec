"""Whether a review may be told to stop at any moment: whole commands, each with signals at a drawn moment.

    python benchmarks/kill.py [--runs 100] [--parallel 4] [--first 0] [--each]

Of four runs two get SIGTERM, one gets it twice, 0.1 to 1.1 s apart, and one gets SIGINT. Three quarters of
the moments are anywhere between the start and the end of an undisturbed run, the others in the 0.15 s
after the judge's answer, when reports are written. In a quarter of the runs one lens takes 9 s, longer
than calls in flight are given. Where half of the runs begin, older reports lie already.

Looked at, after each run: that no call began after the signal; that every report is the old one, or none, or
a whole and valid new one, and all of them or none are new; that nothing else is left; the exit code; that the
report says what nobody looked at and holds all that the server bills; that the state file knows of it. Then
the same command runs again with the same --cache, to its end, and nothing may be asked that had been answered
when the first run ended, or its grace of 5 s. After a second signal, which ends the run at once, only torn
files count; the rest is counted apart.

Ends with 1 if a promise was not kept. `--first 17 --runs 1` repeats run 17.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.killed_run import Seen, drawn, run_once, undisturbed
from tests.messages_api.wire import Json


def main() -> int:
    """Run, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--parallel", type=int, default=4, help="runs at a time")
    parser.add_argument("--first", type=int, default=0, help="the number of the first run")
    parser.add_argument("--each", action="store_true", help="a line for each run")
    asked = parser.parse_args()
    with ThreadPoolExecutor(asked.parallel) as pool:
        usual, slow = (pool.submit(_undisturbed, is_slow) for is_slow in (False, True))
        wholes = {False: usual.result(), True: slow.result()}

        def stopped(seed: int) -> Seen:
            draw = drawn(seed)
            whole_s, report, _ = wholes[draw.is_slow]
            with tempfile.TemporaryDirectory() as name:
                seen = run_once(draw, Path(name), whole_s, report)
            if asked.each or seen.problems:
                print(_line(seen), *seen.problems, sep="\n  ", flush=True)
            return seen

        runs = list(pool.map(stopped, range(asked.first, asked.first + asked.runs)))
    print(f"undisturbed: {wholes[False][0]:.1f} s, with a slow lens {wholes[True][0]:.1f} s")
    _print_all(runs, wholes[False][2])
    return int(any(seen.problems for seen in runs))


def _undisturbed(is_slow: bool) -> tuple[float, Json, Decimal]:  # noqa: FBT001 - never a literal
    with tempfile.TemporaryDirectory() as name:
        return undisturbed(Path(name), is_slow=is_slow)


def _line(seen: Seen) -> str:
    return (
        f"run {seen.draw.seed}: {_name(seen)} in stage {seen.stage}, exit code {seen.exit_code} after "
        f"{seen.end_s:.2f} s, reports {seen.kind}, ${seen.first_usd:.4f} and ${seen.again_usd:.4f}"
    )


def _print_all(runs: Sequence[Seen], whole_usd: Decimal) -> None:
    by_signals = {name: [seen for seen in runs if _name(seen) == name] for name in map(_name, runs)}
    for name, some in by_signals.items():
        print(f"{len(some)} runs, {name}")
        print(f"  came in stage: {_counts(seen.stage for seen in some)}")
        print(f"  exit codes: {_counts(seen.exit_code for seen in some)}")
        print(f"  reports: {_counts(seen.kind for seen in some)}; temporary files left: {_left(some)}")
        print(f"  from the last signal to the end: at most {max(seen.end_s for seen in some):.2f} s")
        print(f"  answers: {sum(seen.answered for seen in some)}, of these paid twice: {_twice(some)}")
        begun = sum(seen.begun_after for seen in some)
        print(
            f"  calls left in flight: {sum(seen.in_flight for seen in some)}; begun after a signal: {begun}"
        )
        unknown = sum((seen.unknown_usd for seen in some), Decimal(0))
        print(f"  not in the state file: ${unknown:.4f} of ${sum(seen.first_usd for seen in some):.4f}")
        both = sum((seen.first_usd + seen.again_usd for seen in some), Decimal(0)) / len(some)
        print(f"  first and second run together: {both / whole_usd:.2f} times an undisturbed one")
    print(f"problems: {sum(len(seen.problems) for seen in runs)}")


def _name(seen: Seen) -> str:
    return " and ".join(each.name for each in seen.draw.signals[: seen.sent]) or "over before the signal"


def _counts(each: Iterable[object]) -> str:
    return ", ".join(f"{number} {what}" for what, number in Counter(each).most_common())


def _left(runs: Sequence[Seen]) -> int:
    return sum(seen.left_over for seen in runs)


def _twice(runs: Sequence[Seen]) -> int:
    return sum(seen.twice + seen.twice_after_second for seen in runs)


if __name__ == "__main__":
    sys.exit(main())
