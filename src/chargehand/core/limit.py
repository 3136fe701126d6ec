"""What a run may spend, and which setting says so."""

from decimal import Decimal
from typing import Literal

from chargehand.core.money import usd_exact, usd_rounded_up
from chargehand.core.plain_value import PlainValue

DEFAULT_CAP_USD = Decimal("1.00")


class Limit(PlainValue):
    """What a run may spend: its own cap, the one by default, or what a pull request's budget leaves.

    `budget_usd` is the whole budget then.
    """

    usd: Decimal
    source: Literal["max_spend", "default", "pr_budget"]
    budget_usd: Decimal | None = None

    @property
    def name(self) -> str:
        """What a sentence calls it."""
        if self.source == "default":
            return f"the default cap of {usd_exact(self.usd)} (max_spend)"
        if self.source == "max_spend":
            return f"the cap of {usd_exact(self.usd)} (max_spend)"
        if self.budget_usd == self.usd:
            return f"the pr_budget of {usd_exact(self.usd)}"
        return f"the rest of the pr_budget of {usd_exact(self.budget_usd)}"

    @property
    def shown(self) -> str:
        """The same in few words, beside a cost."""
        is_rest = self.source == "pr_budget" and self.usd != self.budget_usd
        amount = usd_rounded_up(self.usd) if is_rest else usd_exact(self.usd)
        words = {"default": "by default", "max_spend": "by max_spend", "pr_budget": "by pr_budget"}
        return f"cap {amount} {words[self.source]}"
