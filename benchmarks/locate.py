"""On which lines claims are shown, if they are made with the errors that models make.

python benchmarks/locate.py --repository CLONE... [--claims 1000] [--seed 1] [--earlier PYTHON] [-v]

The claims are drawn from the last commits of public repositories (see claims.py) and placed by the real
`locate`. Each line of the table is a kind of error: how many claims were shown on the right line, on another
one with a word about it, on another one without, or on none. Of the suggestions: applied to the lines that
they were written for, dropped, or applied to others. `--earlier` is the Python of another build, which gets
the same claims in its own form.
"""

import argparse
import base64
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.claims import KINDS, Drawn, draw, is_repeated
from chargehand.change.diff.decide import decide
from chargehand.change.diff.parse.files import parse_diff
from chargehand.change.diff.rules import ReadingRules
from chargehand.core.errors import DiffError

COMMITS = 3000
MOST_BYTES = 1_000_000
PLACED = Path(__file__).with_name("placed.py")

Found = dict[str, Any]  # Any: JSON of a finding


class Case(NamedTuple):
    """One claim, the diff that it is about, and whether its text stands there more than once."""

    raw: bytes
    drawn: Drawn
    is_repeated: bool
    commit: str


def main() -> None:
    """Print a table for this build, and one for the earlier."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repository", nargs="+", type=Path, required=True)
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--earlier", help="the Python of another build")
    parser.add_argument("-v", action="store_true", help="show the claims that are not on the right line")
    asked = parser.parse_args()
    cases = list(drawn_from(asked.repository, asked.claims, random.Random(asked.seed)))
    for name, python in (("this build", sys.executable), ("the earlier build", asked.earlier)):
        if python:
            print(f"{name}, {len(cases)} claims")
            table(cases, placed(cases, python), is_told=asked.v)


def drawn_from(clones: Sequence[Path], number: int, rng: random.Random) -> Iterator[Case]:
    """Yield so many claims, as many of each kind; at most one of a kind from one commit."""
    left = Counter(
        {kind: number // len(KINDS) + (nth < number % len(KINDS)) for nth, kind in enumerate(KINDS)}
    )
    for clone, commit in commits(clones, rng):
        wanted = [kind for kind, lacking in left.items() if lacking > 0]
        if not wanted:
            return
        raw = git(clone, "show", "--format=", "-W", "-M", "--no-color", "--no-ext-diff", commit)
        if len(raw) > MOST_BYTES or not raw:
            continue
        try:
            diff = decide(parse_diff(raw), ReadingRules())
        except DiffError:
            continue
        for kind in wanted:
            if drawn := draw(kind, diff, rng):
                left[kind] -= 1
                yield Case(raw, drawn, is_repeated(drawn, diff), f"{clone.parent.name} {commit[:10]}")
    print(f"not enough commits: {dict(left)}", file=sys.stderr)


def commits(clones: Sequence[Path], rng: random.Random) -> Iterator[tuple[Path, str]]:
    """Yield commits of all clones in turn, in an order that the seed decides."""
    lists = []
    for clone in clones:
        found = (
            git(clone, "rev-list", "--no-merges", "--min-parents=1", f"-n{COMMITS}", "HEAD").decode().split()
        )
        rng.shuffle(found)
        lists.append([(clone, commit) for commit in found])
    for nth in range(COMMITS):
        yield from (each[nth] for each in lists if nth < len(each))


def git(clone: Path, *arguments: str) -> bytes:
    """Return what git says, nothing if it fails: a partial clone lacks blobs."""
    return subprocess.run(["git", "-C", str(clone), *arguments], capture_output=True, check=False).stdout


def placed(cases: Sequence[Case], python: str) -> list[Found]:
    """Return the finding that the build of `python` makes of each claim."""
    asked = [{"diff": base64.b64encode(case.raw).decode(), "claim": case.drawn._asdict()} for case in cases]
    done = subprocess.run(
        [python, str(PLACED)], input=json.dumps(asked).encode(), capture_output=True, check=True
    )
    found: list[Found] = json.loads(done.stdout)
    return found


def table(cases: Sequence[Case], found: Sequence[Found], *, is_told: bool) -> None:
    """Print the outcomes by kind."""
    places: dict[str, Counter[str]] = {}
    suggestions: dict[str, Counter[str]] = {}
    for case, finding in zip(cases, found, strict=True):
        place, suggestion = place_of(case.drawn, finding), suggestion_of(case.drawn, finding)
        for kind in (
            case.drawn.kind,
            "all",
            *(["of these repeated in the file"] if case.is_repeated else []),
        ):
            places.setdefault(kind, Counter())[place] += 1
            suggestions.setdefault(kind, Counter())[suggestion] += 1
        if is_told and (place != "right" or suggestion not in {"none", "right"}):
            print(f"{place}, suggestion {suggestion}: {case.commit}\n  {case.drawn}\n  {finding}")
    columns = ("right", "wrong, said", "wrong, silent", "refused")
    fates = ("right", "dropped", "wrong lines", "wrong text")
    print(f"{'':30}{''.join(f'{each:>15}' for each in (*columns, *fates))}")
    for kind in (*KINDS, "all", "of these repeated in the file"):
        row = [places[kind][each] for each in columns] + [suggestions[kind][each] for each in fates]
        print(f"{kind:30}{''.join(f'{each:15}' for each in row)}")


def place_of(drawn: Drawn, finding: Found) -> str:
    """Return what became of the place; a removed line is shown at either of the lines beside it."""
    if finding["anchor"] != "line":
        return "refused"
    right = {drawn.true_line, drawn.true_line - 1} if drawn.is_removed else {drawn.true_line}
    if finding["path"] == drawn.true_path and finding["line"] in right:
        return "right"
    return "wrong, said" if finding["note"] else "wrong, silent"


def suggestion_of(drawn: Drawn, finding: Found) -> str:
    """Return what became of the suggestion."""
    if not drawn.suggestion:
        return "none"
    if not finding["suggestion"]:
        return "dropped"
    if (finding["path"], *finding["suggested_for"]) != (drawn.true_path, *finding["written_for"]):
        return "wrong lines"
    return "right" if tuple(finding["suggestion"].split("\n")) == drawn.result else "wrong text"


if __name__ == "__main__":
    main()
