"""What calls used and cost: usage, calls and the bill."""

from decimal import Decimal
from enum import Enum
from typing import Protocol

from chargehand.core.limit import Limit
from chargehand.core.plain_value import PlainValue
from chargehand.core.targets import Target


class Role(str, Enum):
    """What a call is for: `triage` is the cheaper judge's. An escalated worker's has the role `escalation`.

    A `probe` asks a worker about code with a planted defect, which is no part of the change.
    """

    PLAN = "plan"
    WORKER = "worker"
    ESCALATION = "escalation"
    TRIAGE = "triage"
    JUDGE = "judge"
    PROBE = "probe"

    @property
    def is_orchestrator(self) -> bool:
        """Plan and judge are the orchestrator's calls; the others are cheaper models'."""
        return self in (Role.PLAN, Role.JUDGE)

    @property
    def is_judging(self) -> bool:
        """Tell whether claims are ruled on."""
        return self in (Role.TRIAGE, Role.JUDGE)


# No call uses so many tokens of one kind; a server that reports them is not to be believed.
ABSURD_TOKENS = 1_000_000_000

# The service tier of a message batch, at half price.
BATCH = "batch"


class Usage(PlainValue):
    """Tokens of one call as the provider reports them; the prompt is the sum of the first four."""

    input_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cache_read_tokens: int = 0
    output_tokens: int = 0
    thinking_tokens: int = 0
    service_tier: str | None = None
    inference_geo: str | None = None
    speed: str | None = None

    @property
    def prompt_tokens(self) -> int:
        """All tokens that were sent, cached or not."""
        return (
            self.input_tokens
            + self.cache_write_5m_tokens
            + self.cache_write_1h_tokens
            + self.cache_read_tokens
        )

    @property
    def is_absurd(self) -> bool:
        """Tell whether some figure is one that no call can have."""
        return max(self.prompt_tokens, self.output_tokens, self.thinking_tokens) >= ABSURD_TOKENS


# The outcome of a call whose answer can be used.
ANSWERED = "answered"
# The outcome of a call that was not made, since an earlier run has its answer.
REUSED = "cached"
# The outcome of a call in flight that nobody waited for any more when the run was stopped.
ABANDONED = "abandoned"


class Charge(Protocol):
    """What a bill adds up: a call that was made, or one that is forecast."""

    @property
    def role(self) -> Role:
        """What the call is for."""

    @property
    def lens(self) -> str | None:
        """The lens of a worker's call."""

    @property
    def model(self) -> str:
        """The model that is asked."""

    @property
    def paid_model(self) -> str:
        """The model at whose price it is charged."""

    @property
    def usage(self) -> Usage | None:
        """The tokens; None if the provider did not report them."""

    @property
    def cost_usd(self) -> Decimal | None:
        """The price; None if it is not known."""

    @property
    def is_answered(self) -> bool:
        """Tell whether the answer can be used."""

    @property
    def is_reused(self) -> bool:
        """Tell whether nobody was asked, since an earlier run was."""


class Call(PlainValue):
    """One attempt at one call.

    `outcome` is `answered`, a `Failure` value, REUSED or ABANDONED. `cost_usd` is None if no price is
    known. `is_assumed` marks an attempt whose end is unknown and that stays charged at its worst case.
    `served_by` is the dearer model that a gateway put in the place of `model`, at whose price it is charged.
    """

    role: Role
    task: str
    lens: str | None
    model: str
    attempt: int
    outcome: str
    usage: Usage | None
    cost_usd: Decimal | None
    is_assumed: bool = False
    seconds: float
    request_id: str | None
    served_by: str | None = None

    @property
    def paid_model(self) -> str:
        """The model at whose price the call is charged."""
        return self.served_by or self.model

    @property
    def is_answered(self) -> bool:
        """Tell whether the answer can be used."""
        return self.outcome == ANSWERED

    @property
    def is_reused(self) -> bool:
        """Tell whether nobody was asked, since an earlier run was."""
        return self.outcome == REUSED


class Counterfactuals(PlainValue):
    """What the same review would have cost otherwise; docs/cost.md defines both.

    None: a price is not known, or not all of the review was done, so that nothing is the same.
    """

    single_pass_usd: Decimal | None
    all_orchestrator_usd: Decimal | None


class RequestSpending(PlainValue):
    """What all runs on one pull request, merge request or branch have cost, this one included.

    `unpriced` names models of these runs whose price was not known: then the sums are lower bounds.
    """

    subject: str
    budget_usd: Decimal | None
    runs: int
    spent_before_usd: Decimal
    spent_usd: Decimal
    unpriced: tuple[str, ...] = ()


class Bill(PlainValue):
    """All calls added up, in US dollars.

    Sums hold the calls whose price is known; `unpriced` names the models whose price is not, so a
    total with `unpriced` is a lower bound. `estimate_usd` is what the review was expected to cost before
    its first call, None if nobody estimated or a price was not known. `reused_calls` were not made,
    and are in no other figure. `pr` is what all runs on the same change cost, None if nobody keeps count.
    `target` is what the review should cost, None if nobody was asked.
    """

    total_usd: Decimal
    orchestrator_usd: Decimal
    workers_usd: Decimal
    by_role: dict[str, Decimal]
    by_model: dict[str, Decimal]
    by_lens: dict[str, Decimal]
    calls: int
    reused_calls: int = 0
    usage: Usage
    counterfactuals: Counterfactuals
    unpriced: tuple[str, ...] = ()
    prices_from: str
    estimate_usd: Decimal | None = None
    limit: Limit | None = None
    pr: RequestSpending | None = None
    target: Target | None = None
