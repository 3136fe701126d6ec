"""Looks for diffs that are read wrongly, slowly, or not without a traceback, as long as one likes.

    python benchmarks/fuzz_diff.py --minutes 60 --found FOLDER

Diffs that git writes of random trees, and small ones of every other kind, are damaged at random and read.
What is read must agree with itself and take little time, and where `git apply` accepts the input, no file
that it would change may be absent, and none that is reviewed may have other counts. Prints one line for each
kind of trouble; the inputs go to FOLDER.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from chargehand.change.diff.parse.files import parse_diff
from chargehand.core.diff import Diff, FileDiff
from chargehand.core.errors import DiffError
from tests.property.damage import PIECES, SAMPLES, check_diff, damaged
from tests.property.trees import AWKWARD_LINES, AWKWARD_PARTS, Blob, Repository, Tree

OPTIONS = (
    (),
    ("-U0",),
    ("--binary",),
    ("--no-prefix",),
    ("-cdiff.mnemonicPrefix=true",),
    ("-C", "-U1"),
    ("-R",),
)
INPUTS_PER_DIFF = 40
# Ten times what it takes on a machine with nothing else to do.
MAX_SECONDS, MAX_SECONDS_PER_MB = 0.05, 5.0


def main() -> None:
    """Fuzz until the time is up, and print what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--found", type=Path, default=Path(tempfile.gettempdir(), "fuzz-diff"))
    asked = parser.parse_args()
    asked.found.mkdir(parents=True, exist_ok=True)
    dice = random.Random(asked.seed)
    counts: Counter[str] = Counter()
    ends = time.monotonic() + asked.minutes * 60
    with tempfile.TemporaryDirectory() as folder:
        repository = Repository(Path(folder))
        while time.monotonic() < ends:
            raw, has_prefix = seed(dice, repository)
            for _ in range(INPUTS_PER_DIFF):
                try_one(spoiled(dice, raw), dice, counts, asked.found, has_prefix=has_prefix)
    for trouble, count in sorted(counts.items()):
        print(f"{count:>9,}  {trouble}")


def seed(dice: random.Random, repository: Repository) -> tuple[bytes, bool]:
    """Return a sound diff, and whether `git apply` would take the same prefix off its paths."""
    if dice.random() < 0.3:
        return b"".join(dice.choices(SAMPLES, k=dice.randint(1, 2))), False
    old = tree(dice, {})
    repository.import_pair(old, tree(dice, old))
    options = dice.choice(OPTIONS)
    return repository.diff("-M", *options), "--no-prefix" not in options


def tree(dice: random.Random, start: Tree) -> Tree:
    """Return a random tree that keeps much of `start`."""
    made = {path: edited(dice, blob) for path, blob in start.items() if dice.random() < 0.8}
    for _ in range(dice.randint(0, 4)):
        path = b"/".join(dice.choices(AWKWARD_PARTS, k=dice.randint(1, 3)))
        made[path] = Blob(
            dice.choice(("100644", "100644", "100755", "120000")), text(dice, dice.randint(0, 30))
        )
    folders = {path[:at] for path in made for at in range(len(path)) if path[at : at + 1] == b"/"}
    return {
        path: blob
        for path, blob in made.items()
        if path not in folders and (blob.data or blob.mode != "120000")
    }


def edited(dice: random.Random, blob: Blob) -> Blob:
    """Return `blob` with a few other lines."""
    lines = blob.data.split(b"\n")
    for _ in range(dice.randint(0, 3)):
        at = dice.randint(0, len(lines))
        lines[at : at + dice.randint(0, 2)] = dice.choices(AWKWARD_LINES, k=dice.randint(0, 2))
    data = b"\n".join(lines)
    return blob if blob.mode == "120000" and (b"\0" in data or not data) else blob._replace(data=data)


def text(dice: random.Random, lines: int) -> bytes:
    """Return so many awkward lines."""
    return b"\n".join(dice.choices(AWKWARD_LINES[:-1], k=lines)) + dice.choice((b"", b"\n"))


def spoiled(dice: random.Random, raw: bytes) -> bytes:
    """Return `raw` with one to six edits, most of them between lines."""
    edits = [
        (dice.choice((0, 1, 1, 2, 2, 3, 3, 4, 5)), dice.randrange(1 << 20), dice.randrange(len(PIECES)))
        for _ in range(dice.choice((1, 1, 1, 2, 3, 6)))
    ]
    return damaged(raw, edits)


def try_one(raw: bytes, dice: random.Random, counts: Counter[str], found: Path, *, has_prefix: bool) -> None:
    """Read one input and file what is wrong with the result."""
    counts["inputs"] += 1
    started = time.process_time()
    try:
        diff = parse_diff(raw)
        check_diff(raw, diff)
    except DiffError:
        counts["inputs that are no diff, said so"] += 1
        return
    except Exception as error:  # noqa: BLE001 # any other is what is looked for
        frame = traceback.extract_tb(error.__traceback__)[-1]
        file_trouble(
            f"TROUBLE {type(error).__name__} in {frame.name}, line {frame.lineno}", raw, counts, found
        )
        return
    if is_slow(raw, time.process_time() - started):
        file_trouble("TROUBLE slow", raw, counts, found)
    counts["files reviewed"] += len(diff.reviewable)
    counts["files not reviewed, with a reason"] += len(diff.skipped)
    if has_prefix and dice.random() < 0.25:
        for trouble in compare(raw, diff, counts):
            file_trouble(f"TROUBLE {trouble}", raw, counts, found)


def is_slow(raw: bytes, seconds: float) -> bool:
    """Tell whether reading took too long, and does so again: the first time something else may have."""
    bound = MAX_SECONDS + MAX_SECONDS_PER_MB * len(raw) / 1e6
    for _ in range(3):
        if seconds <= bound:
            return False
        started = time.process_time()
        parse_diff(raw)
        seconds = time.process_time() - started
    return True


def compare(raw: bytes, diff: Diff, counts: Counter[str]) -> set[str]:
    """Return how the files differ from those that `git apply` sees, if it accepts the input."""
    ran = subprocess.run(
        ["git", "apply", "--numstat", "-z", "-"], input=raw, capture_output=True, check=False
    )
    if ran.returncode or ran.stderr:
        return set()
    counts["inputs that git apply accepts"] += 1
    rows = [row.split(b"\t", 2) for row in ran.stdout.split(b"\0") if row]
    seen = Counter((path, added, removed) for added, removed, path in rows)
    ours = Counter(
        (as_git_says(file, rows), b"%d" % file.added, b"%d" % file.removed) for file in diff.reviewable
    )
    counts["files compared with git's counts"] += ours.total()
    troubles = {"a file has other counts than git's"} if ours - seen else set()
    absent = Counter(row[2] for row in rows) - Counter(as_git_says(file, rows) for file in diff.files)
    damaged_files = sum(file.skip is not None and file.skip.is_gap for file in diff.files)
    return troubles | ({"a file of git's is absent"} if absent.total() > damaged_files else set())


def as_git_says(file: FileDiff, rows: list[list[bytes]]) -> bytes:
    """Return the path that git uses: it always takes one part off, and may call a deleted file dev/null."""
    path = file.path.encode("utf-8", "surrogateescape")
    paths = {row[2] for row in rows}
    nobody = b"dev/null" if file.status == "deleted" else path
    return next((each for each in (path, nobody, path.partition(b"/")[2]) if each in paths), path)


def file_trouble(trouble: str, raw: bytes, counts: Counter[str], found: Path) -> None:
    """Count it, and keep the first three inputs of each kind."""
    counts[trouble] += 1
    if counts[trouble] <= 3:
        name = "".join(letter if letter.isalnum() else "-" for letter in trouble)
        (found / f"{name}-{counts[trouble]}.diff").write_bytes(raw)


if __name__ == "__main__":
    main()
