"""How long the commands take that ask no model: medians of whole processes, beside bare Python and the SDK.

python benchmarks/startup.py
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 11
BARE = [sys.executable, "-I", "-c", "pass"]
SDK = [sys.executable, "-I", "-c", "import anthropic"]
CHARGEHAND = [sys.executable, "-m", "chargehand"]


def main() -> None:
    """Print a line for each command: its median in milliseconds, and how often it imported the SDK."""
    with tempfile.TemporaryDirectory() as folder:
        repository(Path(folder))
        commands = {
            "python": BARE,
            "import anthropic": SDK,
            "chargehand --version": [*CHARGEHAND, "--version"],
            "chargehand --help": [*CHARGEHAND, "--help"],
            "chargehand review (nothing to review)": [*CHARGEHAND, "review"],
            "chargehand review --staged (nothing to review)": [*CHARGEHAND, "review", "--staged"],
        }
        for name, command in commands.items():
            runs = 3 if command is SDK else RUNS
            print(f"{median_ms(command, folder, runs):8.0f} ms  {name}")


def repository(folder: Path) -> None:
    """Make a repository whose branch has nothing that its default branch lacks."""
    for command in (
        ["init", "-q", "-b", "main"],
        ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", "x"],
        ["switch", "-q", "-c", "feature"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)


def median_ms(command: list[str], folder: str, runs: int) -> float:
    """Return the median wall time of `runs` runs after one that does not count."""
    environ = {name: value for name, value in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS")}
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:]) * 1000


if __name__ == "__main__":
    main()
