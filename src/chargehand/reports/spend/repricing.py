"""What the same usage costs by the price data that is installed now."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from chargehand.core.errors import Failure
from chargehand.core.usage import Call, Usage
from chargehand.core.value import Value
from chargehand.reports.spend.runs import Run


class PriceData(Protocol):
    """Prices, and which ones they are."""

    @property
    def version(self) -> str:
        """Where the prices are from."""
        ...

    def cost(self, usage: Usage, model: str, when: datetime | None = None) -> Decimal | None:
        """Return what `usage` cost at `when`; None if no price is known."""
        ...

    def like(self, prices_from: str) -> "PriceData":
        """Return the prices of the cloud whose an earlier bill says its own were."""
        ...


class Recomputed(Value):
    """The calls that were billed by one version of the prices, then and now.

    `was_usd` and `now_usd` are over the calls that have both. `kept` counts those whose cost does not follow
    from their usage and stays: turned away, refused for nothing, or assumed. `found_usd` is over the `found`
    calls that had no price and have one now, `lost_usd` over the `lost` ones that have none any more;
    `unknown` counts those that had none and have none.
    """

    prices_from: str
    runs: int
    recomputed: int
    was_usd: Decimal
    now_usd: Decimal
    kept: int
    found: int
    found_usd: Decimal
    lost: int
    lost_usd: Decimal
    unknown: int

    @property
    def difference_usd(self) -> Decimal:
        """How much more the calls cost by the prices of now."""
        return self.now_usd - self.was_usd


class Repriced(Value):
    """All calls by other prices; `unpriced` names the models for which these have none."""

    prices_from: str
    before: tuple[Recomputed, ...]
    unpriced: tuple[str, ...]


def reprice(runs: Iterable[Run], prices: PriceData) -> Repriced:
    """Return what the calls of `runs` cost by `prices`, each at the time of its run."""
    by_version: dict[str, list[Run]] = {}
    unpriced: set[str] = set()
    for run in runs:
        by_version.setdefault(run.prices_from, []).append(run)
    before = []
    for version, group in sorted(by_version.items()):
        tally, own = _Tally(), prices.like(version)
        for run in group:
            for call in run.calls:
                if not tally.add(call, run.started_at, own):
                    unpriced.add(call.paid_model)
        before.append(tally.recomputed(version, len(group)))
    return Repriced(prices_from=prices.version, before=tuple(before), unpriced=tuple(sorted(unpriced)))


class _Tally:
    """Adds up the calls of one version of the prices."""

    def __init__(self) -> None:
        self._both: list[tuple[Decimal, Decimal]] = []
        self._found: list[Decimal] = []
        self._lost: list[Decimal] = []
        self._kept = self._unknown = 0

    def add(self, call: Call, when: datetime, prices: PriceData) -> bool:
        """Count a call, and tell whether its model has a price."""
        if call.usage is None or call.is_assumed or _was_free(call):
            self._kept += 1
            return True
        now = prices.cost(call.usage, call.paid_model, when)
        if now is not None and call.cost_usd is not None:
            self._both.append((call.cost_usd, now))
        elif now is not None:
            self._found.append(now)
        elif call.cost_usd is not None:
            self._lost.append(call.cost_usd)
        else:
            self._unknown += 1
        return now is not None

    def recomputed(self, prices_from: str, runs: int) -> Recomputed:
        """Return the sums."""
        return Recomputed(
            prices_from=prices_from,
            runs=runs,
            recomputed=len(self._both),
            was_usd=sum((was for was, _ in self._both), Decimal(0)),
            now_usd=sum((now for _, now in self._both), Decimal(0)),
            kept=self._kept,
            found=len(self._found),
            found_usd=sum(self._found, Decimal(0)),
            lost=len(self._lost),
            lost_usd=sum(self._lost, Decimal(0)),
            unknown=self._unknown,
        )


def _was_free(call: Call) -> bool:
    """Tell a refusal before any output: tokens are reported for it, and not billed."""
    return call.outcome == Failure.REFUSED.value and call.cost_usd == 0
