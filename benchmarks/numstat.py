"""Are patches of public repositories read as git counts them? Paths and lines against `git apply --numstat`.

    python benchmarks/numstat.py CLONE... [--patches 2000] [--seed 1]

Commits are drawn at random from all that the clones hold, and written in one of the forms in which people
hand patches on. Counted are the patches in which a file is silently wrong: other paths or counts than git's,
and no word of it. What is refused with a reason is no silence. The exit code is 1 if any is wrong.
"""

import argparse
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from chargehand.change.diff.parse.files import parse_diff
from chargehand.core.diff import Diff
from chargehand.core.errors import DiffError

FORMS = (
    ("format-patch", "-1", "--stdout"),
    ("format-patch", "-1", "--stdout", "--no-renames", "--full-index", "--binary"),
    ("format-patch", "-1", "--stdout", "--attach=part"),
    ("show", "--format=fuller"),
    ("show", "--format=email", "-C", "--find-copies-harder", "-l200"),
    ("show", "--format=", "-U0"),
    ("show", "--format=", "-U10", "-W"),
    ("show", "--format=", "--no-prefix"),
    ("show", "--format=", "-R", "-M"),
    ("show", "--format=raw", "--src-prefix=i/", "--dst-prefix=w/", "--diff-algorithm=patience"),
    ("log", "-1", "-p", "--stat", "--summary"),
)
_MOST_BYTES = 20_000_000


class Row(NamedTuple):
    """What git or we say of one file; counts are None if it is binary."""

    path: str
    added: int | None
    removed: int | None


class Patch(NamedTuple):
    """A commit in one of the forms."""

    clone: Path
    commit: str
    form: tuple[str, ...]
    text: bytes

    @property
    def parts(self) -> int:
        """How many parts of each path git has to take off."""
        return 0 if "--no-prefix" in self.form else 1


def verdict_on(patch: Patch) -> tuple[str, list[str]]:
    """Return `right`, `refused`, `no patch` or `wrong`, and what is wrong."""
    theirs = _counted_by_git(patch)
    if theirs is None:
        return "no patch", []
    try:
        diff = parse_diff(patch.text)
    except DiffError:
        return "refused", []
    refused = {file.path for file in diff.files if file.skip and file.skip.is_gap}
    ours = Counter(row for row in _rows(diff) if row.path not in refused)
    wanted = Counter(row for row in theirs if row.path not in refused)
    if ours == wanted:
        return "refused" if refused else "right", []
    return "wrong", [f"git: {list(wanted - ours)[:3]}", f"we: {list(ours - wanted)[:3]}"]


def _rows(diff: Diff) -> list[Row]:
    return [
        Row(file.path, None, None)
        if file.skip and file.skip.reason.value == "binary"
        else Row(file.path, file.added, file.removed)
        for file in diff.files
    ]


def _counted_by_git(patch: Patch) -> list[Row] | None:
    command = ["git", "apply", "--numstat", "-z", "--unsafe-paths", f"-p{patch.parts}"]
    done = subprocess.run(command, input=patch.text, capture_output=True, check=False, cwd="/")
    if done.returncode:
        return None
    rows = done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]
    return [
        Row(path, *(None if each == "-" else int(each) for each in numbers))
        for *numbers, path in (row.split("\t", 2) for row in rows)
    ]


def patches(clones: list[Path], number: int, seed: int) -> list[Patch]:
    """Return so many patches, as many of each clone as there are."""
    chance = random.Random(seed)
    found = []
    for clone in clones:
        commits = _git(clone, "rev-list", "--all", "--no-merges").decode().split()
        for commit in chance.sample(commits, min(len(commits), number // len(clones) + 1)):
            form = chance.choice(FORMS)
            text = _git(clone, form[0], *form[1:], commit)
            if text.strip() and len(text) <= _MOST_BYTES:
                found.append(Patch(clone, commit, form, text))
    return found[:number]


def _git(clone: Path, *arguments: str) -> bytes:
    command = ["git", "-c", "core.quotePath=true", "-C", str(clone), *arguments]
    return subprocess.run(command, capture_output=True, check=False).stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--patches", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    for patch in patches(options.clones, options.patches, options.seed):
        verdict, said = verdict_on(patch)
        counts[verdict] += 1
        if verdict == "wrong":
            print(f"{patch.clone} {patch.commit[:12]} {' '.join(patch.form)}: {'; '.join(said)}")
    print(", ".join(f"{verdict}: {count:,}" for verdict, count in counts.most_common()))
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
