"""What a review costs beside other ways to ask for the same, over a folder of diffs.

    python benchmarks/cost.py FOLDER [--fleet 5] [--claims 1] [--lines 100 3000] [--before CHECKOUT] [--each]

The models are played by tests/messages_api, which counts tokens by a fixed rule and bills by a table of its
own. Every contender is answered with the same findings: first every fifth of them is high, then none, so that
under `--fail-on high` nothing can block. benchmarks/README.md tells who the contenders are.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.contenders import before, chargehand, pipeline, plain_pass, single_pass
from benchmarks.same_findings import Findings, places
from chargehand.change.diff.binary import name_assets
from chargehand.change.diff.decide import decide
from chargehand.change.diff.parse.files import parse_diff
from chargehand.change.diff.rules import ReadingRules
from chargehand.checks.secrets import search
from chargehand.core.diff import Diff
from chargehand.core.fleets import FLEETS, Fleet
from chargehand.core.value import Value
from chargehand.lenses import built_in_lenses
from tests.messages_api import MessagesApi

LENSES = built_in_lenses()
LINES = [100, 3000]
HIGH_EVERY = 5


class Row(Value):
    """What one change cost each contender, in US dollars.

    `before` is None without an earlier build, and where that asked nobody, since it reads other files.
    `shown_pass` and `shown_all` are what chargehand's own report says that the alternatives would cost.
    """

    name: str
    files: int
    lines: int
    calls: int
    orchestrator: Decimal
    chargehand: Decimal
    before: Decimal | None
    plain_pass: Decimal
    single_pass: Decimal
    all_orchestrator: Decimal
    shown_pass: Decimal
    shown_all: Decimal

    def ratio(self, part: str, whole: str) -> float | None:
        """Return what `part` cost in units of `whole`, None without an earlier build."""
        parts = getattr(self, part), getattr(self, whole)
        return None if None in parts else float(parts[0] / parts[1])


RATIOS = (
    ("chargehand", "plain_pass"),
    ("chargehand", "single_pass"),
    ("chargehand", "all_orchestrator"),
    ("chargehand", "before"),
    ("before", "plain_pass"),
    ("before", "single_pass"),
    ("before", "all_orchestrator"),
    ("orchestrator", "chargehand"),
    ("shown_pass", "plain_pass"),
    ("shown_all", "all_orchestrator"),
)


def main() -> None:
    """Print a table for each fleet, number of claims, and whether some could block."""
    asked = _arguments()
    changes = dict(changes_of(sorted(asked.folder.glob("*.diff")), *asked.lines))
    fewest, most = asked.lines
    print(f"{len(changes)} changes of {fewest} to {most} reviewed lines, with something to quote")
    options = ["--config", str(asked.config.resolve())] if asked.config else []
    for fleet in (FLEETS[name] for name in asked.fleet):
        for claims, high_every in ((n, high) for n in asked.claims for high in (0, HIGH_EVERY)):
            row = partial(_row, fleet=fleet, claims=claims, high_every=high_every, checkout=asked.before)
            rows = [row(path, diff, options=options) for path, diff in changes.items()]
            blocks = f"one in {high_every} could block" if high_every else "none could block"
            print(f"\nFleet {fleet.name}, {claims} claims a lens, {blocks}")
            _print_each(rows if asked.each else ())
            _print_medians(rows)
            sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of *.diff files")
    parser.add_argument("--fleet", nargs="+", choices=FLEETS, default=list(FLEETS))
    parser.add_argument("--claims", nargs="+", type=int, default=[1], help="claims a lens")
    parser.add_argument("--lines", nargs=2, type=int, default=LINES, help="changed lines, from and to")
    parser.add_argument("--before", type=Path, help="a checkout of an earlier build, with a .venv")
    parser.add_argument("--each", action="store_true", help="a line for each change, too")
    parser.add_argument("--config", type=Path, help="a configuration for chargehand")
    return parser.parse_args()


def changes_of(paths: Iterable[Path], fewest: int, most: int) -> Iterator[tuple[Path, Diff]]:
    """Yield the changes of a size; one without an added line that could be quoted is left out.

    What is reviewed of them is what the command reads of a file outside a repository.
    """
    for path in paths:
        diff = decide(name_assets(parse_diff(path.read_bytes())), ReadingRules())
        if fewest <= lines_of(diff) <= most and places(shown_of(diff)):
            yield path.resolve(), diff


def shown_of(diff: Diff) -> Diff:
    """Return what chargehand shows to models: secrets, which no claim can quote, are masked in it."""
    return search(diff).mask.diff(diff)


def lines_of(diff: Diff) -> int:
    return sum(file.added + file.removed for file in diff.reviewable)


def _row(
    path: Path,
    diff: Diff,
    *,
    fleet: Fleet,
    claims: int,
    high_every: int,
    checkout: Path | None,
    options: Sequence[str],
) -> Row:
    script = partial(Findings, shown_of(diff), [lens.name for lens in LENSES], claims, high_every)
    strong = fleet.evolve(worker=fleet.orchestrator)
    with tempfile.TemporaryDirectory() as folder, MessagesApi(script=script()) as api:
        report = chargehand(api, path, fleet.name, Path(folder), options)
        ours, calls = api.bill_usd, len(api.calls)
    _check(report, ours, path)
    bill, cost = report["bill"], partial(_cost, script)
    return Row(
        name=path.stem,
        files=len(diff.reviewable),
        lines=lines_of(diff),
        calls=calls,
        orchestrator=Decimal(bill["orchestrator_usd"]),
        chargehand=ours,
        before=(cost(partial(_before, path, fleet, checkout)) or None) if checkout else None,
        plain_pass=cost(partial(plain_pass, diff=diff, model=fleet.orchestrator)),
        single_pass=cost(partial(single_pass, diff=diff, lenses=LENSES, model=fleet.orchestrator)),
        all_orchestrator=cost(partial(pipeline, diff=diff, lenses=LENSES, fleet=strong)),
        shown_pass=Decimal(bill["counterfactuals"]["single_pass_usd"]),
        shown_all=Decimal(bill["counterfactuals"]["all_orchestrator_usd"]),
    )


def _check(report: dict[str, Any], billed: Decimal, path: Path) -> None:  # Any: a JSON report
    """Raise where the report's bill is not the server's, or a model's claim was not located."""
    total = report["bill"]["total_usd"]
    said = [
        each for each in (*report["findings"], *report["dismissed"]) if each["model"].startswith("claude")
    ]
    lost = sum(each["anchor"] != "line" for each in said)
    if Decimal(total) != billed or lost:
        raise RuntimeError(f"{path.name}: the bill says {total}, the server {billed}; {lost} have no line")


def _before(path: Path, fleet: Fleet, checkout: Path, api: MessagesApi) -> None:
    with tempfile.TemporaryDirectory() as folder:
        before(api, path, fleet.name, Path(folder), checkout)


def _cost(script: Callable[[], Findings], contender: Callable[[MessagesApi], None]) -> Decimal:
    """Return the server's bill for a contender; each has a server, and so a cache, of its own."""
    with MessagesApi(script=script()) as api:
        contender(api)
        return api.bill_usd


def _print_each(rows: Sequence[Row]) -> None:
    for row in sorted(rows, key=lambda each: each.lines):
        ratios = " ".join(f"{row.ratio(*pair) or 0:6.3f}" for pair in RATIOS)
        print(
            f"{row.name[:28]:28} {row.files:4} files {row.lines:5} lines {row.calls:4} calls "
            f"${row.chargehand:.5f}, plain pass ${row.plain_pass:.5f}: {ratios}"
        )


def _print_medians(rows: Sequence[Row]) -> None:
    named = ("chargehand", "before", "plain_pass", "all_orchestrator")
    known = {name: [usd for row in rows if (usd := getattr(row, name)) is not None] for name in named}
    medians = (f"{name} ${statistics.median(usd):.4f}" for name, usd in known.items() if usd)
    print("  median cost: " + ", ".join(medians))
    for part, whole in RATIOS:
        ratios = sorted(ratio for row in rows if (ratio := row.ratio(part, whole)) is not None)
        if ratios:
            print(
                f"  {part + ' / ' + whole:34} median {statistics.median(ratios):.3f}, "
                f"from {ratios[0]:.3f} to {ratios[-1]:.3f}"
            )


if __name__ == "__main__":
    main()
