"""The gate: which findings, how much money and which gaps fail a build."""

from decimal import Decimal
from typing import Literal

from chargehand.core.finding import Confidence, Finding, Severity
from chargehand.core.patterns import matcher
from chargehand.core.plain_value import PlainValue, no_entries

Policy = Literal["fail", "warn"]


class Gate(PlainValue):
    """What fails a build, by the names of the settings, in US dollars. `fail_on` None: no finding does.

    A lens, another tool (`tool/ruff`, or `tool` for all of them) or a pattern of paths may have a severity of
    its own; the path decides before the lens, and the last pattern that matches. `confidence` is the least
    that can fail. `on_outage` is for gaps that an outage of the provider made; None: as for any other.
    """

    fail_on: Severity | None = Severity.HIGH
    by_lens: dict[str, Severity | None] = no_entries()
    by_path: dict[str, Severity | None] = no_entries()
    confidence: Confidence | None = None
    fail_spend: Decimal | None = None
    max_spend: Decimal | None = None
    on_incomplete: Policy = "fail"
    on_outage: Policy | None = None

    def floor(self, finding: Finding) -> Severity | None:
        """Return the lowest severity that fails at this finding's place, None if none does."""
        for pattern, severity in reversed(self.by_path.items()):
            if matcher((pattern,))(finding.path):
                return severity
        of_tool = f"{finding.lens}/{finding.tool.tool}" if finding.tool else finding.lens
        return self.by_lens.get(of_tool, self.by_lens.get(finding.lens, self.fail_on))

    def is_reached(self, finding: Finding) -> bool:
        """Tell whether the finding is bad enough to fail a build."""
        floor = self.floor(finding)
        return floor is not None and finding.severity.is_at_least(floor)

    @property
    def shown(self) -> str:
        """The severity, in a few words."""
        exceptions = ", with exceptions" if self.by_lens or self.by_path else ""
        return f"{self.fail_on.value if self.fail_on else 'never'}{exceptions}"
