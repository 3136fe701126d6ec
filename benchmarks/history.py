"""What of a repository's own history a review would leave unread, and what reading it would cost.

python benchmarks/history.py CLONE... [--commits 100] [--costs 20] [--earlier PATH/TO/chargehand]

Each of the last commits (merges aside) is taken for a change against its parent, as a CI job sees it, and
goes through `chargehand review --offline`: a verdict of `incomplete` means that nobody would read some text
of it. For the first `--costs` of them `chargehand estimate` says what the workers would cost, and with
`--earlier` also what they cost with another build. No model is asked, and the clones are not changed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

OURS = [sys.executable, "-m", "chargehand"]
ZERO = Decimal(0)


class Commit(NamedTuple):
    """A commit with one parent, in a work tree that holds no file."""

    folder: Path
    base: str
    head: str


def main() -> None:
    """Print a line for each commit that is incomplete, then the sums."""
    parser = argparse.ArgumentParser()
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=100, help="of each clone")
    parser.add_argument("--costs", type=int, default=20, help="so many of them are priced as well")
    parser.add_argument("--earlier", help="another build to compare with")
    asked = parser.parse_args()
    incomplete, total = 0, 0
    costs: list[tuple[Decimal, Decimal]] = []
    for clone in asked.clones:
        with tempfile.TemporaryDirectory() as scratch:
            for number, commit in enumerate(commits(clone, Path(scratch) / "clone", asked.commits)):
                total += 1
                if reasons := gaps(commit):
                    incomplete += 1
                    print(f"{clone.name} {commit.head[:12]}: {'; '.join(reasons)}", flush=True)
                if number < asked.costs:
                    earlier = workers_usd([asked.earlier], commit) if asked.earlier else ZERO
                    costs.append((workers_usd(OURS, commit), earlier))
    print(f"{incomplete} of {total} commits are incomplete ({Decimal(incomplete) / max(total, 1):.2%})")
    report(costs)


def commits(clone: Path, work_tree: Path, number: int) -> Iterator[Commit]:
    """Yield the last commits of `clone`, newest first, from a clone of it that shares its objects."""
    git(clone, "clone", "-q", "--shared", "--no-checkout", str(clone.resolve()), str(work_tree))
    found = git(work_tree, "rev-list", "--no-merges", "--min-parents=1", f"-n{number}", "HEAD").split()
    for head in found:
        yield Commit(work_tree, git(work_tree, "rev-parse", f"{head}^").strip(), head)


def gaps(commit: Commit) -> Sequence[str]:
    """Return why a review without a model would be incomplete; nothing if it is not."""
    done = run([*OURS, "review", "--offline", "--quiet", "--json", "-", *ends(commit)], commit)
    if done.returncode == 2 or not done.stdout:
        return (f"exit {done.returncode}: {done.stderr.strip()[:300]}",)
    report = json.loads(done.stdout)
    return report["verdict"]["reasons"] if report["verdict"]["status"] == "incomplete" else ()


def workers_usd(program: Sequence[str], commit: Commit) -> Decimal:
    """Return what the workers of the configured fleet are expected to cost."""
    done = run([*program, "estimate", "--quiet", "--json", *ends(commit)], commit)
    if done.returncode != 0:
        print(f"not priced by {program[0]}: {commit.head[:12]}: {done.stderr.strip()[:300]}")
        return ZERO
    estimates = json.loads(done.stdout)["estimates"]
    roles = estimates[0]["expected"]["by_role"] if estimates else {}
    return Decimal(roles["worker"]["cost_usd"]) if "worker" in roles else ZERO


def report(costs: Sequence[tuple[Decimal, Decimal]]) -> None:
    """Print sum and 99th percentile of both builds, and the ratio of the sums."""
    if not costs:
        return
    ours, earlier = ([pair[side] for pair in costs] for side in (0, 1))
    print(f"workers, expected, {len(costs)} commits: ${sum(ours):.4f} in all, p99 ${p99(ours):.4f}")
    if sum(earlier):
        ratio = sum(ours) / sum(earlier)
        print(f"the earlier build: ${sum(earlier):.4f}, p99 ${p99(earlier):.4f}; ratio {ratio:.2f}")


def p99(amounts: Sequence[Decimal]) -> Decimal:
    return sorted(amounts)[min(len(amounts) - 1, len(amounts) * 99 // 100)]


def ends(commit: Commit) -> list[str]:
    return ["--base", commit.base, "--head", commit.head]


def run(command: Sequence[str], commit: Commit) -> "subprocess.CompletedProcess[str]":
    """Run a command as a CI job would, so that the rules are those of the parent."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GITHUB_", "GITLAB_", "GIT_", "CHARGEHAND_", "ANTHROPIC_"))
    }
    return subprocess.run(
        command,
        cwd=commit.folder,
        env=environ | {"CI": "true"},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode("utf-8", "replace")


if __name__ == "__main__":
    main()
