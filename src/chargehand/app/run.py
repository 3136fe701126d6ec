"""What one run reviews, and under which settings."""

from chargehand.app.job import Job
from chargehand.change import Checkout
from chargehand.config import Settings
from chargehand.core.baseline import Baseline
from chargehand.core.change import Change
from chargehand.core.clouds import ANTHROPIC, Cloud
from chargehand.core.plain_value import PlainValue
from chargehand.core.review import Unasked
from chargehand.core.waiver import Waived
from chargehand.cost.prices import Prices


class Run(PlainValue):
    """What was asked for, and what was found: the change, where it was found, and the settings that count.

    `baseline` is the report that the review is compared with, None if it is with none. `waived` is what
    people let through in the request. `unasked` is why the configuration has no model asked.
    """

    job: Job
    checkout: Checkout
    change: Change
    settings: Settings
    baseline: Baseline | None = None
    waived: Waived = Waived()
    unasked: Unasked | None = None

    @property
    def cloud(self) -> Cloud:
        """Where Claude would be asked; Anthropic's own API if nothing is paid for. Raises ConfigError."""
        return self.settings.cloud(self.checkout.environ) if self.job.is_paid else ANTHROPIC

    @property
    def prices(self) -> Prices:
        """What calls cost there."""
        return Prices(self.settings.prices, self.cloud, self.cloud.factor(self.checkout.environ))
