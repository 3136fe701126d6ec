"""JSON reports as `chargehand review --json` writes them, for tests of what many of them add up to."""

import json
from decimal import Decimal
from typing import Any

from chargehand.core.change import Change
from chargehand.core.diff import Diff, FileDiff
from chargehand.core.review import Timing
from chargehand.core.usage import Call, Counterfactuals, Role, Usage
from chargehand.reports import json as json_report
from chargehand.reports.spend.quality import Targets
from chargehand.reports.spend.reading import Reading
from chargehand.reports.spend.runs import Run, run_of
from chargehand.reports.spend.totals import Spending, add_up
from tests.unit.reports.samples import HAIKU, OPUS, bill, call, judged, review

AT = "2026-11-22T10:00:00+00:00"


def calls(name: str, worker: str | None = "0.0010", judge: str | None = "0.0090") -> tuple[Call, ...]:
    """Return the two calls of a run, with request ids of its own."""
    return (
        call(Role.WORKER, "security-1", HAIKU, worker, request_id=f"req_{name}_1"),
        call(Role.JUDGE, "judge", OPUS, judge, request_id=f"req_{name}_2"),
    )


def report(
    made: tuple[Call, ...],
    *,
    at: str = AT,
    repository: str | None = None,
    lines: int = 5,
    mode: str = "live",
    single: str | None = "0.04",
    strong: str | None = "0.10",
    estimate: str | None = None,
    prices: str = "genai-prices 0.2.3",
) -> bytes:
    """Return the report of a run that made these calls."""
    told = bill(
        made,
        unpriced=tuple(sorted({each.model for each in made if each.cost_usd is None})),
        prices_from=prices,
        counterfactuals=Counterfactuals(single_pass_usd=usd(single), all_orchestrator_usd=usd(strong)),
    )
    reviewed = review(
        change=Change(source="pull_request", repository=repository, diff=b""),
        diff=Diff(files=(FileDiff(path="src/app.py", status="modified", added=lines),)),
        mode=mode,
        calls=made,
        bill=told.evolve(estimate_usd=usd(estimate)),
        timing=Timing(started_at=at, total_s=9, plan_s=1, work_s=6, judge_s=2),
    )
    return json_report.render(*judged(reviewed)).encode()


def changed(content: bytes, **parts: Any) -> bytes:  # Any: JSON
    """Return the report with some of its top-level parts replaced."""
    return json.dumps(json.loads(content) | parts).encode()


def run(name: str, **more: Any) -> Run:  # Any: what `report` takes
    """Return the run that a report tells of."""
    made = more.pop("made", None)
    return run_of(report(calls(name) if made is None else made, **more), f"{name}.json")


def spending(*runs: Run, targets: Targets | None = None) -> Spending:
    """Return what these runs add up to."""
    return add_up(Reading(runs=tuple(runs)), targets or Targets())


def usd(amount: str | None) -> Decimal | None:
    """Return an amount."""
    return None if amount is None else Decimal(amount)


USAGE = Usage(input_tokens=1000, cache_read_tokens=3000, output_tokens=100)
