"""What a review costs beside other ways to ask for the same, over a folder of diffs.

    python benchmarks/cost.py FOLDER [--fleet 5] [--claims 1 3 0] [--lines 100 3000] [--each] [--config FILE]

The models are played by tests/messages_api, which counts tokens by a fixed rule and bills by a table of its
own. Every contender is answered with the same findings. benchmarks/README.md tells who the contenders are.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.contenders import chargehand, pipeline, single_pass
from benchmarks.same_findings import Findings, places
from chargehand.change.diff.binary import name_assets
from chargehand.change.diff.decide import decide
from chargehand.change.diff.parse.files import parse_diff
from chargehand.change.diff.rules import ReadingRules
from chargehand.checks.secrets import search
from chargehand.core.diff import Diff
from chargehand.core.fleets import FLEETS, Fleet
from chargehand.core.usage import Role
from chargehand.core.value import Value
from chargehand.lenses import built_in_lenses
from tests.messages_api import MessagesApi

LENSES = built_in_lenses()
LINES = [100, 3000]
CONTENDERS = ("chargehand", "pipeline", "all_orchestrator", "single_pass", "quick_pass")
# Of the median over changes of LINES: what chargehand may cost in units of the others, by fleet.
TARGETS = {
    "5": {"all_orchestrator": "0.15", "single_pass": "0.6"},
    "4": {"all_orchestrator": "0.2", "single_pass": "0.9"},
}
CLEAN_TARGETS = {"single_pass": "0.3"}


class Row(Value):
    """What one change cost each contender, in US dollars.

    `quick_pass` is the single pass at low effort; `shown_single_pass` and `shown_all` are what chargehand's
    own report says that the alternatives would cost.
    """

    name: str
    files: int
    lines: int
    calls: int
    orchestrator: Decimal
    chargehand: Decimal
    pipeline: Decimal
    all_orchestrator: Decimal
    single_pass: Decimal
    quick_pass: Decimal
    shown_single_pass: Decimal
    shown_all: Decimal

    def ratio(self, part: str, whole: str) -> float:
        """Return what `part` cost in units of `whole`."""
        return float(getattr(self, part) / getattr(self, whole))


def main() -> None:
    """Print a table for each fleet and number of claims."""
    asked = _arguments()
    changes = dict(_changes(sorted(asked.folder.glob("*.diff")), *asked.lines))
    fewest, most = asked.lines
    print(f"{len(changes)} changes of {fewest} to {most} reviewed lines, with something to quote")
    options = ["--config", str(asked.config.resolve())] if asked.config else []
    for fleet in (FLEETS[name] for name in asked.fleet):
        for claims in asked.claims:
            rows = [_row(path, diff, fleet, claims, options) for path, diff in changes.items()]
            print(f"\nFleet {fleet.name}, {claims} claims a lens")
            if asked.each:
                _print_each(rows)
            _print_medians(rows, _targets(fleet.name, claims) if asked.lines == LINES else {})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of *.diff files")
    parser.add_argument("--fleet", nargs="+", choices=FLEETS, default=list(FLEETS))
    parser.add_argument("--claims", nargs="+", type=int, default=[1, 3, 0], help="claims a lens")
    parser.add_argument("--lines", nargs=2, type=int, default=LINES, help="changed lines, from and to")
    parser.add_argument("--each", action="store_true", help="a line for each change, too")
    parser.add_argument("--config", type=Path, help="a configuration for chargehand")
    return parser.parse_args()


def _changes(paths: Iterable[Path], fewest: int, most: int) -> Iterator[tuple[Path, Diff]]:
    """Yield the changes of a size; one without an added line that could be quoted is left out.

    What is reviewed of them is what the command reads of a file outside a repository.
    """
    for path in paths:
        diff = decide(name_assets(parse_diff(path.read_bytes())), ReadingRules())
        if fewest <= _lines(diff) <= most and places(_shown(diff)):
            yield path.resolve(), diff


def _shown(diff: Diff) -> Diff:
    """Return what chargehand shows to models: secrets, which no claim can quote, are masked in it."""
    return search(diff).mask.diff(diff)


def _lines(diff: Diff) -> int:
    return sum(file.added + file.removed for file in diff.reviewable)


def _row(path: Path, diff: Diff, fleet: Fleet, claims: int, options: Sequence[str]) -> Row:
    script = Findings(_shown(diff), [lens.name for lens in LENSES], claims)
    strong = fleet.evolve(worker=fleet.orchestrator)
    with tempfile.TemporaryDirectory() as folder, MessagesApi(script=script) as api:
        report = chargehand(api, path, fleet.name, Path(folder), options)
        ours, calls = api.bill_usd, len(api.calls)
    _check(report, ours, claims * len(LENSES), path)
    bill = report["bill"]
    cost = partial(_cost, script)
    return Row(
        name=path.stem,
        files=len(diff.reviewable),
        lines=_lines(diff),
        calls=calls,
        orchestrator=Decimal(bill["orchestrator_usd"]),
        chargehand=ours,
        pipeline=cost(partial(pipeline, diff=diff, lenses=LENSES, fleet=fleet)),
        all_orchestrator=cost(partial(pipeline, diff=diff, lenses=LENSES, fleet=strong)),
        single_pass=cost(_pass(diff, fleet, Role.ESCALATION)),
        quick_pass=cost(_pass(diff, fleet, Role.WORKER)),
        shown_single_pass=Decimal(bill["counterfactuals"]["single_pass_usd"]),
        shown_all=Decimal(bill["counterfactuals"]["all_orchestrator_usd"]),
    )


def _check(report: dict[str, Any], billed: Decimal, claims: int, path: Path) -> None:  # Any: a JSON report
    """Raise where the report's bill is not the server's, or a model's claim was not located."""
    total = report["bill"]["total_usd"]
    said = [
        each for each in (*report["findings"], *report["dismissed"]) if each["model"].startswith("claude")
    ]
    located = sum(each["anchor"] == "line" for each in said)
    if Decimal(total) != billed or located != claims:
        raise RuntimeError(
            f"{path.name}: the bill says {total}, the server {billed}; {located} of {claims} have a line"
        )


def _pass(diff: Diff, fleet: Fleet, role: Role) -> Callable[[MessagesApi], None]:
    return partial(single_pass, diff=diff, lenses=LENSES, model=fleet.orchestrator, role=role)


def _cost(script: Findings, contender: Callable[[MessagesApi], None]) -> Decimal:
    """Return the server's bill for a contender; each has a server, and so a cache, of its own."""
    with MessagesApi(script=script) as api:
        contender(api)
        return api.bill_usd


def _print_each(rows: Sequence[Row]) -> None:
    names = " ".join(f"{name:>16}" for name in CONTENDERS)
    print(f"{'':28} files lines calls {names}   /all /single")
    for row in sorted(rows, key=lambda each: each.lines):
        costs = " ".join(f"{getattr(row, name):16.5f}" for name in CONTENDERS)
        ratios = " ".join(
            f"{row.ratio('chargehand', each):6.3f}" for each in ("all_orchestrator", "single_pass")
        )
        print(f"{row.name[:28]:28} {row.files:5} {row.lines:5} {row.calls:5} {costs} {ratios}")


def _print_medians(rows: Sequence[Row], targets: Mapping[str, str]) -> None:
    medians = (f"{name} ${statistics.median(getattr(row, name) for row in rows):.4f}" for name in CONTENDERS)
    print("  median cost: " + ", ".join(medians))
    for part, whole in (
        ("chargehand", "all_orchestrator"),
        ("chargehand", "single_pass"),
        ("chargehand", "quick_pass"),
        ("pipeline", "single_pass"),
        ("orchestrator", "chargehand"),
        ("shown_single_pass", "single_pass"),
        ("shown_all", "all_orchestrator"),
    ):
        ratios = sorted(row.ratio(part, whole) for row in rows)
        target = targets.get(whole) if part == "chargehand" else None
        print(
            f"  {part + ' / ' + whole:40} median {statistics.median(ratios):.3f}, "
            f"from {ratios[0]:.3f} to {ratios[-1]:.3f}" + (f"; target {target}" if target else "")
        )


def _targets(fleet: str, claims: int) -> Mapping[str, str]:
    return TARGETS[fleet] if claims else CLEAN_TARGETS


if __name__ == "__main__":
    main()
