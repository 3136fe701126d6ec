"""How long the commands take that ask no model, and one until its first request, and in how much memory.

    python benchmarks/startup.py [EARLIER] [--pairs 15] [--hook detect-secrets-hook]

Whole processes in turn. EARLIER is a checkout of an earlier build with its own environment in .venv; the
ratios are medians over pairs, in processor time, by the clock and in peak memory. `--hook` is the program of
detect-secrets, which looks at the same staged files as `review --staged --offline`; by default the one in the
earlier build's environment, if it has one. Without EARLIER bare Python and the SDK stand beside.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

FILES, LINES = 5, 40
PROJECT = Path(__file__).resolve().parent.parent
DIFF = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"
NOTHING = ["review"]
STAGED = ["review", "--staged", "--offline"]
FIRST_REQUEST = ["review", "change.diff"]


class Used(NamedTuple):
    """What a process took: seconds of the processor, seconds by the clock, kB at its peak."""

    processor: float
    clock: float
    memory: float


def main() -> None:
    """Print a line for each command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("earlier", type=Path, nargs="?", help="a checkout of an earlier build")
    parser.add_argument("--pairs", type=int, default=15, help="how many pairs of each kind")
    parser.add_argument("--hook", type=Path, help="the program detect-secrets-hook")
    asked = parser.parse_args()
    print(f"{asked.pairs} pairs, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    ours = [sys.executable, "-m", "chargehand"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        staged, plain = folder / "staged", folder / "plain"
        files = repository(staged)
        repository(plain)
        subprocess.run(["git", "reset", "-q", "--hard"], cwd=plain, check=True)
        subprocess.run(["git", "switch", "-q", "-c", "feature"], cwd=plain, check=True)
        (plain / "change.diff").write_text(DIFF)
        if asked.earlier:
            earlier = [str(asked.earlier.resolve() / ".venv/bin/python"), "-m", "chargehand"]
            for arguments, place in (
                (["--version"], plain),
                (NOTHING, plain),
                (STAGED, staged),
                (FIRST_REQUEST, plain),
            ):
                told = " ".join(arguments)
                compare(told, [*earlier, *arguments], [*ours, *arguments], place, asked.pairs)
            hook = asked.hook or asked.earlier / ".venv/bin/detect-secrets-hook"
        else:
            bare = [sys.executable, "-I", "-c"]
            compare(
                "import anthropic, beside bare Python", [*bare, "pass"], [*bare, "import anthropic"], plain, 3
            )
            hook = asked.hook
        if hook and hook.exists():
            looking = [str(hook.resolve()), *files]
            compare(
                "review --staged --offline, beside the hook", looking, [*ours, *STAGED], staged, asked.pairs
            )


def repository(folder: Path) -> list[str]:
    """Make a repository with staged changes in five files, and return their names."""
    names = [f"part{number}.py" for number in range(FILES)]
    folder.mkdir()
    (folder / "a.py").write_text("a = 1\n")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *arguments], cwd=folder, check=True)
    for number, name in enumerate(names):
        lines = (f"def value_{number}_{n}():\n    return {n}\n" for n in range(LINES // 2))
        (folder / name).write_text("\n\n".join(lines))
    subprocess.run(["git", "add", *names], cwd=folder, check=True)
    return names


def compare(name: str, earlier: Sequence[str], ours: Sequence[str], place: Path, pairs: int) -> None:
    """Print the medians and their ratios, after a pair that does not count."""
    runs = [(used(earlier, place), used(ours, place)) for _ in range(pairs + 1)][1:]
    told = []
    for kind, unit, scale in (("processor", "ms", 1000), ("clock", "ms", 1000), ("memory", "MB", 1 / 1024)):
        both = [(getattr(first, kind), getattr(second, kind)) for first, second in runs]
        before, now = (statistics.median(each) * scale for each in zip(*both, strict=True))
        ratio = statistics.median(second / first for first, second in both)
        told.append(f"{kind} {ratio:.2f} ({now:.0f} {unit}, {before:.0f})")
    print(f"{name}: {'; '.join(told)}", flush=True)


def used(command: Sequence[str], place: Path) -> Used:
    """Run a command until its end, or its first request, and return what it took."""
    environ = {
        name: text
        for name, text in os.environ.items()
        if name not in ("CI", "GITHUB_ACTIONS") and not name.startswith(("ANTHROPIC_", "CHARGEHAND_"))
    }
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(120)
        environ["ANTHROPIC_BASE_URL"] = f"http://127.0.0.1:{server.getsockname()[1]}"
        environ["ANTHROPIC_API_KEY"] = "a-key-that-signs-nothing"
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=place, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        is_killed = command[-1] == FIRST_REQUEST[-1]
        if is_killed:
            server.accept()[0].close()
            process.kill()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and not is_killed:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Used(usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss)


if __name__ == "__main__":
    main()
