"""How much of a spend cap is left for a call, beside what is set aside for those that come last."""

from collections.abc import Mapping
from decimal import Decimal

from chargehand.core.errors import OverBudget
from chargehand.core.money import usd_exact, usd_rounded_up
from chargehand.core.usage import Role
from chargehand.core.value import Value


class Cap(Value):
    """What may be spent, None if there is no cap; messages call it by its `name`.

    `held` is set aside for the judges, who come last: the triage, and then the orchestrator.
    """

    usd: Decimal | None
    name: str = ""
    held: Mapping[Role, Decimal] = {}

    def left_usd(self, role: Role, spent_usd: Decimal) -> Decimal:
        """Return what is left for calls of a role when so much is spent; there must be a cap."""
        later = (usd for each, usd in self.held.items() if _comes_later(each, role))
        return (self.usd or Decimal(0)) - spent_usd - sum(later, Decimal(0))

    def refusal(self, model: str, least_usd: Decimal | None, left_usd: Decimal) -> OverBudget:
        """Return why a call is not sent that costs so much with a short answer, if so much is left."""
        name = self.name or f"the cap of {usd_exact(self.usd)}"
        if least_usd is None:
            return OverBudget(
                f"A call to {model} was not sent: its price is not known, so {name} cannot be kept. Give the "
                "model a price in the configuration, or remove the cap."
            )
        taken_usd = (self.usd or Decimal(0)) - left_usd
        return OverBudget(
            f"A call to {model} was not sent: at least {usd_rounded_up(least_usd)} has to be put aside for "
            f"it, and {usd_rounded_up(taken_usd)} of {name} is spent or set aside. "
            f"{usd_rounded_up(taken_usd + least_usd)} or more would be enough."
        )


def _comes_later(judge: Role, role: Role) -> bool:
    order = list(Role)
    return not role.is_judging or order.index(judge) > order.index(role)
