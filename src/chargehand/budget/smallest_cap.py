"""Whether a spend cap leaves room for a useful review, and for a plan call beside it."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from chargehand.core.errors import CapTooSmall, InputError
from chargehand.core.limit import Limit
from chargehand.core.money import usd_rounded_up
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role
from chargehand.core.value import Value
from chargehand.pipeline.planning import Planning

# What an attempt at a prompt costs at worst, by all that may bring it to so many dollars; None if not known.
WorstCase = Callable[[Prompt, Decimal], Decimal | None]


class PricedPrompt(Value):
    """What would be sent, and what would be reserved for it; None if its price is not known."""

    prompt: Prompt
    worst_usd: Decimal | None


class CapNeeds(Value):
    """What a spend cap has to leave room for.

    `first_task` is the first of the `tasks` whose price is known, None if none is; `dearest_task_usd` is the
    most that is reserved for one of these. `plan` is None if no plan is asked for. All of these count with
    the shortest answers that are of use. `shares` are set aside for the judges. `workers_usd` is a cap with
    which all is read, and `whole_usd` one with which all is judged, too; `most_usd` is what is reserved for
    all calls together.
    """

    tasks: int
    first_task: PricedPrompt | None
    dearest_task_usd: Decimal | None
    plan: PricedPrompt | None
    shares: Mapping[Role, Decimal] = {}
    workers_usd: Decimal | None = None
    whole_usd: Decimal | None = None
    most_usd: Decimal | None = None

    @property
    def smallest_cap_usd(self) -> Decimal | None:
        """The smallest cap with which a review is useful, by the estimate; None if no price is known.

        That is the worst case of the first task whose price is known: with less, no task is sure to be sent.
        """
        return self.first_task.worst_usd if self.first_task else None

    def held_under(self, cap_usd: Decimal | None) -> dict[Role, Decimal]:
        """Return what is set aside for each judge: its share, up to half of the cap, beside one task."""
        cap = cap_usd or Decimal(0)
        room = min(cap / 2, cap - (self.smallest_cap_usd or Decimal(0)))
        held: dict[Role, Decimal] = {}
        for role in sorted(self.shares, key=lambda each: each is not Role.JUDGE):
            held[role] = max(min(self.shares[role], room), Decimal(0))
            room -= held[role]
        return held


def fit_to_cap(planning: Planning, needs: CapNeeds, limit: Limit | None, worst_case: WorstCase) -> Planning:
    """Return how to plan under the cap: without a call if that could leave too little for a task.

    Raises CapTooSmall if not even the smallest useful review fits, so that nothing is spent on less.
    """
    if limit is None or not needs.tasks:
        return planning
    cap_usd, name = limit.usd, limit.name
    smallest = smallest_cap(needs, cap_usd, worst_case)
    if smallest is None or needs.dearest_task_usd is None:
        raise InputError(
            f"Nothing was reviewed: the prices of the models are not known, so {name} cannot be "
            "kept. Give the models prices in the configuration, or remove the cap."
        )
    if cap_usd < smallest:
        raise CapTooSmall(
            f"Nothing was reviewed: {name} is too small. The first task alone may cost "
            f"{usd_rounded_up(smallest)}: raise it to that, or run with --offline (free checks only)."
        )
    before = needs.dearest_task_usd + sum(needs.shares.values(), Decimal(0))
    if needs.plan and not _fits(needs.plan, cap_usd - before, worst_case):
        return planning.evolve(fallback_reason=f"{name} leaves no room for a plan call beside a task")
    return planning


def smallest_cap(needs: CapNeeds, cap_usd: Decimal | None, worst_case: WorstCase) -> Decimal | None:
    """Return the smallest cap with which a review is useful; None if no price is known.

    It is the estimated one if that is no more than `cap_usd`, else what `worst_case` makes of it.
    """
    if needs.first_task is None or cap_usd is None:
        return needs.smallest_cap_usd
    return _worst_usd(needs.first_task, cap_usd, worst_case)


def _fits(priced: PricedPrompt, room_usd: Decimal, worst_case: WorstCase) -> bool:
    worst_usd = _worst_usd(priced, room_usd, worst_case)
    return worst_usd is not None and worst_usd <= room_usd


def _worst_usd(priced: PricedPrompt, room_usd: Decimal, worst_case: WorstCase) -> Decimal | None:
    estimated_usd = priced.worst_usd
    if estimated_usd is None or estimated_usd <= room_usd:
        return estimated_usd
    known_usd = worst_case(priced.prompt, room_usd)
    return estimated_usd if known_usd is None else known_usd
