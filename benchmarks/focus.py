"""How many changed lines a task answers for, and what it costs to have tasks of that size.

    python benchmarks/focus.py SOURCE... [--commits 50] [--focus 100 150 200]

A SOURCE is a folder with `*.diff`, or a clone, whose last commits are taken (merges aside). Each change
is split by the built-in plan, with the defaults of everything else: first without a bound on the lines of a
task, then with each bound. The cost is the expected one of `chargehand estimate`, judge included; no model is
asked. The diffs come without the code around a hunk that a checkout would add.
"""

import argparse
import subprocess
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from chargehand.app.preparing import crew_of, planning_of
from chargehand.budget.estimate import estimate
from chargehand.change.diff.decide import decide
from chargehand.change.diff.long_hunks import split_hunks
from chargehand.change.diff.parse.files import parse_diff
from chargehand.change.diff.rules import ReadingRules
from chargehand.config.settings import Settings
from chargehand.core.diff import Diff
from chargehand.core.plan import Task
from chargehand.cost.prices import Prices
from chargehand.pipeline.planner import static_plan

NO_BOUND = 10**9
MANY_LINES = 200


class Split(NamedTuple):
    """How one change is split: the changed lines of each task of one lens, its requests, and the cost."""

    lines: tuple[int, ...]
    calls: int
    expected_usd: Decimal


def main() -> None:
    """Print a line for each bound."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=50, help="of each clone")
    parser.add_argument("--focus", nargs="+", type=int, default=[100, 150, 200])
    asked = parser.parse_args()
    diffs = [diff for source in asked.sources for diff in read(source, asked.commits)]
    print(f"{len(diffs)} changes with something to review")
    without: Sequence[Split] = ()
    for focus_lines in (NO_BOUND, *asked.focus):
        splits = [split(diff, focus_lines) for diff in diffs]
        without = without or splits
        name = "no bound" if focus_lines == NO_BOUND else f"at most {focus_lines}"
        print(f"{name:>12}: {shown(splits, without)}", flush=True)


def read(source: Path, commits: int) -> Iterator[Diff]:
    """Yield what is reviewed of each change."""
    for data in in_clone(source, commits) if is_clone(source) else in_folder(source):
        diff = decide(parse_diff(data), ReadingRules())
        if diff.reviewable:
            yield diff


def is_clone(source: Path) -> bool:
    """Tell whether a folder is a clone, bare or with a work tree."""
    return (source / ".git").exists() or (source / "objects").is_dir()


def in_folder(folder: Path) -> Iterator[bytes]:
    """Yield the diffs of a folder."""
    for path in sorted(folder.glob("*.diff")):
        yield path.read_bytes()


def in_clone(clone: Path, commits: int) -> Iterator[bytes]:
    """Yield the diffs of the last commits of a clone."""
    heads = git(clone, "rev-list", "--no-merges", "--min-parents=1", f"-n{commits}", "HEAD").decode().split()
    for head in heads:
        yield git(clone, "diff", "--no-ext-diff", "--no-color", "--find-renames", f"{head}^", head)


def git(clone: Path, *arguments: str) -> bytes:
    """Return what git prints."""
    return subprocess.run(["git", "-C", str(clone), *arguments], check=True, capture_output=True).stdout


def split(diff: Diff, focus_lines: int) -> Split:
    """Return how the change is split if a task answers for so many lines at most."""
    crew = crew_of(Settings())
    planning = planning_of(Settings(), crew).evolve(focus_lines=focus_lines)
    shown_diff = split_hunks(diff, planning.measure, planning.chunk_tokens, focus_lines)
    plan = static_plan(shown_diff, crew.lenses, planning)
    lens = crew.lenses[0].name
    found = estimate(shown_diff, crew, planning, Prices())
    return Split(
        lines=tuple(changed(task, shown_diff) for task in plan.tasks if task.lens == lens),
        calls=len(found.expected.calls),
        expected_usd=found.expected_usd or Decimal(0),
    )


def changed(task: Task, diff: Diff) -> int:
    """Return the changed lines that a task answers for."""
    files: dict[str, list[Sequence[int]]] = {}
    for file in diff.files:
        files.setdefault(file.path, []).append([hunk.changed for hunk in file.hunks])
    return sum(sum(files[part.path][part.nth][part.first : part.last + 1]) for part in task.parts)


def shown(splits: Sequence[Split], without: Sequence[Split]) -> str:
    """Return the figures of one bound beside those without any."""
    lines = sorted(size for each in splits for size in each.lines)
    many = sum(size for size in lines if size > MANY_LINES) / max(sum(lines), 1)
    tasks, earlier = (sum(len(each.lines) for each in some) for some in (splits, without))
    cost, cost_before = (sum((each.expected_usd for each in some), Decimal(0)) for some in (splits, without))
    dearest = max(
        each.expected_usd / before.expected_usd
        for each, before in zip(splits, without, strict=True)
        if before.expected_usd
    )
    return (
        f"{tasks} tasks a lens ({tasks / earlier:.2f} x); changed lines a task: median {at(lines, 50)}, "
        f"p90 {at(lines, 90)}, most {lines[-1]}; {many:.0%} of all lines in tasks over {MANY_LINES}; "
        f"expected ${cost:.4f} ({cost / cost_before:.3f} x, at most {dearest:.2f} x for one change)"
    )


def at(lines: Sequence[int], percent: int) -> int:
    """Return a percentile of sorted numbers."""
    return lines[min(len(lines) - 1, len(lines) * percent // 100)]


if __name__ == "__main__":
    main()
