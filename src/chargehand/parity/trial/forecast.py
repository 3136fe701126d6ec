"""What a comparison will cost, before anything is spent: each review's estimate, added up."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from chargehand.app.material import Material, read_material
from chargehand.app.preparing import crew_of, planning_of
from chargehand.app.run import Run
from chargehand.budget.estimate import Estimate, estimate
from chargehand.change import Checkout
from chargehand.config import Settings
from chargehand.core.errors import DiffError, InputError
from chargehand.core.escaping import one_line
from chargehand.core.value import Value
from chargehand.parity.as_run import Ends, run_of
from chargehand.parity.sample.case import Case
from chargehand.parity.trial.contender import Contender


class Forecast(Value):
    """What one review would cost: expected, and at most if no attempt fails; None: no price is known.

    `tasks` is how many workers' tasks it has.
    """

    case: str
    contender: str
    tasks: int
    expected_usd: Decimal | None
    high_usd: Decimal | None


def forecast(
    cases: Sequence[Case],
    contenders: Sequence[Contender],
    checkout: Checkout,
    ends: Mapping[str, Ends],
    *,
    is_batch: bool,
) -> tuple[Forecast, ...]:
    """Return what a review of each change by each fleet would cost; no model is asked."""
    found: list[Forecast] = []
    for case in cases:
        run = run_of(case, contenders[0].settings, checkout, ends.get(case.id))
        material = _material(case, run)
        found += [_forecast(case, each, run, material, is_batch=is_batch) for each in contenders]
    return tuple(found)


def _material(case: Case, run: Run) -> Material:
    try:
        return read_material(run)
    except DiffError as error:
        raise InputError(
            f"Nothing was compared: the diff of {one_line(case.id)} in the sample cannot be read. {error}"
        ) from error


def _forecast(case: Case, contender: Contender, run: Run, material: Material, *, is_batch: bool) -> Forecast:
    made = _estimate(contender.settings, run.evolve(settings=contender.settings), material, is_batch=is_batch)
    return Forecast(
        case=case.id,
        contender=contender.name,
        tasks=made.cap_needs.tasks,
        expected_usd=made.expected_usd,
        high_usd=None if made.high.bill.unpriced else made.high.bill.total_usd,
    )


def _estimate(settings: Settings, run: Run, material: Material, *, is_batch: bool) -> Estimate:
    crew = crew_of(settings)
    planning = planning_of(settings, crew)
    return estimate(material.for_models(planning), crew, planning, run.prices, is_batch=is_batch)


def total(amounts: Sequence[Decimal | None]) -> Decimal | None:
    """Return the sum; None if one of them is not known."""
    return None if None in amounts else sum((each for each in amounts if each is not None), Decimal(0))
