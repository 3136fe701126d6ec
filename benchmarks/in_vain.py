"""What a review costs of which every answer is of no use, beside the same review where all goes well.

    python benchmarks/in_vain.py [--before CHECKOUT] [--fleet 5 4] [--lines 20 120 800 3000]

Every call is answered and billed, in one way after the other: see WAYS. A claim a lens is made where all goes
well, and the models are played by tests/messages_api. CHECKOUT is an earlier build with a .venv of its own,
which is asked by the same command. Ends with 1 if an answer that is merely of no use costs more than
MOST_TIMES the usual review, where that has more than one task.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.child import change, claims, environ
from tests.messages_api import Fault, FaultKind, MessagesApi, Script

WAYS = (
    *(FaultKind.GARBAGE, FaultKind.WRONG_SHAPE, FaultKind.EMPTY, FaultKind.UNKNOWN_STOP),
    *(FaultKind.REFUSED_WITH_TEXT, FaultKind.TRUNCATED),
)
LINES_A_FILE = 150
MOST_TIMES = 6
CAP_USD = "20"  # the default cap would end the dearest ones, and so hide what they cost


class Cost(NamedTuple):
    """What a review cost, by how many calls."""

    usd: Decimal
    calls: int


def main() -> int:
    """Print a row for each fleet, size and way; return the exit code."""
    asked = _asked()
    pythons = [sys.executable, *([str(asked.before / ".venv/bin/python")] if asked.before else [])]
    is_kept = True
    for fleet in asked.fleet:
        for lines in asked.lines:
            usual = [_cost(python, fleet, lines, None) for python in pythons]
            print(f"fleet {fleet}, {lines} lines, all goes well: {_told(usual, usual)}", flush=True)
            for way in WAYS:
                costs = [_cost(python, fleet, lines, way) for python in pythons]
                print(f"  {way.value:18} {_told(costs, usual)}", flush=True)
                is_long = way is FaultKind.TRUNCATED
                is_kept &= is_long or usual[0].calls == 1 or costs[0].usd <= MOST_TIMES * usual[0].usd
    return 0 if is_kept else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--before", type=Path, help="a checkout of an earlier build, with a .venv")
    parser.add_argument("--fleet", nargs="+", choices=["5", "4"], default=["5", "4"])
    parser.add_argument("--lines", nargs="+", type=int, default=[20, 120, 800, 3000])
    return parser.parse_args()


def _cost(python: str, fleet: str, lines: int, way: FaultKind | None) -> Cost:
    """Have a change of so many lines reviewed, and return what the server bills."""
    files = -(-lines // LINES_A_FILE)
    script = Script.of(claims(range(0, files, 4)))
    faults = [Fault(way)] if way else []
    with tempfile.TemporaryDirectory() as name, MessagesApi(script=script, faults=faults) as api:
        folder = Path(name)
        (folder / "change.diff").write_text(change(files, lines // files))
        options = ("--fleet", fleet, "--json", "report.json", "--quiet", "--max-spend", CAP_USD)
        command = [python, "-m", "chargehand", "review", "change.diff", *options]
        env = {key: text for key, text in environ(api.url, api.key).items() if key != "PYTHONPATH"}
        done = subprocess.run(command, cwd=folder, env=env, check=False, capture_output=True, text=True)
        if done.returncode != (3 if way else 0):
            raise RuntimeError(f"exit code {done.returncode}: {done.stderr}")
        bill = Decimal(json.loads((folder / "report.json").read_text())["bill"]["total_usd"])
        if bill != api.bill_usd:
            raise RuntimeError(f"the report says {bill}, the server {api.bill_usd}")
        return Cost(bill, len(api.calls))


def _told(costs: list[Cost], usual: list[Cost]) -> str:
    return "; earlier ".join(
        f"${cost.usd:.4f}, {cost.usd / well.usd:.1f} times, {cost.calls} calls"
        for cost, well in zip(costs, usual, strict=True)
    )


if __name__ == "__main__":
    sys.exit(main())
