"""What our own code takes for 1,000 tasks in 64 threads: memory, and processor time beyond the SDK's.

    python benchmarks/many_tasks.py [--runs 3] [--files 200] [--threads 64] [--delay 0.5] [--no-claims]

Every file is a chunk of its own, which five lenses read. The server runs in a process of its own. The SDK
alone sends the very bodies that the review sent, in as many threads, and reads each answer as JSON. From each
of the two its own start is taken: the same with one file, so that what is left is what a further call costs.
That holds all that grows with the change: reading the diff, planning, locating claims, the reports. Processor
time is that of the child, in user and system mode; memory is its highest resident size. Medians of all runs.

Ends with 1 if it is more than 250 MB, or more than 3 ms a call.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.child import LENSES, change, claims, environ, review
from tests.messages_api import MessagesApi, Script

LINES = 60
MOST_MB, MOST_MS = 250, 3.0
KEY = "test-key"
CONFIG = "[plan]\nchunk_tokens = 1000\n"
# Waits for its threads as ours do, and holds what it was answered as ours does: all of it, to the end.
BARE = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from anthropic import Anthropic
bodies = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
with Anthropic(max_retries=0, timeout=180) as client, ThreadPoolExecutor(int(sys.argv[2])) as pool:
    ask = client.messages.with_raw_response.create
    answers = list(pool.map(lambda body: json.loads(ask(**body, timeout=180).read()), bodies))
print(len(answers))
"""


@dataclass(frozen=True)
class Took:
    """What one child took."""

    seconds: float
    peak_mb: float


def main() -> int:
    """Print what the review takes, what the SDK takes for the same calls, and the difference a call."""
    asked = _asked()
    with tempfile.TemporaryDirectory() as name:
        large, small = (_folder(Path(name), files) for files in (asked.files, 1))
        rules = [] if asked.no_claims else list(claims(range(asked.files)))
        calls = _keep_bodies(large, rules, asked.threads) - _keep_bodies(small, rules, asked.threads)
        replies = Path(name, "replies.json")
        replies.write_text(json.dumps(rules))
        with _server(replies, asked.delay) as url:
            took = {
                (folder, command[1]): [_took(command, folder, environ(url, KEY)) for _ in range(asked.runs)]
                for folder in (large, small)
                for command in (_review(asked.threads), _bare(asked.threads))
            }
    ours, sdk = (
        statistics.median(each.seconds for each in took[large, kind])
        - statistics.median(each.seconds for each in took[small, kind])
        for kind in ("-m", "-c")
    )
    for (folder, kind), runs in took.items():
        seconds = ", ".join(f"{each.seconds:.2f}" for each in runs)
        peak = max(each.peak_mb for each in runs)
        print(
            f"{'review' if kind == '-m' else 'SDK'}, {folder.name}: {seconds} s of processor, {peak:.0f} MB"
        )
    peak_mb, more_ms = max(each.peak_mb for each in took[large, "-m"]), (ours - sdk) / calls * 1000
    print(f"{calls} calls more: review {ours / calls * 1000:.2f} ms a call, SDK {sdk / calls * 1000:.2f} ms")
    print(f"our own code: {more_ms:.2f} ms a call; memory at most {peak_mb:.0f} MB")
    return int(peak_mb > MOST_MB or more_ms > MOST_MS)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--files", type=int, default=200, help=f"{len(LENSES)} tasks each")
    parser.add_argument("--threads", type=int, default=64)
    parser.add_argument("--delay", type=float, default=0.5, help="seconds that a call takes")
    parser.add_argument("--no-claims", action="store_true", help="have every task find nothing")
    return parser.parse_args()


def _folder(parent: Path, files: int) -> Path:
    folder = parent / f"{files} files"
    folder.mkdir()
    (folder / "change.diff").write_text(change(files, LINES))
    (folder / ".chargehand.toml").write_text(CONFIG)
    return folder


def _keep_bodies(folder: Path, rules: Sequence[Mapping[str, object]], threads: int) -> int:
    """Review once to have the bodies of all requests in a file, and return how many there are."""
    with MessagesApi(script=Script.of([dict(rule) for rule in rules]), key=KEY) as api:
        _took(_review(threads), folder, environ(api.url, KEY))
    bodies = (json.dumps(record.request) + "\n" for record in api.calls)
    (folder / "bodies.jsonl").write_text("".join(bodies), encoding="utf-8")
    return len(api.calls)


@contextlib.contextmanager
def _server(replies: Path, delay_s: float) -> Iterator[str]:
    """Give the address of a server in a process of its own."""
    command = [sys.executable, "-m", "tests.messages_api", "--key", KEY, "--delay", str(delay_s)]
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen(
        [*command, "--replies", str(replies)],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            yield server.stdout.readline().strip() if server.stdout else ""
        finally:
            server.terminate()


def _review(threads: int) -> list[str]:
    return review("change.diff", "--json", "report.json", "--quiet", "--threads", str(threads))


def _bare(threads: int) -> list[str]:
    return [sys.executable, "-c", BARE, "bodies.jsonl", str(threads)]


def _took(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> Took:
    """Return what one child took, of which this process's own memory is a lower bound."""
    with (folder / "output.txt").open("w") as output:
        child = subprocess.Popen(command, cwd=folder, env=env, stdout=output)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)[:200]} ended with {child.returncode}")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Took(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


if __name__ == "__main__":
    sys.exit(main())
