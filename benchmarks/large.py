"""How soon the first model is asked about a pull request of 200,000 lines of which nine in ten are generated.

    python benchmarks/large.py

The change is made in a real repository, so that git's diff, its counts and the widening of hunks count.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.messages_api import MessagesApi

RUNS = 3
GENERATED_FILES, WRITTEN_FILES = 180, 200
GENERATED_LINES, WRITTEN_LINES = 1000, 100


def main() -> None:
    """Print the medians of both, and what we add to the SDK's import."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repository(folder)
        imported = statistics.median(sdk_seconds() for _ in range(RUNS))
        first = statistics.median(seconds_to_first_request(folder) for _ in range(RUNS))
    print(f"start to first request: {first:.2f} s, importing the SDK alone: {imported:.2f} s")
    print(f"more than the import: {first - imported:.2f} s")


def repository(folder: Path) -> None:
    """Make a repository whose branch rewrites every line of 200,000."""
    git(folder, "init", "-q", "-b", "main")
    write(folder, "old")
    commit(folder)
    git(folder, "switch", "-q", "-c", "feature")
    write(folder, "new")
    commit(folder)


def write(folder: Path, word: str) -> None:
    """Write all files; their lines hold `word`, but every tenth, which stays."""
    for number in range(GENERATED_FILES):
        put(folder / "api" / f"message_{number}_pb2.py", word, GENERATED_LINES)
    for number in range(WRITTEN_FILES):
        put(folder / "src" / f"module_{number}.py", word, WRITTEN_LINES)


def put(path: Path, word: str, lines: int) -> None:
    """Write one file."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"value_{n} = {word if n % 10 else 'kept'}({n})\n" for n in range(lines)))


def commit(folder: Path) -> None:
    """Commit all."""
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "x")


def git(folder: Path, *arguments: str) -> None:
    """Run git."""
    subprocess.run(["git", *arguments], cwd=folder, check=True)


def sdk_seconds() -> float:
    """Return the wall time of importing the SDK."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", "import anthropic"], check=True)
    return time.perf_counter() - start


def seconds_to_first_request(folder: Path) -> float:
    """Return the wall time from the start of a review to its first request."""
    with MessagesApi() as api:
        environ = {name: value for name, value in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS")}
        environ |= {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key}
        start = time.time()
        review = [sys.executable, "-m", "chargehand", "review", "--quiet"]
        subprocess.run(review, cwd=folder, env=environ, check=False, stdout=subprocess.DEVNULL)
        return min(record.received_at for record in api.log) - start


if __name__ == "__main__":
    main()
