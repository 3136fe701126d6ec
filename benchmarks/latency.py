"""What our own code adds to the models' time: 8 threads, every answer delayed by one second.

    python benchmarks/latency.py

The critical path is the plan, as many rounds of workers as the threads need, and the judge, one after the
other. It is measured with one task a lens and chunk, and with two. They share the chunk's prefix: a follower
begins when its leader's reply does.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.messages_api import MessagesApi, Script

DELAY_S = 1.0
FIRST_EVENT_S = 0.3
THREADS = 8
FILES = 40
LINES = 120
# Four chunks of ten files: all of a chunk for each task, or half of it.
FOCUS_LINES = (10 * LINES, 5 * LINES)
CLAIM = {
    "rule": "correctness/other",
    "severity": "low",
    "confidence": "high",
    "file": 1,
    "line": 1,
    "end_line": 1,
    "quote": "value_0 = compute(0)",
    "title": "A claim, so that the judge is asked",
    "message": "It is there.",
    "suggestion": "",
}


def main() -> None:
    """Print the ratio from the first request to the exit, and the time before the first request."""
    with tempfile.TemporaryDirectory() as folder:
        imported = seconds([sys.executable, "-I", "-c", "import anthropic"], folder, {})
        for focus_lines in FOCUS_LINES:
            measure(folder, focus_lines)
    print(f"importing the SDK alone: {imported:.2f} s")


def measure(folder: str, focus_lines: int) -> None:
    """Review the change once, and print what that took."""
    script = Script.of([{"role": "worker", "lens": "correctness", "reply": {"claims": [CLAIM]}}])
    with MessagesApi(script=script, delay_s=DELAY_S, first_event_s=FIRST_EVENT_S) as api:
        change = Path(folder, "change.diff")
        change.write_text("".join(map(new_file, range(FILES))))
        plan = f"small_change_lines = 0\nchunk_tokens = 20000\nfocus_lines = {focus_lines}\n"
        Path(folder, ".chargehand.toml").write_text(f"threads = {THREADS}\n[plan]\n{plan}")
        started = time.time()
        review = [sys.executable, "-m", "chargehand", "review", str(change), "--quiet"]
        seconds(review, folder, {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key})
        ended = time.time()
        first = min(record.received_at for record in api.log)
        tasks = sum(record.role == "worker" for record in api.log)
        read = sum(bool(call.usage and call.usage.read_tokens) for call in api.calls)
    path_s, took = (2 + -(-tasks // THREADS)) * DELAY_S, ended - first
    print(f"{tasks} tasks of at most {focus_lines} changed lines, {read} of which read a cached prefix")
    print(
        f"  first request to exit: {took:.2f} s, {took / path_s:.2f} of the critical path of {path_s:.0f} s"
    )
    print(f"  start to first request: {first - started:.2f} s")


def new_file(number: int, count: int = LINES) -> str:
    """Return the diff of one new Python file."""
    lines = "".join(f"+value_{n} = compute({n})\n" for n in range(count))
    name = f"src/module_{number}.py"
    return (
        f"diff --git a/{name} b/{name}\nnew file mode 100644\n--- /dev/null\n+++ b/{name}\n"
        f"@@ -0,0 +1,{count} @@\n{lines}"
    )


def seconds(command: list[str], folder: str, extra: dict[str, str]) -> float:
    """Return the wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=os.environ | extra, check=False, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
