"""The cap over whole runs: plan, workers and judge against a server that keeps a bill of its own."""

import dataclasses
from collections import defaultdict
from decimal import Decimal

import pytest

from chargehand.core.fleets import FLEETS
from chargehand.core.usage import Usage
from chargehand.cost.prices import Prices
from tests.contract.capped_run import drawn, run_once
from tests.messages_api import Fault, FaultKind, Record

# `python benchmarks/cap.py` does the same 200 times.
SEEDS = range(1000, 1010)
KNOWN_ENDS = (
    Fault(FaultKind.GARBAGE, p=0.1),
    Fault(FaultKind.TRUNCATED, p=0.1),
    Fault(FaultKind.REFUSED, p=0.05),
    Fault(FaultKind.REFUSED_WITH_TEXT, p=0.1),
    Fault(FaultKind.OVERLOADED, p=0.1),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_servers_bill_never_passes_the_cap_whatever_goes_wrong(seed: int) -> None:
    assert run_once(drawn(seed)).violations == []


@pytest.mark.parametrize("threads", [1, 16])
def test_connections_that_break_off_and_are_billed_stay_under_the_cap(threads: int) -> None:
    lost = Fault(FaultKind.RESET_MID, p=0.5, billed=True)
    seen = run_once(drawn(7, threads=threads, cap_usd=Decimal("0.2"), faults=(lost,), interrupted_after=None))
    assert seen.violations == []
    assert seen.faults["reset_mid"] > 0
    assert seen.booked_usd > seen.billed_usd > 0


@pytest.mark.parametrize("fleet", FLEETS)
@pytest.mark.parametrize("geo", ["global", "us"])
def test_the_bill_is_the_servers_log_added_up_to_the_last_digit(fleet: str, geo: str) -> None:
    draw = drawn(
        11,
        fleet=FLEETS[fleet],
        geo=geo,
        cap_usd=Decimal(100),
        files=9,
        claims=2,
        lenses=3,
        lines=60,
        is_planned=True,
        faults=KNOWN_ENDS,
        interrupted_after=None,
        timeout_s=30,
    )
    seen = run_once(draw)
    assert seen.violations == []
    assert len(seen.faults) >= 4
    assert seen.bill is not None
    assert seen.bill.total_usd == seen.billed_usd == sum(map(_recomputed, seen.log))
    by_model: dict[str, Decimal] = defaultdict(Decimal)
    for record in seen.log:
        by_model[record.model or ""] += _recomputed(record)
    assert seen.bill.by_model == by_model
    assert sum(seen.bill.by_role.values()) == seen.billed_usd
    assert seen.bill.calls == len(seen.log)


def _recomputed(record: Record) -> Decimal:
    """Return what a line of the server's log costs at our prices; a refusal without content is free."""
    used = record.usage
    if used is None or record.model is None or record.cost_usd == 0:
        return Decimal(0)
    usage = Usage(
        input_tokens=used.input_tokens,
        cache_write_5m_tokens=used.write_5m_tokens,
        cache_write_1h_tokens=used.write_1h_tokens,
        cache_read_tokens=used.read_tokens,
        output_tokens=used.output_tokens,
        inference_geo=used.inference_geo,
    )
    cost = Prices().cost(usage, record.model)
    assert cost is not None
    return cost


def test_the_free_count_lets_a_review_begin_that_the_estimate_would_refuse() -> None:
    draw = drawn(
        3,
        fleet=FLEETS["4"],
        files=1,
        lines=120,
        lenses=3,
        claims=0,
        is_planned=False,
        is_fitted=True,
        faults=(),
        interrupted_after=None,
        cap_usd=Decimal("0.014"),
        count_share=None,
        timeout_s=30,
    )
    assert run_once(draw).is_refused
    seen = run_once(dataclasses.replace(draw, count_share=0.98))
    assert (seen.is_refused, seen.counts, seen.violations) == (False, 1, [])
    assert seen.outcomes["Reviewed"] > 0
