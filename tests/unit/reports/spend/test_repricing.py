from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from chargehand.core.clouds import FOUNDRY, VERTEX
from chargehand.core.usage import Role, Usage
from chargehand.cost.prices import Prices
from chargehand.reports.spend.repricing import reprice
from tests.unit.reports.samples import HAIKU, LOCAL, OPUS, call
from tests.unit.reports.spend.stored import run


class Flat:
    """One price for each model, for a call of whatever size; it remembers for which times it was asked."""

    version = "flat prices 2"

    def __init__(self, prices: Mapping[str, str]) -> None:
        self._prices = prices
        self.times: list[datetime | None] = []

    def like(self, prices_from: str) -> "Flat":
        assert prices_from
        return self

    def cost(self, usage: Usage, model: str, when: datetime | None = None) -> Decimal | None:
        self.times.append(when)
        is_known = model in self._prices and usage.prompt_tokens > 0
        return Decimal(self._prices[model]) if is_known else None


def test_each_version_of_the_prices_is_told_with_what_it_billed_and_the_difference() -> None:
    runs = [run("a", prices="old 1"), run("b", prices="old 2"), run("c", prices="old 1")]
    told = reprice(runs, Flat({HAIKU: "0.002", OPUS: "0.004"}))
    assert told.prices_from == "flat prices 2"
    assert [(each.prices_from, each.runs, each.recomputed) for each in told.before] == [
        ("old 1", 2, 4),
        ("old 2", 1, 2),
    ]
    first = told.before[0]
    assert (first.was_usd, first.now_usd) == (Decimal("0.02"), Decimal("0.012"))
    assert first.difference_usd == Decimal("-0.008")


def test_a_call_is_priced_as_of_its_run() -> None:
    prices = Flat({HAIKU: "1", OPUS: "1"})
    once = run("a", at="2026-11-01T10:00:00Z")
    reprice([once], prices)
    assert prices.times == [once.started_at] * 2


def test_an_unknown_price_stays_unknown_and_is_never_nothing() -> None:
    made = (call(Role.WORKER, "tests-1", LOCAL, None), call(Role.WORKER, "tests-2", LOCAL, "0.5"))
    told = reprice([run("a", made=made)], Flat({}))
    [each] = told.before
    assert (each.unknown, each.lost, each.lost_usd) == (1, 1, Decimal("0.5"))
    assert each.recomputed == each.was_usd == each.now_usd == 0
    assert told.unpriced == (LOCAL,)


def test_a_price_that_was_unknown_and_is_known_now_is_no_difference() -> None:
    [each] = reprice(
        [run("a", made=(call(Role.WORKER, "tests-1", LOCAL, None),))], Flat({LOCAL: "0.3"})
    ).before
    assert (each.found, each.found_usd) == (1, Decimal("0.3"))
    assert each.difference_usd == 0


def test_what_does_not_follow_from_usage_stays_as_billed() -> None:
    made = (
        call(Role.WORKER, "a-1", HAIKU, "0", outcome="overloaded", usage=None),
        call(Role.WORKER, "a-2", HAIKU, "0", outcome="refused"),
        call(Role.WORKER, "a-3", HAIKU, "0.7", outcome="timeout", is_assumed=True),
        call(Role.WORKER, "a-4", HAIKU, "0.1", outcome="refused"),
    )
    [each] = reprice([run("a", made=made)], Flat({HAIKU: "0.2"})).before
    assert (each.kept, each.recomputed, each.difference_usd) == (3, 1, Decimal("0.1"))


def test_a_bill_by_the_installed_prices_comes_out_the_same() -> None:
    prices = Prices()
    usage = Usage(input_tokens=900, cache_read_tokens=2100, output_tokens=250, service_tier="batch")
    cost = prices.cost(usage, HAIKU)
    made = (call(Role.WORKER, "tests-1", HAIKU, str(cost), usage=usage),)
    told = reprice([run("a", made=made, prices=prices.version)], prices)
    assert told.before[0].difference_usd == 0
    assert told.before[0].recomputed == 1
    assert told.prices_from == told.before[0].prices_from


def test_a_run_at_a_cloud_is_priced_as_that_cloud_prices() -> None:
    region = Prices(cloud=VERTEX, factor=VERTEX.factor({"CLOUD_ML_REGION": "europe-west1"}))
    runs = [run("a", prices=each.version) for each in (Prices(), region, Prices(cloud=FOUNDRY))]
    anthropic, vertex, foundry = reprice(runs, Prices()).before
    assert vertex.prices_from.endswith("for Google Vertex AI in one region")
    assert vertex.now_usd == anthropic.now_usd * Decimal("1.1")
    assert (foundry.now_usd, foundry.lost) == (Decimal(0), 2)
