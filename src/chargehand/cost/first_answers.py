"""Whether a call has to go alone, since only an answer tells which model is paid for it."""

from collections.abc import Iterable

from chargehand.cost.reservation import Reservation


class FirstAnswers:
    """The models of which it is known who answers for them. The ledger's lock guards it.

    Where a gateway `may_substitute` others, the first call of each model goes alone until its reply names the
    model that gives it, so that the others reserve what they may cost.
    """

    def __init__(self, *, may_substitute: bool) -> None:
        self._may_substitute = may_substitute
        self.heard: set[str] = set()

    def awaits(self, model: str) -> bool:
        """Tell whether nobody has said yet who answers for `model`."""
        return self._may_substitute and model not in self.heard

    def holds_up(self, model: str, in_flight: Iterable[Reservation]) -> bool:
        """Tell whether a call of `model` has to wait for another one that is `in_flight`."""
        return self.awaits(model) and any(each.prompt.model == model for each in in_flight)
