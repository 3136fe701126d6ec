"""Which model is paid for an answer: the one that was asked, or a dearer one that a gateway put in place."""

from decimal import Decimal
from threading import Lock
from typing import NamedTuple

from chargehand.core.models import KNOWN_MODELS, plain_id
from chargehand.core.usage import Usage
from chargehand.cost.prices import Prices


class Billed(NamedTuple):
    """What an answer cost, and the dearer model that gave it in place of the one that was asked."""

    cost_usd: Decimal | None
    served_by: str | None = None


def billed(usage: Usage, asked: str, served: str, prices: Prices) -> Billed:
    """Return what `usage` cost if the server says that `served` answered in place of `asked`.

    The dearer of the two counts, since the word of a server must not make a bill smaller. A model that only
    the user's configuration knows goes by many names, and its price is the one that stands there.
    """
    own_usd = prices.cost(usage, asked)
    if plain_id(served) == plain_id(asked) or (own_usd is not None and plain_id(asked) not in KNOWN_MODELS):
        return Billed(own_usd)
    their_usd = prices.cost(usage, served)
    if their_usd is None or (own_usd is not None and their_usd <= own_usd):
        return Billed(own_usd)
    return Billed(their_usd, served)


def may_cost_more(asked: str, served: str, prices: Prices) -> bool:
    """Tell whether an answer that `served` gives in place of `asked` may be billed higher."""
    samples = (Usage(input_tokens=1000), Usage(output_tokens=1000))
    return any(billed(usage, asked, served, prices).served_by for usage in samples)


class Substitutes:
    """The dearer models that answered in place of others in this run; safe to share between threads."""

    def __init__(self) -> None:
        self._of: dict[str, frozenset[str]] = {}
        self._lock = Lock()

    def of(self, asked: str) -> frozenset[str]:
        """Return which models may answer in place of `asked`, as far as is known."""
        return self._of.get(asked, frozenset())

    def learn(self, asked: str, served: str) -> bool:
        """Take note of one, and tell whether it is new."""
        with self._lock:
            known = self.of(asked)
            self._of[asked] = known | {served}
            return served not in known
