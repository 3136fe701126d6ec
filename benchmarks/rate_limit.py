"""What is left of the throughput under a limit of 8 requests at once that the server enforces with 429.

    python benchmarks/rate_limit.py [--tasks 160] [--delay 0.5] [--threads 8 16 64]

The command reviews a change of as many files as there are tasks, at each number of threads, first without
and then with a `retry-after` of one second. Perfect are 8 threads that never wait in vain: tasks x delay / 8,
beside the time from the first request to the last answer. Ends with 1 if less than 85 % of that throughput is
left anywhere, or if a file went unread.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.latency import new_file
from tests.messages_api import MessagesApi

LIMIT = 8
RETRY_AFTER_S = 1.0
ENOUGH = 0.85
LINES = 40
CONFIG = """
[plan]
small_change_files = 100000
small_change_lines = 1000000
chunk_tokens = 1000

[lenses]
security = { enabled = false }
tests = { enabled = false }
documentation = { enabled = false }
style = { enabled = false }
"""


class Seen(NamedTuple):
    """One run, as the server and the report tell it."""

    seconds: float
    turned_away: int
    most_attempts: int
    unread: int


def main() -> int:
    """Print a line for each number of threads, without and with `retry-after`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tasks", type=int, default=160)
    parser.add_argument("--delay", type=float, default=0.5, help="seconds that each answer takes")
    parser.add_argument("--threads", type=int, nargs="+", default=[8, 16, 64])
    asked = parser.parse_args()
    perfect_s = asked.tasks * asked.delay / LIMIT
    print(
        f"{asked.tasks} tasks, {asked.delay:g} s each, at most {LIMIT} at once: perfect is {perfect_s:.1f} s"
    )
    print("threads  retry-after  seconds  of perfect  turned away  most attempts  unread")
    is_enough = True
    for threads in asked.threads:
        for hint_s in (None, RETRY_AFTER_S):
            seen = run(asked.tasks, asked.delay, threads, hint_s)
            share = perfect_s / seen.seconds
            is_enough = is_enough and share >= ENOUGH and not seen.unread
            print(
                f"{threads:7}  {'none' if hint_s is None else f'{hint_s:g} s':>11}  {seen.seconds:7.2f}  "
                f"{share:10.0%}  {seen.turned_away:11}  {seen.most_attempts:13}  {seen.unread:6}",
                flush=True,
            )
    return 0 if is_enough else 1


def run(tasks: int, delay_s: float, threads: int, hint_s: float | None) -> Seen:
    """Have the command review so many files, each of which is a task."""
    with (
        tempfile.TemporaryDirectory() as folder,
        MessagesApi(delay_s=delay_s, max_concurrency=LIMIT, limit_retry_after_s=hint_s) as api,
    ):
        Path(folder, "change.diff").write_text("".join(new_file(n, LINES) for n in range(tasks)))
        Path(folder, ".chargehand.toml").write_text(CONFIG)
        review = [sys.executable, "-m", "chargehand", "review", "change.diff", "--threads", str(threads)]
        subprocess.run(
            [*review, "--quiet", "--json", "report.json"],
            cwd=folder,
            env=os.environ | {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key},
            check=False,
            stdout=subprocess.DEVNULL,
        )
        report = json.loads(Path(folder, "report.json").read_text())
        log = api.log
    attempts = Counter(call["task"] for call in report["calls"])
    if len(attempts) != tasks:
        raise SystemExit(f"{len(attempts)} tasks instead of {tasks}: the files do not fit the requests")
    return Seen(
        seconds=max(record.answered_at for record in log) - min(record.received_at for record in log),
        turned_away=sum(record.status == 429 for record in log),
        most_attempts=max(attempts.values()),
        unread=sum(each["outcome"] != "reviewed" for each in report["coverage"]),
    )


if __name__ == "__main__":
    sys.exit(main())
