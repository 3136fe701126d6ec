"""What reading a diff costs, beside bare unidiff on the same bytes.

    python benchmarks/diff.py [--lines 1000000] [--runs 3]

Every measurement is a process of its own: seconds of processor time for reading, without start-up, and the
peak memory of the whole process. Both read every line: no file is skipped for its length. Exits with 1
where a bound is broken.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MAX_TIME_RATIO, MAX_MEMORY_RATIO, MAX_WORST_SECONDS, MAX_GROWTH = 1.3, 1 / 3, 0.05, 2.0
SIDES = ("chargehand", "unidiff")


class Shape(NamedTuple):
    """How many lines go into one file, and into one hunk; `is_bounded` where memory is, too."""

    name: str
    lines_per_file: int
    lines_per_hunk: int
    width: int = 48
    is_bounded: bool = False


SHAPES = (
    Shape("200 lines a file, 20 a hunk", 200, 20, is_bounded=True),
    Shape("200 lines a file, one hunk", 200, 200, is_bounded=True),
    Shape("one file, 20 lines a hunk", 10**9, 20),
    Shape("one file, one hunk", 10**9, 10**9),
    Shape("one file, 2 lines a hunk", 10**9, 2, width=4),
    Shape("7 lines a file, one hunk", 7, 7, width=8),
)
WORST = {
    "an 8 KB diff --git line": b"diff --git " + b"://" * 2_000 + b" " * 2_000 + b"\n",
    "a 40 KB Binary files line": b"Binary files " + b" and " * 8_000 + b"x\n",
}
FILE = b"diff --git a/z b/z\n--- a/z\n+++ b/z\n@@ -1 +1 @@\n-1\n+2\n"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(*asked.measure)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "change.diff")
        is_good = all(
            [compare(path, asked.lines, asked.runs), grow(path, asked.lines, asked.runs), worst(path)]
        )
    sys.exit(0 if is_good else 1)


def compare(path: Path, lines: int, runs: int) -> bool:
    """Print both sides for each shape of `lines` lines."""
    print(f"{lines:,} lines, median of {runs} runs; bounds: {MAX_TIME_RATIO} x the time of unidiff,")
    print(f"and in the rows with * {MAX_MEMORY_RATIO:.2f} x the memory\n")
    print(f"  {'':30}{'MB':>5}{'chargehand':>16}{'unidiff':>16}{'time':>7}{'memory':>8}")
    is_good = True
    for shape in SHAPES:
        write(path, shape, lines)
        ours, theirs = (medians(each) for each in alternate(path, runs))
        time_ratio, memory_ratio = ours[0] / theirs[0], ours[1] / theirs[1]
        sides = "".join(f"{seconds:>8.2f} s{mb:>4.0f} MB"[-18:].rjust(16) for seconds, mb in (ours, theirs))
        size = path.stat().st_size / 1e6
        mark = "*" if shape.is_bounded else " "
        print(f"{mark} {shape.name:30}{size:>5.0f}{sides}{time_ratio:>7.2f}{memory_ratio:>8.2f}")
        is_good &= time_ratio <= MAX_TIME_RATIO
        is_good &= not shape.is_bounded or memory_ratio <= MAX_MEMORY_RATIO
    return is_good


def grow(path: Path, lines: int, runs: int) -> bool:
    """Print how long a line takes in diffs of 1,000 lines and more."""
    print(f"\ngrowth; bound: no line takes {MAX_GROWTH} x as long as in the diff before\n")
    before, is_good = 0.0, True
    for count in (10**power for power in range(3, 10)):
        if count > lines:
            return is_good
        write(path, SHAPES[0], count)
        seconds = statistics.median(run("chargehand", path)[0] for _ in range(runs))
        print(f"{count:>12,} lines {seconds:>9.4f} s {seconds / count * 1e6:>6.2f} µs a line")
        is_good &= not before or seconds / count <= MAX_GROWTH * before
        before = seconds / count
    return is_good


def worst(path: Path) -> bool:
    """Print how long the inputs take on which unidiff alone takes seconds."""
    print(f"\nworst lines known, before a good file; bound {MAX_WORST_SECONDS * 1e3:.0f} ms\n")
    is_good = True
    for name, line in WORST.items():
        path.write_bytes(line + FILE)
        seconds = run("chargehand", path)[0]
        print(f"  {name:30}{seconds * 1e3:>8.2f} ms")
        is_good &= seconds <= MAX_WORST_SECONDS
    return is_good


def alternate(path: Path, runs: int) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Run both sides in turn, so that a busy machine slows both alike."""
    pairs = [(run(SIDES[0], path), run(SIDES[1], path)) for _ in range(runs)]
    return [ours for ours, _ in pairs], [theirs for _, theirs in pairs]


def medians(measured: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the median seconds and megabytes."""
    return statistics.median(each[0] for each in measured), statistics.median(each[1] for each in measured)


def run(side: str, path: Path) -> tuple[float, float]:
    """Return seconds and peak megabytes of one side, measured in a process of its own."""
    command = [sys.executable, __file__, "--measure", side, str(path)]
    ran = subprocess.run(command, capture_output=True, check=True)
    seconds, mb = json.loads(ran.stdout)
    return seconds, mb


def measure(side: str, path: str) -> tuple[float, float]:
    """Read the diff at `path` in this process."""
    raw = Path(path).read_bytes()
    if side == "unidiff":
        from unidiff.patch import PatchSet  # noqa: PLC0415 # the other side must not pay for it

        started = time.process_time()
        read: object = PatchSet(raw.decode("utf-8", "surrogateescape"))
    else:
        from chargehand.change.diff.parse.files import parse_diff  # noqa: PLC0415 # as above

        started = time.process_time()
        read = parse_diff(raw)
    seconds = time.process_time() - started
    del read
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return seconds, peak / (1e6 if sys.platform == "darwin" else 1024)


def write(path: Path, shape: Shape, lines: int) -> None:
    """Write a diff of `lines` lines in hunks, not counting headers."""
    with path.open("wb") as file:
        for number, start in enumerate(range(0, lines, shape.lines_per_file)):
            name = f"src/package_{number % 97}/module_{number}.py"
            file.write(f"diff --git a/{name} b/{name}\nindex 1111111..2222222 100644\n".encode())
            file.write(f"--- a/{name}\n+++ b/{name}\n".encode())
            file.writelines(hunks(shape, min(shape.lines_per_file, lines - start)))


def hunks(shape: Shape, lines: int) -> Iterator[bytes]:
    """Yield hunks with three lines of context on both sides, if they are large enough."""
    at = 1
    for start in range(0, lines, shape.lines_per_hunk):
        size = min(shape.lines_per_hunk, lines - start)
        context = 3 if size > 6 else 0
        removed = (size - 2 * context) // 2
        added = size - 2 * context - removed
        yield b"@@ -%d,%d +%d,%d @@ def function(argument):\n" % (
            at,
            removed + 2 * context,
            at,
            added + 2 * context,
        )
        kinds = b" " * context + b"-" * removed + b"+" * added + b" " * context
        for offset, kind in enumerate(kinds):
            yield b"%c%-*d\n" % (kind, shape.width, at + offset)
        at += size + 10


if __name__ == "__main__":
    main()
