"""How long a review of 1,000 tasks goes on asking a provider that is down: whole commands, real waits.

    python benchmarks/outage.py [--files 200] [--threads 8 1] [--ways overloaded server_error reset_before]

Every call fails, in one way after the other. One failing call is a review of one file through one lens, whose
escalation is switched off: from its first request to its exit, the median of three, since waits are drawn.
Times are those from the first request, so that what every run needs to start makes no ratio look better. Ends
with 1 if the 1,000 tasks took longer than three such calls, if a reading was left without a word, or if
anything was billed but what nobody can know: a call that broke off counts at its worst case.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.child import LENSES, change, environ, review
from tests.messages_api import Fault, FaultKind, MessagesApi
from tests.messages_api.wire import Json

LINES = 60
MOST_CALLS = 3
WAYS = (FaultKind.OVERLOADED, FaultKind.SERVER_ERROR, FaultKind.RESET_BEFORE)
ONE_FILE_A_TASK = "[plan]\nchunk_tokens = 1000\n"
ONE_CALL = f"escalation_share = 0\n{ONE_FILE_A_TASK}" + "".join(
    f"[lenses.{lens}]\nenabled = false\n" for lens in LENSES[1:]
)


class Took(NamedTuple):
    """How long a review took, how many calls it made, and its report."""

    seconds: float
    calls: int
    report: Json


def main() -> int:
    """Print both times for each way to be down and each number of threads."""
    asked = _asked()
    is_kept = True
    for way in map(FaultKind, asked.ways):
        one = sorted((_took(way, 1, 1, ONE_CALL) for _ in range(3)), key=attrgetter("seconds"))[1]
        for threads in asked.threads:
            many = _took(way, asked.files, threads, ONE_FILE_A_TASK)
            coverage = many.report["coverage"]
            problems = _problems(one, many)
            is_kept &= not problems
            print(
                f"{way.value}, {threads} threads: one failing call {one.seconds:.1f} s; {len(coverage)} "
                f"readings {many.seconds:.1f} s, {many.seconds / one.seconds:.2f} of it, {many.calls} calls",
                *problems,
                sep="\n  ",
                flush=True,
            )
    return 0 if is_kept else 1


def _problems(one: Took, many: Took) -> list[str]:
    billed = [call for call in many.report["calls"] if call["cost_usd"] != "0" and not call["is_assumed"]]
    promises = {
        f"within the time of {MOST_CALLS} failing calls": many.seconds <= MOST_CALLS * one.seconds,
        "every reading says why": all(cell["reason"] for cell in many.report["coverage"]),
        "nothing is billed but what may have been": not billed,
    }
    return [f"not so: {promise}" for promise, is_kept in promises.items() if not is_kept]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--files", type=int, default=200, help=f"{len(LENSES)} tasks each")
    parser.add_argument("--threads", type=int, nargs="+", default=[8, 1])
    parser.add_argument("--ways", nargs="+", default=[way.value for way in WAYS])
    return parser.parse_args()


def _took(way: FaultKind, files: int, threads: int, config: str) -> Took:
    fault = Fault(way, billed=False)
    with tempfile.TemporaryDirectory() as name, MessagesApi(faults=[fault]) as api:
        folder = Path(name)
        (folder / "change.diff").write_text(change(files, LINES))
        (folder / ".chargehand.toml").write_text(f"threads = {threads}\n{config}")
        command = review("change.diff", "--json", "report.json", "--quiet")
        subprocess.run(command, cwd=folder, env=environ(api.url, api.key), check=False, capture_output=True)
        ended = time.time()
        began = min(record.received_at for record in api.log)
        report = json.loads((folder / "report.json").read_text())
        return Took(ended - began, len(api.calls), report)


if __name__ == "__main__":
    sys.exit(main())
