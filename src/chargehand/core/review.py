"""A review: everything that one run saw, found, left out and paid."""

from typing import Literal

from chargehand.core.baseline import Compared
from chargehand.core.change import Change
from chargehand.core.context import Beside
from chargehand.core.coverage import Coverage
from chargehand.core.diff import Diff
from chargehand.core.finding import Dismissed, Finding
from chargehand.core.gate import Gate
from chargehand.core.inline import InlineRules
from chargehand.core.plain_value import PlainValue
from chargehand.core.plan import Lens
from chargehand.core.probe import Probe
from chargehand.core.usage import Bill, Call

Mode = Literal["live", "batch", "replayed", "scripted", "offline"]


class Unasked(PlainValue):
    """Why the target branch's configuration has no model asked about a change, as the end of a sentence.

    `is_pending`: that can be otherwise without another commit, so that the review is still to come.
    """

    reason: str
    is_pending: bool = False


class Timing(PlainValue):
    """Wall-clock seconds of the run and of its stages."""

    started_at: str
    total_s: float
    plan_s: float
    work_s: float
    judge_s: float


class Review(PlainValue):
    """Everything that one run saw, found, left out and paid.

    `tools` are other tools whose logs were read.
    `mode` says who looked: models (`live`, or `batch` if the workers answered in one), recorded replies of
    models (`replayed`), replies written by hand (`scripted`), or no model at all (`offline`). `gaps` are
    sentences about stages that did not do their part, beyond what `coverage` tells, `outages` those of
    them that the provider's outage made, and `capped` are about stages for which no money was left.
    `unasked` is why the configuration wanted no model. `is_model_missing`: models were wanted, and none
    could be asked. `is_misconfigured`: that is so because a variable of the client is wrong. `baseline` is
    None if the review was compared with none. `inline` says which findings get a comment of their own, if
    the review is published, and `gate` what fails the build. `category` is the name under which code
    scanning keeps the findings. `probes` are planted defects, which are no part of the change. `beside` is
    what models were shown beside the change, None if none was asked.
    """

    change: Change
    diff: Diff
    mode: Mode
    lenses: tuple[Lens, ...]
    findings: tuple[Finding, ...]
    dismissed: tuple[Dismissed, ...] = ()
    coverage: tuple[Coverage, ...]
    gaps: tuple[str, ...] = ()
    outages: tuple[str, ...] = ()
    capped: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    summary: str
    bill: Bill
    calls: tuple[Call, ...] = ()
    timing: Timing
    probes: tuple[Probe, ...] = ()
    beside: Beside | None = None
    baseline: Compared | None = None
    inline: InlineRules = InlineRules()
    category: str = "chargehand"
    gate: Gate = Gate()
    unasked: Unasked | None = None
    tools: tuple[str, ...] = ()
    is_interrupted: bool = False
    is_model_missing: bool = False
    is_misconfigured: bool = False

    @property
    def said(self) -> tuple[str, ...]:
        """What else is to be known, as sentences: what is announced of rules and of later reviews first."""
        return (*self.change.rules.announced, *self.notices)
