"""Whether a review holds when 30 % of all calls fail at random: whole commands, and a server that fails them.

    python benchmarks/unreliable.py [--runs 100] [--p 0.3] [--files 40] [--delay 2] [--parallel 6] [--each]

Which call fails, and how, is drawn from the number of the run, each way equally often: see WAYS. They are
all those after which another attempt can help. Every tenth run is one without faults, for the findings and
the time that the others are measured by: from the first request to the exit, so that what every run needs to
start makes no ratio look better. The waits before another attempt are those of real use; a model takes
3 to 10 s for a call, so that beside a shorter `--delay` they weigh more than in life. A `timeout` hangs three
delays and is then cut off, since the client's own 180 s would be most of any run.

Ends with 1 if a run crashed, hung, left a gap unsaid or told another finding than the run without faults, if
less than 99 % of file x lens was covered, or if more than one in twenty took over 2.5 times the time.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.child import change, claims, environ, review
from tests.messages_api import Fault, FaultKind, MessagesApi, Record, Script, some_fail
from tests.messages_api.wire import Json

# The first comes with a retry-after.
WAYS = (
    *(FaultKind.RATE_LIMITED, FaultKind.RATE_LIMITED, FaultKind.SERVER_ERROR, FaultKind.OVERLOADED),
    *(FaultKind.TIMEOUT, FaultKind.RESET_BEFORE, FaultKind.RESET_MID, FaultKind.STREAM_ERROR),
    *(FaultKind.TRUNCATED, FaultKind.REFUSED, FaultKind.REFUSED_WITH_TEXT, FaultKind.EMPTY),
    *(FaultKind.GARBAGE, FaultKind.WRONG_SHAPE, FaultKind.UNKNOWN_STOP),
)
RETRY_AFTER_S = 1.0
HANG_DELAYS = 3
LINES = 120
HUNG_S = 600
HIGH_CAP_USD = "20"  # the default cap ends such a run early, since what fails is paid for all the same
BASELINE_EACH = 10
LEAST_COVERED, LARGEST_RATIO, LEAST_WITHIN = 0.99, 2.5, 0.95
Finding = tuple[str, str, str]  # path, lens, fingerprint


@dataclass(frozen=True)
class Draw:
    """One run: its number, None for one without faults, and what it is made of."""

    seed: int | None
    p: float
    files: int
    delay_s: float

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What goes wrong."""
        if self.seed is None:
            return ()
        drawn = some_fail(self.p, WAYS, self.seed)
        hanging = [replace(fault, hang_s=HANG_DELAYS * self.delay_s) for fault in drawn]
        return (replace(hanging[0], retry_after_s=RETRY_AFTER_S), *hanging[1:])


@dataclass
class Seen:
    """What happened in one run. `report` is None where there was none; `is_hung`: it had to be killed."""

    draw: Draw
    log: tuple[Record, ...]
    seconds: float
    exit_code: int
    is_hung: bool
    stderr: str
    report: Json | None
    problems: list[str] = field(default_factory=list)

    @property
    def is_crashed(self) -> bool:
        """Tell whether it ended in a way that no review ends."""
        said = "internal error" in self.stderr or "Traceback" in self.stderr
        return not self.is_hung and (self.report is None or said or self.exit_code not in (0, 3))

    @property
    def cells(self) -> dict[tuple[str, str], bool]:
        """Whether each file was reviewed under each lens."""
        coverage = self.report["coverage"] if self.report else ()
        return {(cell["path"], cell["lens"]): cell["outcome"] == "reviewed" for cell in coverage}

    @property
    def findings(self) -> set[Finding]:
        """All findings."""
        found = self.report["findings"] if self.report else ()
        return {(each["path"], each["lens"], each["fingerprint"]) for each in found}


def main() -> int:
    """Run, and print what was seen."""
    asked = _asked()
    draw = partial(Draw, p=asked.p, files=asked.files, delay_s=asked.delay)
    draws: list[Draw] = []
    for number in range(asked.runs):
        draws += [draw(None)] if number % BASELINE_EACH == 0 else []
        draws.append(draw(asked.first + number))
    started = time.monotonic()
    with ThreadPoolExecutor(asked.parallel) as pool:
        seen = list(pool.map(run_once, draws))
    usual = [each for each in seen if each.draw.seed is None]
    faulty = [each for each in seen if each.draw.seed is not None]
    usual_s = statistics.median(each.seconds for each in usual)
    for each in faulty:
        each.problems += _problems(each, usual[0])
        if asked.each or each.problems:
            print(_line(each, usual_s), *each.problems, sep="\n  ", flush=True)
    print(f"{asked.files} files, a call takes {asked.delay:g} s; {time.monotonic() - started:.0f} s in all")
    return _print_all(faulty, usual, usual_s)


def run_once(draw: Draw) -> Seen:
    """Review the change once, with a server of its own."""
    script = Script.of(claims(range(0, draw.files, 4)))
    with (
        tempfile.TemporaryDirectory() as name,
        MessagesApi(script=script, faults=draw.faults, delay_s=draw.delay_s) as api,
    ):
        folder = Path(name)
        (folder / "change.diff").write_text(change(draw.files, LINES))
        exit_code, stderr = _run(folder, environ(api.url, api.key))
        ended = time.time()
        began = min((record.received_at for record in api.log), default=ended)
        report = folder / "report.json"
        return Seen(
            draw=draw,
            log=api.calls,
            seconds=ended - began,
            exit_code=exit_code or 0,
            is_hung=exit_code is None,
            stderr=stderr,
            report=json.loads(report.read_text()) if report.exists() else None,
        )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--p", type=float, default=0.3, help="how many calls fail")
    parser.add_argument("--files", type=int, default=40, help=f"files of the change, {LINES} lines each")
    parser.add_argument("--delay", type=float, default=2.0, help="seconds that a call takes")
    parser.add_argument("--parallel", type=int, default=6, help="runs at a time")
    parser.add_argument("--first", type=int, default=0, help="the number of the first run")
    parser.add_argument("--each", action="store_true", help="a line for each run")
    return parser.parse_args()


def _run(folder: Path, env: dict[str, str]) -> tuple[int | None, str]:
    """Return the exit code, None where it had to be killed, and what was said."""
    command = review("change.diff", "--json", "report.json", "--quiet", "--max-spend", HIGH_CAP_USD)
    try:
        ended = subprocess.run(
            command, cwd=folder, env=env, check=False, capture_output=True, text=True, timeout=HUNG_S
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return ended.returncode, ended.stderr


def _problems(seen: Seen, usual: Seen) -> list[str]:
    """Return each promise that a run did not keep."""
    report, cells = seen.report, seen.cells
    if seen.is_hung or seen.is_crashed or report is None:
        return ["hung" if seen.is_hung else f"crashed: exit code {seen.exit_code}, {seen.stderr[-300:]!r}"]
    is_gap = not all(cells.values()) or bool(report["gaps"])
    wanted = {each for each in usual.findings if cells.get(each[:2])}
    told = {each for each in seen.findings if cells.get(each[:2])}
    billed = sum((record.cost_usd for record in seen.log), Decimal(0))
    promises = {
        "silent gap: a file x lens is absent": cells.keys() == usual.cells.keys(),
        "silent gap: incomplete, and not said so": not is_gap or seen.exit_code == 3,
        "silent gap: a finding is missing where it says reviewed": wanted <= told,
        "incomplete, and nothing is missing": is_gap or seen.exit_code == 0,
        "a finding too many": told <= wanted,
        f"the server billed {billed}": Decimal(report["bill"]["total_usd"]) >= billed,
    }
    return [promise for promise, is_kept in promises.items() if not is_kept]


def _line(seen: Seen, usual_s: float) -> str:
    report = seen.report or {"coverage": (), "gaps": ()}
    gaps = Counter(cell["reason"][:80] for cell in report["coverage"] if cell["outcome"] != "reviewed")
    roles = Counter(str(record.role) for record in seen.log)
    took = f"{seen.seconds:.1f} s ({seen.seconds / usual_s:.2f})"
    said = (
        f"run {seen.draw.seed}: exit {seen.exit_code}, {took}",
        ", ".join(f"{number} {role}" for role, number in roles.items()),
        *report["gaps"],
        *(f"{number} file x lens: {reason}" for reason, number in gaps.items()),
    )
    return "; ".join(said)


def _print_all(faulty: Sequence[Seen], usual: Sequence[Seen], usual_s: float) -> int:
    calls = [record for seen in faulty for record in seen.log]
    struck = Counter(record.fault for record in calls if record.fault)
    cells = [is_covered for seen in faulty for is_covered in seen.cells.values()]
    covered = sum(cells) / max(len(faulty) * len(usual[0].cells), 1)
    ratios = sorted(seen.seconds / usual_s for seen in faulty)
    problems = [problem for seen in faulty for problem in seen.problems]
    unjudged = sum(bool(seen.report and seen.report["gaps"]) for seen in faulty)
    median, tenth = statistics.median(ratios), ratios[-max(len(ratios) // 10, 1)]
    within = sum(ratio <= LARGEST_RATIO for ratio in ratios)
    usual_times = [seen.seconds for seen in usual]
    print(f"{len(faulty)} runs, {len(calls)} calls, {struck.total() / max(len(calls), 1):.1%} of them failed")
    print(f"  ways: {', '.join(f'{number} {way}' for way, number in struck.most_common())}")
    print(f"  file x lens covered: {covered:.2%}; runs that were incomplete for another reason: {unjudged}")
    print(f"  crashes: {sum(seen.is_crashed for seen in faulty)}, hangs: {sum(s.is_hung for s in faulty)}")
    print(f"  silent gaps: {sum('silent' in problem for problem in problems)}, problems: {len(problems)}")
    print(f"  without faults: {usual_s:.1f} s, {min(usual_times):.1f} to {max(usual_times):.1f} s")
    mean = statistics.mean(ratios)
    print(f"  with them, times that: {mean:.2f} on average, median {median:.2f}, worst {ratios[-1]:.2f}")
    print(f"  one in ten takes {tenth:.2f} or more")
    print(f"  at most {LARGEST_RATIO:g} times the time: {within} of {len(ratios)}")
    return int(bool(problems) or covered < LEAST_COVERED or within < LEAST_WITHIN * len(ratios))


if __name__ == "__main__":
    sys.exit(main())
