"""What of a bill rests on more than what was reserved and reported, as sentences for the reader."""

from collections import Counter
from collections.abc import Iterator, Sequence

from chargehand.core.counting import count
from chargehand.core.money import usd
from chargehand.core.usage import Call
from chargehand.cost.ledger import Ledger


def doubts(ledger: Ledger) -> tuple[str, ...]:
    """Return what was served by others, what was reported as nothing, and what the cap did not hold."""
    return (
        *_substituted(ledger.calls),
        *_without_usage(ledger.calls),
        *_excess(ledger),
        *_never_heard(ledger),
    )


def _substituted(calls: Sequence[Call]) -> Iterator[str]:
    pairs = Counter((call.model, call.served_by) for call in calls if call.served_by)
    for (asked, served), number in sorted(pairs.items()):
        yield (
            f"The server answered {count(number, 'call')} to {asked} with {served}, which is dearer: its "
            "price is on the bill."
        )


def _without_usage(calls: Sequence[Call]) -> Iterator[str]:
    if number := sum(call.is_answered and call.is_assumed for call in calls):
        yield (
            f"The server reported no tokens, or none that can be, for {count(number, 'answer')}: charged at "
            "what was reserved, which is the most that it can have cost."
        )


def _excess(ledger: Ledger) -> Iterator[str]:
    if not (ledger.has_cap and ledger.excess_usd):
        return
    more = f"Calls cost {usd(ledger.excess_usd)} more than was reserved for them"
    if ledger.above_cap_usd:
        yield f"{more}, so the bill passed the cap by {usd(ledger.above_cap_usd)}."
    else:
        yield f"{more}. The bill stayed within the cap all the same."


def _never_heard(ledger: Ledger) -> Iterator[str]:
    unsure = {call.model for call in ledger.calls if call.is_assumed}
    if models := sorted(model for model in unsure if ledger.is_unheard(model)):
        yield (
            f"The server never said which model answers for {', '.join(models)}: calls of unknown end are "
            "charged at the price of the model that was asked, and may have cost more."
        )
