"""What our own code adds to the models' time: 20 tasks, 10 threads, every answer delayed by one second.

    python benchmarks/latency.py

The ideal is the plan, two rounds of workers and the judge, one after the other: 4 delays.
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
ROUNDS = 4
FILES = 40
LINES = 120
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
    with (
        tempfile.TemporaryDirectory() as folder,
        MessagesApi(
            script=Script.of([{"role": "worker", "lens": "correctness", "reply": {"claims": [CLAIM]}}]),
            delay_s=DELAY_S,
        ) as api,
    ):
        change = Path(folder, "change.diff")
        change.write_text("".join(map(new_file, range(FILES))))
        Path(folder, ".chargehand.toml").write_text("[plan]\nsmall_change_lines = 0\nchunk_tokens = 20000\n")
        imported = seconds([sys.executable, "-I", "-c", "import anthropic"], folder, {})
        started = time.time()
        review = [sys.executable, "-m", "chargehand", "review", str(change), "--threads", "10", "--quiet"]
        seconds(review, folder, {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key})
        ended = time.time()
        first = min(record.received_at for record in api.log)
        tasks = sum(record.role == "worker" for record in api.log)
    ideal, took = ROUNDS * DELAY_S, ended - first
    print(f"tasks: {tasks}, calls: {len(api.log)}")
    print(f"first request to exit: {took:.2f} s, {took / ideal:.2f} of the ideal {ideal:.0f} s")
    print(f"start to first request: {first - started:.2f} s, importing the SDK alone: {imported:.2f} s")


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
