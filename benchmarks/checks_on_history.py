"""What the free checks claim about the last commits of any clone, and how often.

    python benchmarks/checks_on_history.py CLONE... [-n 1000] [--skip 0] [--check NAME] [--show-secrets]

Each commit but merges is read as a change of its own, by all checks or the named one, in one process. Printed
are all claims, the gravest first, and then a table of claims by check and severity. It is how a check is
tuned: read what it claims on code that was reviewed by people, and mend what is wrong.
"""

import argparse
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from chargehand.change.diff.parse.files import parse_diff
from chargehand.checks import CHECKS, Evidence, Tree, run_checks
from chargehand.checks.secrets import search
from chargehand.core.diff import Diff
from chargehand.core.errors import DiffError
from chargehand.core.escaping import one_line
from chargehand.core.finding import Claim, Severity

# As change/git/patch.py asks git.
_FORM = (
    *("--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", "-M", "-l1000"),
    *("--diff-algorithm=histogram", "--full-index", "--submodule=short", "--patch", "-U3"),
)
# No line of a patch begins with this byte.
_COMMIT = re.compile(rb"^\x1e([0-9a-f]{40}) ?([0-9a-f]*)", re.MULTILINE)
_PIECE_BYTES = 1 << 20
BROKEN = b""
_SHOWN = 160


class Commit(NamedTuple):
    """One commit; `parent` is empty for the first."""

    id: str
    parent: str
    patch: bytes


class Asked(NamedTuple):
    """Which commits are looked at, by which checks; if it `is_open`, the quoted lines are not masked."""

    number: int
    skip: int
    disabled: tuple[str, ...]
    is_open: bool


class Seen(NamedTuple):
    """What the checks claim about one commit."""

    clone: Path
    commit: str
    claims: tuple[Claim, ...]


def main() -> None:
    """Print the claims about the clones that are named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("-n", type=int, default=1000, help="commits of each clone")
    parser.add_argument("--skip", type=int, default=0, help="newest commits to leave out")
    parser.add_argument("--check", choices=CHECKS, help="the only check that runs")
    parser.add_argument("--show-secrets", action="store_true")
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    began = time.perf_counter()
    with ProcessPoolExecutor(given.processes) as pool:
        disabled = tuple(name for name in CHECKS if given.check and name != given.check)
        asked = Asked(given.n, given.skip, disabled, is_open=given.show_secrets)
        look = partial(claims_of_clone, asked=asked)
        seen = [each for clone in pool.map(look, given.clones) for each in clone]
    print_claims(seen)
    print_counts(seen, time.perf_counter() - began)


def claims_of_clone(clone: Path, asked: Asked) -> list[Seen]:
    """Return what the checks claim about each of the last commits."""
    commits = commits_of(clone, asked.number, asked.skip)
    return [Seen(clone, commit.id, claims_of(clone, commit, asked)) for commit in commits]


def claims_of(clone: Path, commit: Commit, asked: Asked) -> tuple[Claim, ...]:
    """Return what the checks claim about one commit."""
    try:
        diff = parse_diff(commit.patch)
    except DiffError:
        return ()
    read_tree = partial(tree_at, clone, commit.parent)
    claims = run_checks(Evidence(diff, search(diff), read_tree=read_tree), asked.disabled).claims
    return tuple(unmasked(claim, diff) for claim in claims) if asked.is_open else claims


def unmasked(claim: Claim, diff: Diff) -> Claim:
    """Return the claim with the line as the diff has it."""
    lines = (line for file in diff.files if file.path == claim.path for line in file.lines())
    return claim.evolve(
        quote=next((line.text for line in lines if line.new_number == claim.line), claim.quote)
    )


def tree_at(clone: Path, commit: str) -> Tree:
    """Return which files there are at a commit, none before the first."""
    out = git(clone, "ls-tree", "-r", "-z", "--name-only", commit) if commit else b""
    return Tree(paths=frozenset(out.decode("utf-8", "surrogateescape").split("\0")[:-1]))


def commits_of(clone: Path, number: int, skip: int) -> Iterator[Commit]:
    """Yield the last commits but merges, newest first, without those whose files the clone lacks."""
    end = skip + number
    while skip < end:
        was_whole = True
        for text in log_of(clone, end - skip, skip):
            was_whole = text != BROKEN
            skip += 1
            if was_whole:
                yield read_commit(text)
        if was_whole:
            return


def log_of(clone: Path, number: int, skip: int) -> Iterator[bytes]:
    """Yield the text of each commit, and BROKEN in place of the one at which git gives up."""
    command = ("log", "--no-merges", f"-{number}", f"--skip={skip}", "--format=%x1e%H %P", *_FORM)
    with subprocess.Popen(["git", "-C", str(clone), *command], stdout=subprocess.PIPE) as process:
        rest = b""
        while process.stdout and (piece := process.stdout.read(_PIECE_BYTES)):
            *whole, rest = split_commits(rest + piece) or [b""]
            yield from whole
        yield from [rest] if rest and process.wait() == 0 else [BROKEN] if process.wait() else []


def split_commits(log: bytes) -> list[bytes]:
    """Return the texts of the commits; the last may go on."""
    starts = [found.start() for found in _COMMIT.finditer(log)]
    return [log[start:end] for start, end in zip(starts, [*starts[1:], len(log)], strict=True)]


def read_commit(text: bytes) -> Commit:
    """Return the commit that git log prints as `text`."""
    head, _, patch = text.partition(b"\n")
    commit, _, parents = head[1:].decode().partition(" ")
    return Commit(commit, parents.partition(" ")[0], patch.lstrip(b"\n"))


def print_claims(seen: list[Seen]) -> None:
    """Print a line for each claim, the gravest first."""
    claims = [(each, claim) for each in seen for claim in each.claims]
    for each, claim in sorted(claims, key=lambda pair: (pair[1].severity.rank, pair[1].model)):
        place = f"{one_line(claim.path)}:{claim.line}"
        check = claim.model.removeprefix("check: ")
        print(f"{claim.severity.value} {check} {each.clone.parent.name} {each.commit[:10]} {place}")
        print(f"    {one_line(claim.quote.strip()[:_SHOWN])}")


def print_counts(seen: list[Seen], seconds: float) -> None:
    """Print how many claims of which severity each check made."""
    counts = Counter(
        (claim.model.removeprefix("check: "), claim.severity) for s in seen for claim in s.claims
    )
    print(f"\n{len(seen):,} commits, {seconds:.0f} s")
    print("".join(["| check |", *(f" {severity.value} |" for severity in Severity)]))
    print("|---|" + "---:|" * len(Severity))
    for check in dict.fromkeys(check for check, _ in counts):
        numbers = (f" {counts[check, severity]:,} |" for severity in Severity)
        print("".join([f"| `{check}` |", *numbers]))


def git(clone: Path, *arguments: str) -> bytes:
    """Return what git prints."""
    return subprocess.run(["git", "-C", str(clone), *arguments], capture_output=True, check=True).stdout


if __name__ == "__main__":
    main()
