"""What a review cost, what it should cost, and what the same work would have cost otherwise."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chargehand.app.nothing import NO_BILL
from chargehand.app.preparing import Prepared
from chargehand.core.counting import count
from chargehand.core.plan import Reviewed
from chargehand.core.targets import target_of
from chargehand.core.usage import Bill
from chargehand.pipeline.asked import Asked

if TYPE_CHECKING:
    from chargehand.cost.counterfactuals import SinglePass


def bill_of(prepared: Prepared, asked: Asked) -> Bill:
    """Return the bill, beside what a plain pass over the same lines with the same findings would cost."""
    if not asked.calls:
        return NO_BILL.evolve(
            pr=prepared.account.spending, estimate_usd=asked.estimate_usd, limit=asked.limit
        )
    # Start-up time: where nobody was asked, there is nothing to add up.
    from chargehand.cost.bill import make_bill  # noqa: PLC0415 - as above

    bill = make_bill(
        asked.calls,
        prepared.prices,
        prepared.brief.crew.fleet.orchestrator,
        None if is_partial(asked) or _unmeasured(asked) else _plain_pass(prepared, asked),
        estimate_usd=asked.estimate_usd,
    )
    lines = sum(file.added + file.removed for file in prepared.brief.diff.reviewable)
    target = target_of(lines, bill.total_usd, is_known=not bill.unpriced and not is_partial(asked))
    return bill.evolve(pr=prepared.account.spending, target=target, limit=asked.limit)


def is_partial(asked: Asked) -> bool:
    """Tell whether some of the work was not done: then it is the same as nothing."""
    return bool(asked.judgement.gap) or not all(isinstance(each, Reviewed) for each in asked.outcomes)


def uncompared(asked: Asked) -> Iterator[str]:
    """Yield why nothing stands beside the bill, if that is so."""
    if asked.calls and is_partial(asked):
        yield (
            "What the same work would have cost otherwise is not shown: not all of it was done, so that any "
            "saving would be one of work that is missing."
        )
    elif number := _unmeasured(asked):
        yield (
            "What the same work would have cost otherwise is not shown: the server did not say what "
            f"{count(number, 'answer')} took, so nobody knows what another model would have taken."
        )


def _unmeasured(asked: Asked) -> int:
    """Return of how many answers the tokens are not known: what they cost is assumed."""
    return sum(call.is_answered and call.is_assumed for call in asked.calls)


def _plain_pass(prepared: Prepared, asked: Asked) -> "SinglePass":
    # Start-up time, as above.
    from chargehand.budget.plain_pass import in_plain_words, one_pass  # noqa: PLC0415 - as above

    orchestrator = prepared.brief.crew.fleet.orchestrator
    said = (finding for finding in asked.judgement.findings if not finding.is_fact)
    return one_pass(
        prepared.brief.diff,
        orchestrator,
        (path for outcome in asked.outcomes for path in outcome.task.paths),
        asked.token_ratio,
        in_plain_words(said, orchestrator),
    )
