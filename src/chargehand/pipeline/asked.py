"""What the models gave to a review, even if none was asked."""

from decimal import Decimal

from chargehand.core.limit import Limit
from chargehand.core.plain_value import PlainValue
from chargehand.core.plan import Outcome
from chargehand.core.probe import Probe
from chargehand.core.usage import Call
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.called_secrets import conceal_called
from chargehand.pipeline.judgement import Judgement
from chargehand.pipeline.twins import merge_twins


class Asked(PlainValue):
    """What the models gave.

    `token_ratio` is what a reported token was to an estimated one, None if no call reported any;
    `estimate_usd` what was expected before the first call, and `limit` what could be spent at most.
    `unplanned` is why there are no tasks, empty if there are.
    """

    outcomes: tuple[Outcome, ...] = ()
    judgement: Judgement
    calls: tuple[Call, ...] = ()
    probes: tuple[Probe, ...] = ()
    notices: tuple[str, ...] = ()
    token_ratio: Decimal | None = None
    estimate_usd: Decimal | None = None
    limit: Limit | None = None
    is_interrupted: bool = False
    unplanned: str = ""


def nobody_asked(brief: Brief) -> Asked:
    """Return what there is if no model is asked: what free checks found stands, and what other tools say."""
    if not brief.crew.reported:
        return Asked(judgement=Judgement(findings=brief.facts))
    found = merge_twins(conceal_called((*brief.facts, *brief.crew.reported), brief.diff))
    notice = "No model ruled on what other tools say: it stands as they say it."
    return Asked(judgement=Judgement(findings=found), notices=(notice,))
